import type { WorkloadForecast } from '../capacity/workload-forecast.ts';
import type { EpochMs } from '../model/time.ts';
import type { Allocation } from '../optimize/allocate.ts';
import type { AgentGroup, AllocationProblem } from '../optimize/allocation-problem.ts';
import type { LinearSolver } from '../optimize/linear-program.ts';
import type { ProblemFault } from '../optimize/problem-fault.ts';
import { decidePlan, type FleetPlan, type StoredClass, type StoredStation } from './fleet-plan.ts';
import type { PlanRecommendation } from './plan-recommendation.ts';
import { outlookOf, type PoolOutlook } from './pool-outlook.ts';

/** What a plan should be made for instead. */
export interface WhatIf {
  /** Everything times as much. */
  factor?: number;
  /** Task types of which so many tasks a minute come, times the factor, in place of what is forecast. */
  workload?: Readonly<Record<string, number>>;
  /** Pools with so many agents, or with so many at least and at most. */
  pools?: Readonly<Record<string, PoolChange>>;
  budgetUsdPerHour?: number;
  resilience?: AllocationProblem['resilience'];
  pooling?: AllocationProblem['pooling'];
}

export interface PoolChange {
  agents?: number;
  min?: number;
  max?: number;
}

/** Whom a what-if names that the plan does not know, and pools whose limits contradict each other. */
export function whatIfFaults({ problem }: Pick<FleetPlan, 'problem'>, { workload, pools }: WhatIf): ProblemFault[] {
  const types = problem.taskTypes.map(({ id }) => id);
  const names = [...new Set(problem.agents.map(({ pool }) => pool))];
  return [
    ...Object.keys(workload ?? {}).flatMap((id) => {
      if (types.includes(id)) return [];
      const message = `the plan in force knows no task type "${id}": ${known(types, 'task type')}`;
      return [{ path: `workload.${id}`, message }];
    }),
    ...Object.entries(pools ?? {}).flatMap(([pool, { agents, min, max }]) => {
      const path = `pools.${pool}`;
      if (!names.includes(pool)) {
        return [{ path, message: `the plan in force knows no pool "${pool}": ${known(names, 'pool')}` }];
      }
      if (agents !== undefined && (min !== undefined || max !== undefined)) {
        return [{ path, message: `${path} has both agents and limits of them: give agents alone, or min and max` }];
      }
      return min !== undefined && max !== undefined && min > max
        ? [{ path, message: `${path}.min ${min} is above max ${max}: lower min or raise max` }]
        : [];
    }),
  ];
}

/** A problem names at most so many that could have been meant. */
const NAMED = 20;

function known(names: readonly string[], what: string): string {
  if (names.length === 0) return `it has none`;
  const more = names.length > NAMED ? ` and ${names.length - NAMED} more` : '';
  return `use a ${what} that it has (${names.slice(0, NAMED).join(', ')}${more})`;
}

/**
 * A plan again, under other assumptions: without any, the same. Pools look ahead to as much more as the tasks that they do now grow.
 * @param what names only what the plan knows, see {@link whatIfFaults}
 * @param forecasts of pools, by pool, as the plan was made from
 */
export function planAgain(
  plan: FleetPlan,
  what: WhatIf,
  { solver, forecasts }: { solver: LinearSolver; forecasts: ReadonlyMap<string, WorkloadForecast> },
): FleetPlan {
  const changes: Changes = {
    factor: what.factor ?? 1,
    workload: new Map(Object.entries(what.workload ?? {})),
    pools: new Map(Object.entries(what.pools ?? {})),
  };
  const problem = changedProblem(plan.problem, what, changes);
  return decidePlan(
    {
      ...plan,
      problem,
      classes: plan.classes.map((its) => changedClass(its, changes)),
      stations: plan.stations.flatMap((its) => changedStation(its, changes) ?? []),
      pools: plan.pools.map((its) => changedPool(plan, its, changes, forecasts)),
    },
    solver,
  );
}

interface Changes {
  factor: number;
  workload: ReadonlyMap<string, number>;
  pools: ReadonlyMap<string, PoolChange>;
}

function changedProblem(
  problem: AllocationProblem,
  { budgetUsdPerHour, resilience, pooling }: WhatIf,
  { factor, workload, pools }: Changes,
): AllocationProblem {
  return {
    ...problem,
    taskTypes: problem.taskTypes.map((its) => ({
      ...its,
      demandPerMin: (workload.get(its.id) ?? its.demandPerMin) * factor,
    })),
    agents: changedAgents(problem.agents, pools),
    ...(budgetUsdPerHour === undefined ? {} : { budgetUsdPerHour }),
    ...(resilience ? { resilience } : {}),
    ...(pooling ? { pooling } : {}),
  };
}

function changedClass(its: StoredClass, { factor, workload }: Changes): StoredClass {
  const fixed = workload.get(its.id);
  const of = (values: readonly number[]) => values.map((value) => (fixed ?? value) * factor);
  return { ...its, mean: of(its.mean), quantiles: its.quantiles.map(([level, values]) => [level, of(values)]) };
}

/** @returns null of a pool without agents: nothing waits for it */
function changedStation(its: StoredStation, { pools }: Changes): StoredStation | null {
  const agents = its.kind === 'pool' ? pools.get(its.id)?.agents : undefined;
  if (agents === undefined || !its.agents) return its;
  return agents === 0 ? null : { ...its, agents, servers: (its.servers * agents) / its.agents };
}

