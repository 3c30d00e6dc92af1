import type { AllocationPlan } from './allocation-plan.ts';
import type { AllocationProblem } from './allocation-problem.ts';
import { type AllocationProgram, buildProgram, type PriorityClass } from './build-program.ts';
import { carryOverPlan } from './carry-over-plan.ts';
import { checkPlan, loadsOf, type PlanLimit } from './check-plan.ts';
import { explainInfeasible } from './explain-infeasible.ts';
import { type Contradictions, findContradictions } from './find-contradictions.ts';
import { greedyPlan } from './greedy-plan.ts';
import type { LinearSolution, LinearSolver, OpenProgram, SolvedProgram } from './linear-program.ts';
import { type MarginalValue, marginalValues } from './marginal-values.ts';
import { type PlanPrice, pricePlan, totalOf } from './price-plan.ts';
import type { ProblemFault } from './problem-fault.ts';
import { readPlan } from './read-plan.ts';
import { type SettledProblem, settleProblem } from './settle-problem.ts';

/** The answer to a planning problem. Rates are tasks a minute, money USD an hour, ratios 0..1. */
export interface Allocation extends AllocationPlan {
  /**
   * `feasible`: time or nodes ran out, it may not be the best. `infeasible`: this plan breaks limits, as no plan keeps to all, or none was
   * found in time.
   */
  status: 'optimal' | 'feasible' | 'infeasible';
  /**
   * Where the plan is from: the solver; the solver with limits overrun by the least; what is in force, carried over to the new
   * demand; or the cμ rule.
   */
  source: 'solver' | 'relaxed-limits' | 'current' | 'greedy';
  /** What stands in the way, and how to mend it: limits that contradict each other, demand that cannot be served, time. */
  explanation: ProblemFault[];
  /** By pool. */
  agents: Record<string, number>;
  /** Agents and tokens. */
  costPerHourUsd: number;
  /** What was minimised: all of `price`. */
  objectiveUsdPerHour: number;
  price: PlanPrice;
  /** Largest share by which a better plan could be cheaper; null when it is not known. */
  gap: number | null;
  utilization: GroupUtilization[];
  /** Pools by how much of their usable capacity is in use, tightest first. */
  pools: PoolUtilization[];
  duals: MarginalValue[];
}

export interface GroupUtilization {
  agent: string;
  pool: string;
  /** Busy slots over slots. Null without any agent. */
  utilization: number | null;
  maxUtilization: number;
}

export interface PoolUtilization {
  pool: string;
  agents: number;
  utilization: number | null;
  /** Busy slots over usable ones; at 1 it can take no more. */
  saturation: number | null;
}

export interface AllocateOptions {
  /** Of the solver, seconds, above 0; 5 when absent. */
  timeLimitS?: number;
  /** Gap of the costs of agents and tokens at which the search may stop, 0..1; 0.005 when absent. */
  relativeGap?: number;
  /** Nodes of the search after which the best known plan is taken, 1 or more; no limit when absent. Unlike time it gives the same plan everywhere. */
  nodeLimit?: number;
}

/** Served but for this share counts as served. */
const ALL = 1e-6;
/** Room that what was found needs to be found again. */
const TIGHT = 1e-8;
/** Of a class's penalties beside its worst unserved share: it comes second. */
const LOSS_WEIGHT = 1e-3;
/** What is left over for making a plan of what was found, seconds. */
const RESERVE_S = 0.25;

/**
 * Solves a planning problem: shares that minimise the objective, with whole numbers of agents. Where not all can be served, the
 * losses of each priority class are made as small as they can be first, the most important class first.
 * The same problem gives the same plan, in whatever order agents and types stand, unless time runs out.
 */
export function allocate(problem: AllocationProblem, solver: LinearSolver, options: AllocateOptions = {}): Allocation {
  const settled = settleProblem(problem);
  const contradictions = findContradictions(problem, settled);
  if (contradictions.blocking.length > 0) return withoutSolution(problem, settled, contradictions, null);
  const program = buildProgram(settled);
  const open = solver.open(program.program);
  try {
    return new Search(problem, settled, contradictions, program, open, options).run();
  } finally {
    open.close();
  }
}

