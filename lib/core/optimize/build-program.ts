import { priorities } from './allocation-problem.ts';
import type { LinearProgram } from './linear-program.ts';
import { LinearProgramBuilder } from './linear-program-builder.ts';
import type { SettledProblem } from './settle-problem.ts';

/** A settled problem as a linear program, and which column and row stands for what. Costs are USD an hour. */
export interface AllocationProgram {
  program: LinearProgram;
  /** By agent. */
  counts: number[];
  /** By flow. */
  flows: number[];
  /** By task type. */
  unserved: number[];
  /** By task type and step; null where agents do the work. */
  workless: (number | null)[][];
  /** Of each priority class with demand, most important first; none where fairness is not asked for. */
  classes: PriorityClass[];
  /** How far limits may be overrun; 0 at most, until its bound is lifted. */
  overruns: { budget: number | null; resilience: { column: number; domain: number; type: number }[] };
  /** Flows without a domain, by domain; each entry belongs to the flow of the same place in `flows` of it. */
  standby: { domain: string; flows: number[]; columns: number[] }[];
  rows: {
    /** By task type. */
    demand: number[];
    budget: number | null;
    /** Other rows that have a task type's demand in them. */
    resilience: { row: number; type: number }[];
    ladder: { row: number; type: number; maxShare: number }[];
  };
}

export interface PriorityClass {
  /** Column of the largest unserved share among its task types. */
  worstShare: number;
  /** Column of its penalties, of unserved and degraded tasks, in unserved tasks a minute of its mean penalty; null without any. */
  loss: number | null;
  /** Tasks a minute, of all its task types. */
  demandPerMin: number;
  taskTypes: number[];
}

/**
 * Columns: counts n (whole numbers), flows x and unserved u (tasks a minute), the losses of each class, and what
 * the asked-for limits need. Rows by docs/planning.md. Money is per hour, hence the 60 beside tasks a minute.
 */
