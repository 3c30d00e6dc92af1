import type { AllocationPlan, PlannedShare } from './allocation-plan.ts';
import type { Flow, SettledProblem } from './settle-problem.ts';

export type PlanLimit =
  | 'skill'
  | 'demand'
  | 'capacity'
  | 'count'
  | 'lending'
  | 'quality'
  | 'ladder'
  | 'budget'
  | 'moves'
  | 'resilience'
  | 'number';

export interface PlanViolation {
  limit: PlanLimit;
  /** What goes beyond its limit, and by how much. */
  message: string;
}

/** Relative; what a solver's tolerances may leave. */
const TOLERANCE = 1e-6;

/**
 * Recomputes every limit from the plan alone, without the program that it came from.
 * @returns nothing when the plan keeps to all of them
 */
export function checkPlan(problem: SettledProblem, plan: AllocationPlan): PlanViolation[] {
  const violations: PlanViolation[] = [];
  const add = (limit: PlanLimit, message: string) => violations.push({ limit, message });
  const above = (value: number, most: number) => value > most + TOLERANCE * Math.max(1, Math.abs(most));

  const numbers = [
    ...plan.counts.map(({ count }) => count),
    ...plan.shares.map(({ tasksPerMin }) => tasksPerMin),
    ...plan.unserved.flatMap(({ tasksPerMin, share }) => [tasksPerMin, share]),
    ...plan.standby.flatMap(({ shares }) => shares.map(({ tasksPerMin }) => tasksPerMin)),
  ];
  if (numbers.some((it) => !Number.isFinite(it) || it < 0)) add('number', 'a figure is negative or no number');

  const countOf = new Map(plan.counts.map(({ agent, count }) => [agent, count]));
  for (const { id, min, max } of problem.agents) {
    const count = countOf.get(id);
    if (count === undefined) add('count', `${id} has no count`);
    else if (!Number.isInteger(count)) add('count', `${id} has ${count} agents`);
    else if (count < min || count > max) add('count', `${id} has ${count} agents, not ${min} to ${max}`);
  }
  if (plan.counts.length !== problem.agents.length) add('count', 'the counts are not one for each agent or group');

  const flowOf = flowsByName(problem);
  const typeOf = new Map(problem.taskTypes.map((it) => [it.id, it]));
  const served = new Map<string, number>();
  let tokensUsdPerHour = 0;
  for (const share of plan.shares) {
    const type = typeOf.get(share.taskType);
    served.set(share.taskType, (served.get(share.taskType) ?? 0) + share.tasksPerMin);
    const step = type?.ladder.find((it) => it.step === share.step);
    if (share.agent === null) {
      if (step?.workShare !== 0) add('skill', `${share.taskType} is done by nobody, by a step that needs somebody`);
      continue;
    }
    const flow = flowOf(share);
    if (!flow) add('skill', `${share.agent} may not do ${share.taskType}${share.step ? ` as ${share.step}` : ''}`);
    else tokensUsdPerHour += 60 * flow.tokenUsd * share.tasksPerMin;
  }

  const unservedOf = new Map(plan.unserved.map(({ taskType, tasksPerMin }) => [taskType, tasksPerMin]));
  for (const { id, demandPerMin, qualityFloor, ladder } of problem.taskTypes) {
    const total = (served.get(id) ?? 0) + (unservedOf.get(id) ?? 0);
    if (Math.abs(total - demandPerMin) > TOLERANCE * Math.max(1, demandPerMin)) {
      add('demand', `${total} of ${demandPerMin} ${id} a minute are served or told to be unserved`);
    }
    const full = plan.shares.filter((it) => it.taskType === id && it.step === undefined);
    const done = full.reduce((sum, it) => sum + it.tasksPerMin, 0);
    const quality = full.reduce((sum, it) => sum + it.tasksPerMin * (flowOf(it)?.quality ?? 0), 0);
    if (qualityFloor * done - quality > TOLERANCE * Math.max(1, done)) {
      add('quality', `${id} has a quality of ${quality / done}, below ${qualityFloor}`);
    }
    for (const { step, maxShare } of ladder) {
      const degraded = plan.shares
        .filter((it) => it.taskType === id && it.step === step)
        .reduce((sum, it) => sum + it.tasksPerMin, 0);
      if (above(degraded, maxShare * demandPerMin)) add('ladder', `${degraded} ${id} a minute are served as ${step}`);
    }
  }

  for (const { id, busy, lent } of loadsOf(problem, plan.shares, flowOf)) {
    const { slots, maxUtilization } = problem.agents.find((it) => it.id === id)!;
    const usable = (countOf.get(id) ?? 0) * slots * maxUtilization;
    if (above(busy, usable)) add('capacity', `${id} has ${busy} slots busy of ${usable} usable ones`);
    if (above(lent, usable * problem.maxLentShare)) add('lending', `${id} lends ${lent} of ${usable} usable slots`);
  }

  const agentsUsdPerHour = problem.agents.reduce((sum, it) => sum + it.costPerHourUsd * (countOf.get(it.id) ?? 0), 0);
  const costUsdPerHour = agentsUsdPerHour + tokensUsdPerHour;
  if (above(costUsdPerHour, problem.budgetUsdPerHour)) {
    add('budget', `${costUsdPerHour} USD/h are above the budget of ${problem.budgetUsdPerHour}`);
  }

  const moved = problem.hasCurrent ? movedPerMin(problem, plan.shares) : 0;
  if (above(moved, problem.maxMoved)) {
    add('moves', `${moved} tasks a minute move, above ${problem.maxMoved}`);
  }

  if (problem.taskTypes.some((it) => it.resilientShare > 0)) checkStandby(problem, plan, countOf, flowOf, add);
  return violations;
}