function changedPool(
  plan: FleetPlan,
  its: PoolOutlook,
  changes: Changes,
  forecasts: ReadonlyMap<string, WorkloadForecast>,
): PoolOutlook {
  if (its.status === 'unknown') return its;
  const growth = growthOf(plan.problem, its.pool, changes);
  const agents = changes.pools.get(its.pool)?.agents ?? its.agents;
  if (growth === 1 && agents === its.agents) return its;
  const forecast = forecasts.get(its.pool);
  if (!forecast || forecast.mean.length === 0) {
    return { status: 'unknown', pool: its.pool, because: 'its forecast is no longer there' };
  }
  return outlookOf({ ...its, agents }, timesAsMuch(forecast, growth), plan.madeAtMs);
}

/** How many times as much comes to a pool, by what it does now. */
function growthOf({ agents, taskTypes, current }: AllocationProblem, pool: string, { factor, workload }: Changes) {
  if (workload.size === 0) return factor;
  const members = new Set(agents.flatMap((group) => (group.pool === pool ? [group.id] : [])));
  const planned = new Map(taskTypes.map(({ id, demandPerMin }) => [id, demandPerMin]));
  let [before, after] = [0, 0];
  for (const { taskType, agent, tasksPerMin } of current?.shares ?? []) {
    if (!members.has(agent)) continue;
    const [wanted, was] = [workload.get(taskType), planned.get(taskType) ?? 0];
    before += tasksPerMin;
    after += wanted === undefined || was === 0 ? tasksPerMin : (tasksPerMin * wanted) / was;
  }
  return before === 0 ? factor : (after / before) * factor;
}

function timesAsMuch({ mean, quantiles, ...steps }: WorkloadForecast, growth: number): WorkloadForecast {
  const of = (values: readonly number[]) => values.map((value) => value * growth);
  return { ...steps, mean: of(mean), quantiles: new Map([...quantiles].map(([level, values]) => [level, of(values)])) };
}

function changedAgents(agents: readonly AgentGroup[], pools: Changes['pools']): AgentGroup[] {
  return [...Map.groupBy(agents, ({ pool }) => pool)].flatMap(([pool, groups]) => {
    const wanted = pools.get(pool);
    return wanted ? withinLimits(groups, wanted) : groups;
  });
}

/**
 * Groups of a pool with limits of all together. Groups have limits of their own only, so the first have to be there for the least
 * that is asked for, and the last may not be beyond the most: healthy agents that are there before others, and those before
 * agents that would have to be started, which are like the last.
 */
function withinLimits(groups: readonly AgentGroup[], { agents, min = agents, max = agents }: PoolChange): AgentGroup[] {
  const there = groups.filter(({ count }) => count.now > 0);
  const order = [
    ...there.filter(({ healthy }) => healthy !== false),
    ...there.filter(({ healthy }) => healthy === false),
  ];
  const like = order[0] ?? groups[0];
  const startable = groups.find(({ count }) => count.now === 0) ?? (like && startableLike(like));
  let [needed, room] = [min ?? 0, max ?? Number.POSITIVE_INFINITY];
  return [...order, ...(startable ? [startable] : [])].flatMap((group) => {
    const { now, min: own = now, max: most = now } = group.count;
    // There may be any number of agents to start if so many are asked for.
    const could = group !== startable ? most : Number.isFinite(room) ? room : Math.max(most, needed);
    const upTo = Math.min(could, room);
    const atLeast = min === undefined ? Math.min(own, upTo) : Math.min(needed, upTo);
    room -= upTo;
    needed -= atLeast;
    const isNowhere = group === startable && upTo === 0 && now === 0;
    return isNowhere
      ? []
      : [{ ...group, count: { now: agents === undefined ? Math.min(now, upTo) : upTo, min: atLeast, max: upTo } }];
  });
}

function startableLike(group: AgentGroup): AgentGroup {
  return { ...group, id: `${group.pool}/more`, healthy: true, count: { now: 0, min: 0, max: 0 } };
}

/** How a plan differs from the one in force: what it has more, negative for less. */
export interface PlanDifference {
  /** By pool; those that stay as they are left out. */
  agents: Record<string, number>;
  costPerHourUsd: number;
  unservedPerMin: number;
}

export function planDifference(
  { agents: before, costPerHourUsd: cost, unserved }: Compared,
  other: Compared,
): PlanDifference {
  const [were, are] = [new Map(Object.entries(before)), new Map(Object.entries(other.agents))];
  const pools = [...new Set([...were.keys(), ...are.keys()])];
  const total = (parts: Compared['unserved']) => parts.reduce((sum, { tasksPerMin }) => sum + tasksPerMin, 0);
  return {
    agents: Object.fromEntries(
      pools.flatMap((pool) => {
        const more = (are.get(pool) ?? 0) - (were.get(pool) ?? 0);
        return more === 0 ? [] : [[pool, more]];
      }),
    ),
    costPerHourUsd: other.costPerHourUsd - cost,
    unservedPerMin: total(other.unserved) - total(unserved),
  };
}

type Compared = Pick<Allocation, 'agents' | 'costPerHourUsd' | 'unserved'>;

export type WhatIfOutcome =
  | { status: 'planned'; plan: FleetPlan; compared: ComparedPlan }
  | { status: 'no-plan' }
  | { status: 'unknown'; faults: ProblemFault[] };

/** How a plan differs from the one in force, and when that was made. */
export interface ComparedPlan extends PlanDifference {
  madeAtMs: EpochMs;
}

/** The plan for a problem of its own; nothing is known of it but that. */
export interface ProblemPlan {
  allocation: Allocation;
  recommendations: PlanRecommendation[];
  /** Null where no plan is in force. */
  compared: ComparedPlan | null;
}