export function buildProgram(problem: SettledProblem): AllocationProgram {
  const { agents, taskTypes, flows } = problem;
  const builder = new LinearProgramBuilder();

  const counts = agents.map(({ min, max, costPerHourUsd }) =>
    builder.addColumn({ cost: costPerHourUsd, lower: min, upper: max, integer: max > min }),
  );
  const flowColumns = flows.map(({ type, step, tokenUsd, quality }) => {
    const { ladder } = taskTypes[type]!;
    const usd = tokenUsd + problem.qualityUsdPerTask * (1 - quality) + (ladder[step]?.penaltyUsd ?? 0);
    // No upper bound: demand holds it already, and then all of demand's marginal value is in its row.
    return builder.addColumn({ cost: 60 * usd });
  });
  const unserved = taskTypes.map(({ penaltyUsd }) => builder.addColumn({ cost: 60 * penaltyUsd }));
  const workless = taskTypes.map(({ ladder, demandPerMin }) =>
    ladder.map(({ workShare, penaltyUsd, maxShare }) =>
      workShare > 0 ? null : builder.addColumn({ cost: 60 * penaltyUsd, upper: maxShare * demandPerMin }),
    ),
  );

  const flowsOfType = groupBy(flows.length, taskTypes.length, (flow) => flows[flow]!.type);
  const flowsOfAgent = groupBy(flows.length, agents.length, (flow) => flows[flow]!.agent);

  const demand = taskTypes.map(({ demandPerMin }, type) => {
    for (const flow of flowsOfType[type]!) builder.put(flowColumns[flow]!, 1);
    for (const column of workless[type]!) if (column !== null) builder.put(column, 1);
    builder.put(unserved[type]!, 1);
    return builder.addRow(demandPerMin, demandPerMin);
  });

  // Busy slots are at most the allowed share of those that there are; and so those busy for other pools.
  agents.forEach(({ slots, maxUtilization }, agent) => {
    const own = flowsOfAgent[agent]!;
    if (own.length === 0) return;
    const usable = maxUtilization * slots;
    for (const flow of own) builder.put(flowColumns[flow]!, flows[flow]!.workMin);
    builder.put(counts[agent]!, -usable);
    builder.addRow(-Infinity, 0);
    if (problem.maxLentShare === 1 || own.every((flow) => !flows[flow]!.lent)) return;
    for (const flow of own) if (flows[flow]!.lent) builder.put(flowColumns[flow]!, flows[flow]!.workMin);
    builder.put(counts[agent]!, -usable * problem.maxLentShare);
    builder.addRow(-Infinity, 0);
  });

  const ladderRows: { row: number; type: number; maxShare: number }[] = [];
  taskTypes.forEach(({ qualityFloor, ladder, demandPerMin }, type) => {
    const full = flowsOfType[type]!.filter((flow) => flows[flow]!.step < 0);
    if (full.some((flow) => flows[flow]!.quality < qualityFloor)) {
      for (const flow of full) builder.put(flowColumns[flow]!, flows[flow]!.quality - qualityFloor);
      builder.addRow(0, Infinity);
    }
    ladder.forEach(({ maxShare }, step) => {
      const degraded = flowsOfType[type]!.filter((flow) => flows[flow]!.step === step);
      if (maxShare < 1 && degraded.length > 0) {
        for (const flow of degraded) builder.put(flowColumns[flow]!, 1);
        ladderRows.push({ row: builder.addRow(-Infinity, maxShare * demandPerMin), type, maxShare });
      }
    });
  });

  const classes = priorities.flatMap((priority): PriorityClass[] => {
    const ofClass = taskTypes.flatMap((it, type) => (it.priority === priority && it.demandPerMin > 0 ? [type] : []));
    if (ofClass.length === 0 || problem.fairness === 'none') return [];
    const worstShare = builder.addColumn({ upper: 1 });
    for (const type of ofClass) {
      builder.put(unserved[type]!, 1);
      builder.put(worstShare, -taskTypes[type]!.demandPerMin);
      builder.addRow(-Infinity, 0);
    }
    const demandPerMin = ofClass.reduce((sum, type) => sum + taskTypes[type]!.demandPerMin, 0);
    const worst = ofClass.reduce((sum, type) => sum + taskTypes[type]!.penaltyUsd * taskTypes[type]!.demandPerMin, 0);
    if (worst === 0) return [{ worstShare, loss: null, demandPerMin, taskTypes: ofClass }];
    const meanUsd = worst / demandPerMin;
    const loss = builder.addColumn({});
    for (const type of ofClass) {
      const { penaltyUsd, ladder } = taskTypes[type]!;
      builder.put(unserved[type]!, penaltyUsd / meanUsd);
      for (const flow of flowsOfType[type]!) {
        const { step } = flows[flow]!;
        if (step >= 0) builder.put(flowColumns[flow]!, ladder[step]!.penaltyUsd / meanUsd);
      }
      workless[type]!.forEach((column, step) => {
        if (column !== null) builder.put(column, ladder[step]!.penaltyUsd / meanUsd);
      });
    }
    builder.put(loss, -1);
    builder.addRow(-Infinity, 0);
    return [{ worstShare, loss, demandPerMin, taskTypes: ofClass }];
  });

  const { budgetOverrun, budget } = addBudget(builder, problem, counts, flowColumns);
  addChurn(builder, problem, counts, flowColumns);
  addBalance(builder, problem, flowColumns, flowsOfAgent);
  const { standby, resilienceRows, resilienceOverruns } = addResilience(builder, problem, counts);

  return {
    program: builder.program(),
    counts,
    flows: flowColumns,
    unserved,
    workless,
    classes,
    overruns: { budget: budgetOverrun, resilience: resilienceOverruns },
    standby,
    rows: { demand, budget, resilience: resilienceRows, ladder: ladderRows },
  };
}

function addBudget(
  builder: LinearProgramBuilder,
  { agents, flows, budgetUsdPerHour }: SettledProblem,
  counts: number[],
  flowColumns: number[],
): { budgetOverrun: number | null; budget: number | null } {
  if (!Number.isFinite(budgetUsdPerHour)) return { budgetOverrun: null, budget: null };
  const budgetOverrun = builder.addColumn({ upper: 0 });
  agents.forEach(({ costPerHourUsd }, agent) => {
    builder.put(counts[agent]!, costPerHourUsd);
  });
  flows.forEach(({ tokenUsd }, flow) => {
    builder.put(flowColumns[flow]!, 60 * tokenUsd);
  });
  builder.put(budgetOverrun, -1);
  return { budgetOverrun, budget: builder.addRow(-Infinity, budgetUsdPerHour) };
}

