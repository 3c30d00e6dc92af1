import type {
  AgentGroup,
  AllocationProblem,
  Fairness,
  LadderStep,
  Priority,
  TaskDemand,
} from './allocation-problem.ts';
import { allowedUtilization } from './allowed-utilization.ts';

/** A problem with every default filled in and every pair of agent and task type worked out; agents and types by id. */
export interface SettledProblem {
  agents: SettledAgent[];
  taskTypes: SettledTaskType[];
  /** Who may do what, by agent, task type and step. */
  flows: Flow[];
  budgetUsdPerHour: number;
  fairness: Fairness;
  maxLentShare: number;
  domains: string[];
  costPerMovedTaskUsd: number;
  /** Tasks a minute. */
  maxMoved: number;
  costPerAgentChangeUsd: number;
  qualityUsdPerTask: number;
  balanceUsdPerHour: number;
  hasCurrent: boolean;
}

export interface SettledAgent {
  id: string;
  pool: string;
  now: number;
  /** Least and most that there may be: declared, in reach of the largest change, in time. `min` may be above `max`. */
  min: number;
  max: number;
  slots: number;
  costPerHourUsd: number;
  maxUtilization: number;
  domain: string | null;
  healthy: boolean;
}

export interface SettledTaskType {
  id: string;
  demandPerMin: number;
  priority: Priority;
  qualityFloor: number;
  /** Share of the demand to be served without any one failure domain; 0 when none is asked for. */
  resilientShare: number;
  /** Of one unserved task, weight of its priority included. */
  penaltyUsd: number;
  /** Penalties with the weight of the priority included. */
  ladder: Required<LadderStep>[];
}

export interface Flow {
  /** Index of the agent. */
  agent: number;
  /** Index of the task type. */
  type: number;
  /** Index of the ladder's step; -1 for tasks done in full. */
  step: number;
  /** Minutes of a slot that a task done with success takes. */
  workMin: number;
  tokenUsd: number;
  quality: number;
  lent: boolean;
  /** Tasks a minute now; all of a pair counts as done in full. */
  nowPerMin: number;
}

/**
 * Neighbouring classes are ten to one. A hundred to one would keep even tasks that take a hundred times as long in front, but
 * penalties would then span nine digits and more, beyond what a solver's tolerances hold.
 */
export const priorityWeights: Record<Priority, number> = { critical: 1_000, high: 100, normal: 10, low: 1 };

/** A task type without a penalty is worth so many times what doing it costs at least. */
const WORTH = 10;
/** And at least this for an hour of a slot, where agents and tokens cost nothing. */
const LEAST_USD_PER_SLOT_HOUR = 1;

export function settleProblem(problem: AllocationProblem): SettledProblem {
  const groups = [...problem.agents].sort(byId);
  const demands = [...problem.taskTypes].sort(byId);
  const utilizationOf = allowedOfPools(groups, demands);
  const agents = groups.map((group) => settleAgent(group, problem, utilizationOf.get(group.pool) ?? 1));
  const flows = flowsOf(groups, demands, agents, problem);
  const taskTypes = demands.map((demand, type) => settleTaskType(demand, type, flows, agents, problem));
  const demandPerMin = demands.reduce((sum, it) => sum + it.demandPerMin, 0);
  const { churn = {}, pooling = {} } = problem;
  const domains = [...new Set(agents.filter(({ max }) => max > 0).map(({ domain }) => domain))];
  return {
    agents,
    taskTypes,
    flows,
    budgetUsdPerHour: problem.budgetUsdPerHour ?? Number.POSITIVE_INFINITY,
    fairness: problem.fairness ?? 'max-min',
    maxLentShare: pooling.maxLentShare ?? 1,
    domains: domains.filter((domain) => domain !== null).sort(),
    costPerMovedTaskUsd: churn.costPerMovedTaskUsd ?? 0,
    maxMoved: churn.maxMovedShare === undefined ? Number.POSITIVE_INFINITY : churn.maxMovedShare * demandPerMin,
    costPerAgentChangeUsd: churn.costPerAgentChangeUsd ?? 0,
    qualityUsdPerTask: problem.qualityUsdPerTask ?? 0,
    balanceUsdPerHour: problem.balanceUsdPerHour ?? 0,
    hasCurrent: problem.current !== undefined,
  };
}

/** By pool: the load of all that its healthy agents can do, each by the fastest of them, and the slots that there may be. */
function allowedOfPools(groups: readonly AgentGroup[], demands: readonly TaskDemand[]): Map<string, number> {
  const pools = new Map<string, { slots: number; leastMin: Map<string, number> }>();
  for (const { pool, count, slots = 1, healthy = true, skills } of groups) {
    const of = pools.get(pool) ?? { slots: 0, leastMin: new Map<string, number>() };
    pools.set(pool, of);
    if (!healthy) continue;
    of.slots += slots * Math.max(1, count.max ?? count.now);
    for (const [taskType, { serviceMs, successRatio = 1 }] of Object.entries(skills)) {
      const workMin = serviceMs / 60_000 / successRatio;
      of.leastMin.set(taskType, Math.min(of.leastMin.get(taskType) ?? Number.POSITIVE_INFINITY, workMin));
    }
  }
  return new Map(
    [...pools].map(([pool, { slots, leastMin }]) => {
      const load = demands.reduce((sum, { id, demandPerMin }) => sum + demandPerMin * (leastMin.get(id) ?? 0), 0);
      return [pool, allowedUtilization(load, Math.max(1, slots))];
    }),
  );
}