type FlowOf = (share: Pick<PlannedShare, 'agent' | 'taskType' | 'step'>) => Flow | undefined;

function checkStandby(
  problem: SettledProblem,
  plan: AllocationPlan,
  countOf: Map<string, number>,
  flowOf: FlowOf,
  add: (limit: PlanLimit, message: string) => void,
): void {
  for (const domain of problem.domains) {
    const shares = plan.standby.find(({ withoutDomain }) => withoutDomain === domain)?.shares ?? [];
    const gone = new Set(problem.agents.filter((it) => it.domain === domain).map(({ id }) => id));
    for (const share of shares) {
      if (share.agent === null || gone.has(share.agent) || !flowOf(share)) {
        add('resilience', `without ${domain}, ${share.agent} cannot do ${share.taskType}`);
      }
    }
    for (const { id, demandPerMin, resilientShare } of problem.taskTypes) {
      const wanted = resilientShare * demandPerMin;
      const had = shares.filter((it) => it.taskType === id).reduce((sum, it) => sum + it.tasksPerMin, 0);
      if (wanted - had > TOLERANCE * Math.max(1, wanted)) {
        add('resilience', `without ${domain} there is capacity for ${had} ${id} a minute, not for ${wanted}`);
      }
    }
    for (const { id, busy } of loadsOf(problem, shares, flowOf)) {
      const { slots, maxUtilization } = problem.agents.find((it) => it.id === id)!;
      const usable = (countOf.get(id) ?? 0) * slots * maxUtilization;
      if (busy > usable + TOLERANCE * Math.max(1, usable)) {
        add('resilience', `without ${domain}, ${id} has ${busy} slots busy of ${usable} usable ones`);
      }
    }
  }
}

/** Slots that are busy, and those busy for other pools, of every agent or group with work. */
export function loadsOf(
  problem: SettledProblem,
  shares: readonly PlannedShare[],
  flowOf: FlowOf = flowsByName(problem),
): { id: string; busy: number; lent: number }[] {
  const loads = new Map<string, { id: string; busy: number; lent: number }>();
  for (const share of shares) {
    const flow = flowOf(share);
    if (!flow || share.agent === null) continue;
    const load = loads.get(share.agent) ?? { id: share.agent, busy: 0, lent: 0 };
    load.busy += flow.workMin * share.tasksPerMin;
    if (flow.lent) load.lent += flow.workMin * share.tasksPerMin;
    loads.set(share.agent, load);
  }
  return [...loads.values()];
}

/** Tasks a minute that another agent does than now. */
export function movedPerMin(problem: SettledProblem, shares: readonly PlannedShare[]): number {
  const now = new Map<string, number>();
  for (const { agent, type, step, nowPerMin } of problem.flows) {
    if (step < 0)
      now.set(nameOf({ agent: problem.agents[agent]!.id, taskType: problem.taskTypes[type]!.id }), nowPerMin);
  }
  const planned = new Map<string, number>();
  for (const { agent, taskType, tasksPerMin } of shares) {
    if (agent !== null)
      planned.set(nameOf({ agent, taskType }), (planned.get(nameOf({ agent, taskType })) ?? 0) + tasksPerMin);
  }
  let moved = 0;
  for (const [name, tasksPerMin] of planned) moved += Math.max(0, tasksPerMin - (now.get(name) ?? 0));
  return moved;
}

/** Finds the flow of a share. */
export function flowsByName({ agents, taskTypes, flows }: SettledProblem): FlowOf {
  const agentOf = new Map(agents.map(({ id }, agent) => [id, agent]));
  const typeOf = new Map(taskTypes.map(({ id }, type) => [id, type]));
  // Flows of a pair follow each other, the one done in full first; 0 where there is none.
  const firstOf = new Int32Array(agents.length * taskTypes.length);
  for (let flow = flows.length - 1; flow >= 0; flow -= 1) {
    const { agent, type } = flows[flow]!;
    firstOf[agent * taskTypes.length + type] = flow + 1;
  }
  return ({ agent, taskType, step }) => {
    const [agentIndex, type] = [agent === null ? undefined : agentOf.get(agent), typeOf.get(taskType)];
    if (agentIndex === undefined || type === undefined) return undefined;
    const stepIndex = step === undefined ? -1 : taskTypes[type]!.ladder.findIndex((it) => it.step === step);
    if (step !== undefined && stepIndex < 0) return undefined;
    for (let flow = firstOf[agentIndex * taskTypes.length + type]! - 1; flow >= 0 && flow < flows.length; flow += 1) {
      const found = flows[flow]!;
      if (found.agent !== agentIndex || found.type !== type) return undefined;
      if (found.step === stepIndex) return found;
    }
    return undefined;
  };
}

function nameOf({ agent, taskType }: { agent: string; taskType: string }): string {
  return `${agent}\n${taskType}`;
}