/** One run of the solver over one problem, which remembers how much of its time is left. */
class Search {
  readonly #problem: AllocationProblem;
  readonly #settled: SettledProblem;
  readonly #contradictions: Contradictions;
  readonly #program: AllocationProgram;
  readonly #open: OpenProgram;
  readonly #relativeGap: number;
  readonly #nodeLimit: number | undefined;
  #leftS: number;
  /** Whether the priority classes are held at their least losses. */
  #isOrdered = false;
  /** Whether time ran out while they were. */
  #isCut = false;

  constructor(
    problem: AllocationProblem,
    settled: SettledProblem,
    contradictions: Contradictions,
    program: AllocationProgram,
    open: OpenProgram,
    { timeLimitS = 5, relativeGap = 0.005, nodeLimit }: AllocateOptions,
  ) {
    if (!(timeLimitS > 0)) throw new RangeError(`timeLimitS must be above 0; got ${timeLimitS}`);
    if (!(relativeGap >= 0 && relativeGap < 1))
      throw new RangeError(`relativeGap must be within [0, 1); got ${relativeGap}`);
    if (nodeLimit !== undefined && !(nodeLimit >= 1))
      throw new RangeError(`nodeLimit must be 1 or more; got ${nodeLimit}`);
    this.#problem = problem;
    this.#settled = settled;
    this.#contradictions = contradictions;
    this.#program = program;
    this.#open = open;
    this.#relativeGap = relativeGap;
    this.#nodeLimit = nodeLimit;
    this.#leftS = timeLimitS;
  }

  run(): Allocation {
    const relaxation = this.#solve(false, 0);
    if (relaxation.status === 'infeasible') return this.#infeasible();
    if (!('values' in relaxation)) return this.#outOfTime(null);
    if (!this.#hasIntegers()) return this.#answer(this.#inOrder(relaxation), relaxation, 0, 'optimal');
    return this.#program.rows.budget === null
      ? this.#wholeThenShares(relaxation)
      : this.#countsWithinBudget(relaxation);
  }

  /** Without a budget nothing speaks against all agents, so what can be served is known before the counts are whole. */
  #wholeThenShares(relaxation: SolvedProgram): Allocation {
    let best = this.#solveWhole(this.#inOrder(relaxation));
    if (!this.#isOrdered && 'values' in best && this.#isShort(best.values)) {
      this.#serveInOrder(null);
      best = this.#solveWhole(relaxation);
    }
    if (best.status === 'infeasible') return this.#infeasible();
    if (!('values' in best)) return this.#outOfTime(relaxation);
    const held = this.#withCountsHeld(best.values) ?? best;
    return this.#answer(held, this.#withoutOrder(held), gapOf(best), best.status);
  }