function settleAgent(group: AgentGroup, { leadTimeMin, churn }: AllocationProblem, allowed: number): SettledAgent {
  const { now, min = now, max = now } = group.count;
  const change = churn?.maxAgentChange ?? Number.POSITIVE_INFINITY;
  const inTime = (group.provisioningMin ?? 0) <= (leadTimeMin ?? Number.POSITIVE_INFINITY);
  const slots = group.slots ?? 1;
  return {
    id: group.id,
    pool: group.pool,
    now,
    min: Math.max(min, now - change),
    max: Math.min(max, now + change, inTime ? Number.POSITIVE_INFINITY : now),
    slots,
    costPerHourUsd: group.costPerHourUsd,
    maxUtilization: group.maxUtilization ?? allowed,
    domain: group.failureDomain ?? null,
    healthy: group.healthy ?? true,
  };
}

function flowsOf(
  groups: readonly AgentGroup[],
  demands: readonly TaskDemand[],
  agents: readonly SettledAgent[],
  { pooling, current }: AllocationProblem,
): Flow[] {
  const lending = (pooling?.allowed ?? true) && (pooling?.maxLentShare ?? 1) > 0;
  const nowPerMin = new Map<string, Map<string, number>>();
  for (const { agent, taskType, tasksPerMin } of current?.shares ?? []) {
    const ofAgent = nowPerMin.get(agent) ?? new Map<string, number>();
    nowPerMin.set(agent, ofAgent.set(taskType, tasksPerMin));
  }
  const flows: Flow[] = [];
  groups.forEach((group, agent) => {
    if (!agents[agent]!.healthy) return;
    demands.forEach((demand, type) => {
      const skill = Object.hasOwn(group.skills, demand.id) ? group.skills[demand.id] : undefined;
      const lent = demand.pool !== undefined && demand.pool !== group.pool;
      if (!skill || (lent && !lending)) return;
      const { serviceMs, tokenCostUsd = 0, quality = 1, successRatio = 1 } = skill;
      const full: Flow = {
        agent,
        type,
        step: -1,
        workMin: serviceMs / 60_000 / successRatio,
        tokenUsd: tokenCostUsd / successRatio,
        quality,
        lent,
        nowPerMin: nowPerMin.get(group.id)?.get(demand.id) ?? 0,
      };
      flows.push(full);
      demand.ladder?.forEach(({ workShare }, step) => {
        if (workShare === 0) return;
        flows.push({ ...full, step, workMin: full.workMin * workShare, tokenUsd: full.tokenUsd * workShare });
      });
    });
  });
  return flows;
}

function settleTaskType(
  demand: TaskDemand,
  type: number,
  flows: readonly Flow[],
  agents: readonly SettledAgent[],
  { resilience }: AllocationProblem,
): SettledTaskType {
  const priority = demand.priority ?? 'normal';
  const weight = priorityWeights[priority];
  let cheapestUsd = Number.POSITIVE_INFINITY;
  let leastMin = Number.POSITIVE_INFINITY;
  if (demand.penaltyUsd === undefined) {
    for (const flow of flows) {
      if (flow.type !== type || flow.step >= 0) continue;
      const { costPerHourUsd, slots, maxUtilization } = agents[flow.agent]!;
      cheapestUsd = Math.min(
        cheapestUsd,
        (flow.workMin / 60 / slots / maxUtilization) * costPerHourUsd + flow.tokenUsd,
      );
      leastMin = Math.min(leastMin, flow.workMin);
    }
    if (leastMin === Number.POSITIVE_INFINITY) [cheapestUsd, leastMin] = [0, 1];
  }
  const penaltyUsd = demand.penaltyUsd ?? Math.max(WORTH * cheapestUsd, (leastMin / 60) * LEAST_USD_PER_SLOT_HOUR);
  return {
    id: demand.id,
    demandPerMin: demand.demandPerMin,
    priority,
    qualityFloor: demand.qualityFloor ?? 0,
    resilientShare: resilience ? (demand.resilientShare ?? resilience.servedShare) : 0,
    penaltyUsd: penaltyUsd * weight,
    ladder: (demand.ladder ?? []).map((step) => ({
      ...step,
      maxShare: step.maxShare ?? 1,
      penaltyUsd: step.penaltyUsd * weight,
    })),
  };
}

function byId(a: { id: string }, b: { id: string }): number {
  return a.id < b.id ? -1 : 1;
}