/** What flows to an agent beyond what it does now has moved; what it loses arrives elsewhere or is unserved. */
function addChurn(
  builder: LinearProgramBuilder,
  problem: SettledProblem,
  counts: number[],
  flowColumns: number[],
): void {
  const { agents, costPerMovedTaskUsd, maxMoved, costPerAgentChangeUsd } = problem;
  if (problem.hasCurrent && (costPerMovedTaskUsd > 0 || Number.isFinite(maxMoved))) {
    const moved = pairsOf(problem).map(({ nowPerMin, members }) => {
      const column = builder.addColumn({ cost: 60 * costPerMovedTaskUsd });
      for (const flow of members) builder.put(flowColumns[flow]!, 1);
      builder.put(column, -1);
      builder.addRow(-Infinity, nowPerMin);
      return column;
    });
    if (Number.isFinite(maxMoved)) {
      for (const column of moved) builder.put(column, 1);
      builder.addRow(-Infinity, maxMoved);
    }
  }
  if (costPerAgentChangeUsd > 0) {
    agents.forEach(({ now, min, max }, agent) => {
      if (min === max && min === now) return;
      const started = builder.addColumn({ cost: costPerAgentChangeUsd });
      const stopped = builder.addColumn({ cost: costPerAgentChangeUsd });
      builder.put(counts[agent]!, 1);
      builder.put(started, -1);
      builder.put(stopped, 1);
      builder.addRow(now, now);
    });
  }
}

/** Flows of one agent and task type, in full and degraded. They follow each other. */
function pairsOf({ flows }: Pick<SettledProblem, 'flows'>): { nowPerMin: number; members: number[] }[] {
  const pairs: { agent: number; type: number; nowPerMin: number; members: number[] }[] = [];
  flows.forEach(({ agent, type, nowPerMin }, flow) => {
    const last = pairs.at(-1);
    if (last?.agent === agent && last.type === type) last.members.push(flow);
    else pairs.push({ agent, type, nowPerMin, members: [flow] });
  });
  return pairs;
}

/** Busy slots over all that there may be, as the count itself would make it a quotient of two decisions. */
function addBalance(
  builder: LinearProgramBuilder,
  { agents, flows, balanceUsdPerHour }: SettledProblem,
  flowColumns: number[],
  flowsOfAgent: number[][],
): void {
  if (balanceUsdPerHour === 0) return;
  const busiest = builder.addColumn({ cost: balanceUsdPerHour });
  agents.forEach(({ slots, min, max }, agent) => {
    const own = flowsOfAgent[agent]!;
    const most = Math.max(min, max);
    if (own.length === 0 || most === 0) return;
    for (const flow of own) builder.put(flowColumns[flow]!, flows[flow]!.workMin);
    builder.put(busiest, -slots * most);
    builder.addRow(-Infinity, 0);
  });
}

/** Without each domain, other flows through the same counts serve the demanded share of every type, done in full. */
function addResilience(builder: LinearProgramBuilder, problem: SettledProblem, counts: number[]) {
  const { agents, taskTypes, flows, domains } = problem;
  const resilienceRows: { row: number; type: number }[] = [];
  const resilienceOverruns: { column: number; domain: number; type: number }[] = [];
  if (taskTypes.every((it) => it.resilientShare * it.demandPerMin === 0))
    return { standby: [], resilienceRows, resilienceOverruns };
  const standby = domains.map((domain, domainIndex) => {
    const left = flows.flatMap(({ agent, type, step }, flow) =>
      step < 0 && agents[agent]!.domain !== domain && taskTypes[type]!.resilientShare > 0 ? [flow] : [],
    );
    const columns = left.map(() => builder.addColumn({}));
    const byType = groupBy(left.length, taskTypes.length, (i) => flows[left[i]!]!.type);
    const byAgent = groupBy(left.length, agents.length, (i) => flows[left[i]!]!.agent);
    taskTypes.forEach(({ demandPerMin, resilientShare }, type) => {
      if (resilientShare * demandPerMin === 0) return;
      const column = builder.addColumn({ upper: 0 });
      resilienceOverruns.push({ column, domain: domainIndex, type });
      for (const i of byType[type]!) builder.put(columns[i]!, 1);
      builder.put(column, 1);
      resilienceRows.push({ row: builder.addRow(resilientShare * demandPerMin, Infinity), type });
    });
    agents.forEach(({ slots, maxUtilization }, agent) => {
      const own = byAgent[agent]!;
      if (own.length === 0) return;
      for (const i of own) builder.put(columns[i]!, flows[left[i]!]!.workMin);
      builder.put(counts[agent]!, -maxUtilization * slots);
      builder.addRow(-Infinity, 0);
    });
    return { domain, flows: left, columns };
  });
  return { standby, resilienceRows, resilienceOverruns };
}

function groupBy(items: number, groups: number, groupOf: (item: number) => number): number[][] {
  const members: number[][] = Array.from({ length: groups }, () => []);
  for (let item = 0; item < items; item += 1) members[groupOf(item)]!.push(item);
  return members;
}