  /** Within a budget, costs and penalties decide on the counts; with these, what can be served is shared in order. */
  #countsWithinBudget(relaxation: SolvedProgram): Allocation {
    const best = this.#solveWhole(relaxation);
    if (best.status === 'infeasible') return this.#infeasible();
    if (!('values' in best)) return this.#outOfTime(relaxation);
    const held = this.#withCountsHeld(best.values) ?? best;
    return this.#answer(this.#inOrder(held), held, gapOf(best), best.status);
  }

  #hasIntegers(): boolean {
    return this.#program.program.integers.length > 0;
  }

  #solve(integers: boolean, absoluteGap: number, mostS = Number.POSITIVE_INFINITY, relativeGap = 0): LinearSolution {
    const solution = this.#open.solve({
      timeLimitS: Math.max(0.01, Math.min(this.#leftS, mostS)),
      integers,
      relativeGap,
      absoluteGap,
      ...(this.#nodeLimit === undefined ? {} : { nodeLimit: this.#nodeLimit }),
    });
    this.#leftS -= solution.seconds;
    return solution;
  }

  /**
   * The gap is one of money: penalties, which may be far larger, would hide it. Within a budget they are what is traded, and it is
   * one of both.
   */
  #solveWhole(relaxation: SolvedProgram): LinearSolution {
    const { counts, flows } = this.#program;
    let usd = 0;
    this.#settled.agents.forEach(({ costPerHourUsd }, agent) => {
      usd += costPerHourUsd * relaxation.values[counts[agent]!]!;
    });
    this.#settled.flows.forEach(({ tokenUsd }, flow) => {
      usd += 60 * tokenUsd * relaxation.values[flows[flow]!]!;
    });
    const relativeGap = this.#program.rows.budget === null ? 0 : this.#relativeGap;
    const mostS = Math.max(0.05, this.#leftS - RESERVE_S);
    return this.#solve(true, Math.max(1e-6, this.#relativeGap * usd), mostS, relativeGap);
  }

  #isShort(values: Float64Array): boolean {
    return this.#program.classes.some((it) => this.#worstShare(it, values) > ALL);
  }

  #worstShare({ taskTypes }: PriorityClass, values: Float64Array): number {
    const shares = taskTypes.map(
      (type) => values[this.#program.unserved[type]!]! / this.#settled.taskTypes[type]!.demandPerMin,
    );
    return Math.max(...shares);
  }

  /** The best solution in which no class loses more than it has to, where tasks of one are unserved in this one. */
  #inOrder(solution: SolvedProgram): SolvedProgram {
    if (!this.#isShort(solution.values)) return solution;
    this.#serveInOrder(solution);
    const again = this.#solve(false, 0);
    if ('values' in again) return again;
    this.#isCut = true;
    return solution;
  }

  /** Holds what each class loses at its least, the most important class first: its worst unserved share, then its penalties. */
  #serveInOrder(known: SolvedProgram | null): void {
    let isKnown = known !== null;
    for (const it of this.#program.classes) {
      isKnown &&= this.#lossesOf(it, known!.values).every((lost) => lost < TIGHT);
      const cost = new Float64Array(this.#program.program.cost.length);
      cost[it.worstShare] = it.demandPerMin;
      if (it.loss !== null) cost[it.loss] = LOSS_WEIGHT;
      if (!isKnown) this.#open.setCosts(cost);
      const solution = isKnown ? known! : this.#solve(false, 0, Math.max(0.05, this.#leftS / 3));
      if (!('values' in solution)) {
        this.#isCut = true;
        break;
      }
      const [worst, loss] = this.#lossesOf(it, solution.values);
      const atMost = (least: number) => (least < TIGHT ? 0 : least * (1 + TIGHT) + TIGHT);
      this.#open.setBounds(it.worstShare, 0, Math.min(1, atMost(worst)));
      if (it.loss !== null) this.#open.setBounds(it.loss, 0, atMost(loss));
    }
    this.#open.setCosts(this.#program.program.cost);
    this.#isOrdered = true;
  }

  #lossesOf(it: PriorityClass, values: Float64Array): [worstShare: number, loss: number] {
    return [this.#worstShare(it, values), it.loss === null ? 0 : values[it.loss]!];
  }

  /** The best flows for these counts, with duals. */
  #withCountsHeld(values: Float64Array): SolvedProgram | null {
    this.#program.counts.forEach((column) => {
      const count = Math.round(values[column]!);
      this.#open.setBounds(column, count, count);
    });
    this.#leftS = Math.max(this.#leftS, RESERVE_S);
    const solution = this.#solve(false, 0);
    return 'values' in solution ? solution : null;
  }

  /** The same without classes being held: where what they lose cannot grow, one more task has no price. */
  #withoutOrder(solution: SolvedProgram): SolvedProgram | null {
    if (!this.#isOrdered) return solution;
    for (const { worstShare, loss } of this.#program.classes) {
      this.#open.setBounds(worstShare, 0, 1);
      if (loss !== null) this.#open.setBounds(loss, 0, Number.POSITIVE_INFINITY);
    }
    this.#leftS = Math.max(this.#leftS, RESERVE_S);
    const priced = this.#solve(false, 0);
    return 'values' in priced ? priced : null;
  }

  /** @param priced the same counts where only costs and penalties decide, for the marginal values */
  #answer(
    solution: SolvedProgram,
    priced: SolvedProgram | null,
    gap: number,
    status: 'optimal' | 'feasible',
  ): Allocation {
    const { explanation, plan } = this.#read(solution, []);
    if (!plan)
      return withoutSolution(this.#problem, this.#settled, this.#contradictions, null, 'feasible', explanation);
    if (this.#isCut) explanation.push(outOfTime('what is unserved may not be shared as priorities and fairness ask'));
    if (status === 'feasible') {
      explanation.push(outOfTime(`a better plan can be cheaper by ${(gap * 100).toFixed(2)} % at most`));
    }
    return describe(this.#settled, plan, {
      status: this.#isCut ? 'feasible' : status,
      source: 'solver',
      explanation,
      gap,
      duals: priced === null ? [] : marginalValues(this.#settled, this.#program, priced),
    });
  }

  #read(solution: SolvedProgram, breakable: readonly PlanLimit[]) {
    const plan = readPlan(this.#settled, this.#program, solution.values);
    const violations = checkPlan(this.#settled, plan).filter(({ limit }) => !breakable.includes(limit));
    const explanation: ProblemFault[] = violations.map(({ message }) => ({ path: 'plan', message }));
    if (violations.length > 0) return { plan: null, explanation };
    return {
      plan,
      explanation: [...this.#contradictions.unservable, ...shortages(this.#settled, plan, this.#contradictions)],
    };
  }

  #infeasible(): Allocation {
    const { explanation, relaxed } = explainInfeasible(this.#settled, this.#program, this.#open, () =>
      this.#solve(this.#hasIntegers(), 1e-6, Math.max(0.05, this.#leftS / 4)),
    );
    const contradictions = { ...this.#contradictions, blocking: explanation };
    if (!relaxed) return withoutSolution(this.#problem, this.#settled, contradictions, null);
    this.#open.setCosts(this.#program.program.cost);
    const solution = this.#withCountsHeld(relaxed.values) ?? relaxed;
    const { plan } = this.#read(solution, ['budget', 'resilience']);
    return withoutSolution(this.#problem, this.#settled, contradictions, plan);
  }

  /** Rounding the relaxed counts up serves as much, where no budget forbids it. */
  #outOfTime(relaxation: SolvedProgram | null): Allocation {
    if (relaxation) {
      const values = relaxation.values.slice();
      for (const column of this.#program.counts) values[column] = Math.ceil(values[column]! - 1e-6);
      const held = this.#withCountsHeld(values);
      if (held) return this.#answer(held, held, gapOf({ ...held, bound: relaxation.objective }), 'feasible');
    }
    return withoutSolution(this.#problem, this.#settled, this.#contradictions, null, 'feasible', [
      outOfTime('no plan of the solver was found'),
    ]);
  }
}

/** By how much of its own cost a better solution could be cheaper; 0 where it is within rounding. */
function gapOf({ objective, bound }: SolvedProgram): number {
  const gap = Math.max(0, objective - bound) / Math.max(Math.abs(objective), 1e-9);
  return gap < 1e-9 ? 0 : Math.min(1, gap);
}

function outOfTime(how: string): ProblemFault {
  return {
    path: 'timeLimitS',
    message: `the time or the nodes for solving ran out: ${how}; allow more, or a larger gap`,
  };
}

/**
 * The best safe plan where the solver has none that keeps to all limits: what is in force, as long as it breaks nothing but limits
 * that cannot be kept; else the solver's with those overrun by the least; else that of the cμ rule.
 */
function withoutSolution(
  problem: AllocationProblem,
  settled: SettledProblem,
  { blocking, unservable }: Contradictions,
  relaxed: AllocationPlan | null,
  status: 'feasible' | 'infeasible' = 'infeasible',
  why: readonly ProblemFault[] = [],
): Allocation {
  const breakable: PlanLimit[] = status === 'infeasible' ? ['budget', 'resilience', 'count'] : [];
  const isSafe = (plan: AllocationPlan) => checkPlan(settled, plan).every(({ limit }) => breakable.includes(limit));
  const current = carryOverPlan(settled, problem);
  const isCurrent = current !== null && isSafe(current);
  const source = isCurrent ? 'current' : relaxed ? 'relaxed-limits' : 'greedy';
  const plan = isCurrent ? current : (relaxed ?? greedyPlan(settled));
  const isKept = status === 'feasible' && checkPlan(settled, plan).length === 0;
  const explanation = [...blocking, ...why, ...unservable, ...shortages(settled, plan, { blocking, unservable })];
  if (status === 'feasible' && !isKept) {
    for (const { limit, message } of checkPlan(settled, plan)) explanation.push({ path: limit, message });
  }
  return describe(settled, plan, {
    status: isKept ? 'feasible' : 'infeasible',
    source,
    explanation,
    gap: null,
    duals: [],
  });
}

/** Why tasks stay unserved, where no contradiction says so already. */
function shortages(settled: SettledProblem, plan: AllocationPlan, { unservable }: Contradictions): ProblemFault[] {
  const countOf = new Map(plan.counts.map(({ agent, count }) => [agent, count]));
  const busyOf = new Map(loadsOf(settled, plan.shares).map(({ id, busy }) => [id, busy]));
  return plan.unserved.flatMap(({ taskType, tasksPerMin, share }) => {
    if (unservable.some(({ message }) => message.startsWith(`${taskType}: `))) return [];
    const type = settled.taskTypes.findIndex(({ id }) => id === taskType);
    const able = settled.flows.filter((flow) => flow.type === type && flow.step < 0);
    const isFull = able.every(({ agent }) => {
      const { id, slots, maxUtilization } = settled.agents[agent]!;
      const usable = slots * maxUtilization * (countOf.get(id) ?? 0);
      return (busyOf.get(id) ?? 0) >= usable * (1 - 1e-6);
    });
    const more = Math.min(
      ...able.map(({ agent, workMin }) => {
        const { slots, maxUtilization } = settled.agents[agent]!;
        return Math.ceil((tasksPerMin * workMin) / (slots * maxUtilization) - 1e-9);
      }),
    );
    const canGrow = able.some(
      ({ agent }) => settled.agents[agent]!.max > (countOf.get(settled.agents[agent]!.id) ?? 0),
    );
    const why = !isFull
      ? 'another limit (budget, quality floor, lending, moves) or its cost, which is above the penalty, speaks against the rest'
      : canGrow
        ? 'more agents would cost more than the penalty, or the budget forbids them'
        : `all agents that can do it are at their limit: ${more} more would serve the rest (raise count.max), or degrade it`;
    return [
      {
        path: `taskTypes.${taskType}`,
        message: `${taskType}: ${round(tasksPerMin)} tasks a minute (${(share * 100).toFixed(1)} %) stay unserved; ${why}`,
      },
    ];
  });
}

function describe(
  settled: SettledProblem,
  plan: AllocationPlan,
  how: Pick<Allocation, 'status' | 'source' | 'explanation' | 'gap' | 'duals'>,
): Allocation {
  const price = pricePlan(settled, plan);
  const busyOf = new Map(loadsOf(settled, plan.shares).map(({ id, busy }) => [id, busy]));
  const countOf = new Map(plan.counts.map(({ agent, count }) => [agent, count]));
  const pools = new Map<string, { agents: number; busy: number; slots: number; usable: number }>();
  const utilization = settled.agents.map(({ id, pool, slots, maxUtilization, healthy }): GroupUtilization => {
    const count = countOf.get(id) ?? 0;
    const busy = busyOf.get(id) ?? 0;
    const of = pools.get(pool) ?? { agents: 0, busy: 0, slots: 0, usable: 0 };
    const working = healthy ? count : 0;
    pools.set(pool, {
      agents: of.agents + count,
      busy: of.busy + busy,
      slots: of.slots + working * slots,
      usable: of.usable + working * slots * maxUtilization,
    });
    return { agent: id, pool, utilization: count > 0 ? busy / (slots * count) : null, maxUtilization };
  });
  return {
    status: how.status,
    source: how.source,
    explanation: how.explanation,
    agents: Object.fromEntries([...pools].map(([pool, { agents }]) => [pool, agents])),
    counts: plan.counts,
    shares: plan.shares,
    unserved: plan.unserved,
    costPerHourUsd: price.agents + price.tokens,
    objectiveUsdPerHour: totalOf(price),
    price,
    gap: how.gap,
    utilization,
    pools: [...pools]
      .map(([pool, { agents, busy, slots, usable }]) => ({
        pool,
        agents,
        utilization: slots > 0 ? busy / slots : null,
        saturation: usable > 0 ? busy / usable : null,
      }))
      .sort((a, b) => (b.saturation ?? -1) - (a.saturation ?? -1) || (a.pool < b.pool ? -1 : 1)),
    duals: how.duals,
    standby: plan.standby,
  };
}

function round(value: number): string {
  return value.toFixed(value < 1 ? 3 : 1);
}
