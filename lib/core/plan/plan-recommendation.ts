import type { EpochMs } from '../model/time.ts';
import type { Allocation } from '../optimize/allocate.ts';
import type { AllocationProblem } from '../optimize/allocation-problem.ts';
import type { PoolOutlook } from './pool-outlook.ts';

/** What should be done about what is to come. Plain JSON. */
export interface PlanRecommendation {
  strategy: 'capacity_planning' | 'resource_reallocation';
  horizon: 'immediate' | 'medium';
  pool: string | null;
  title: string;
  why: string[];
  expectedGain: { tasksPerMin: number | null; usdPerHour: number | null };
  /** 0..1, by how sure the forecast is; null where nothing tells. */
  confidence: number | null;
}

/** A pool is said to have too many agents from this part of them on. */
const SPARE_SHARE = 0.2;
/** Hours that must be forecast to say that agents are never needed. */
const LEAST_HOURS = 24;
/** Work of so much of the demand must move for a reallocation to be told. */
const MOVED_SHARE = 0.1;
const HOUR_MS = 3_600_000;

/** Recommendations that follow from a plan, the most urgent first. */
export function planRecommendations(
  pools: readonly PoolOutlook[],
  problem: AllocationProblem,
  allocation: Allocation,
): PlanRecommendation[] {
  const known = pools.flatMap((pool) => (pool.status === 'known' ? [pool] : []));
  return [
    ...known.flatMap((pool) => shortage(pool) ?? []),
    ...(reallocation(problem, allocation) ?? []),
    ...known.flatMap((pool) => surplus(pool, problem) ?? []),
  ];
}

type KnownPool = Extract<PoolOutlook, { status: 'known' }>;

function shortage({ pool, agents, capacityPerMin, peak, saturation, orders }: KnownPool): PlanRecommendation[] | null {
  const [order] = orders;
  const last = orders.at(-1);
  if (!order || !last || !peak || peak.agents <= agents) return null;
  const missing = peak.agents - agents;
  const shortfall = capacityPerMin === null ? null : Math.max(0, peak.perMin - capacityPerMin);
  return [
    {
      strategy: 'capacity_planning',
      horizon: order.isLate || order.neededAtMs - peak.at < HOUR_MS ? 'immediate' : 'medium',
      pool,
      title: `Have ${count(peak.agents, 'agent')} in pool ${pool} by ${hourOf(peak.at)}: ${missing} more than now`,
      why: [
        `At ${hourOf(peak.at)} up to ${rate(peak.perMin)} tasks a minute come, in nine of ten cases no more; ${count(agents, 'agent')} carry ${capacityPerMin === null ? 'less' : rate(capacityPerMin)}.`,
        ...peak.words,
        order.isLate
          ? `The first ${order.agents - agents} are needed from ${hourOf(order.neededAtMs)} on, sooner than they can start: ask for them now.`
          : `Ask for the first ${order.agents - agents} by ${hourOf(order.orderByMs)}, so that they work at ${hourOf(order.neededAtMs)}.`,
      ],
      expectedGain: { tasksPerMin: shortfall, usdPerHour: null },
      confidence: saturation?.chance ?? null,
    },
  ];
}

function surplus({ pool, agents, required, peak }: KnownPool, problem: AllocationProblem): PlanRecommendation[] | null {
  if (!peak || required.length < LEAST_HOURS || required.some((step) => step.agents === null)) return null;
  const spare = agents - peak.agents;
  if (spare < 1 || spare < SPARE_SHARE * agents) return null;
  const costs = problem.agents.filter((group) => group.pool === pool && group.count.now > 0);
  const usd = costs.reduce((sum, { costPerHourUsd }) => sum + costPerHourUsd, 0) / Math.max(1, costs.length);
  return [
    {
      strategy: 'capacity_planning',
      horizon: 'medium',
      pool,
      title: `Pool ${pool} can do with ${count(peak.agents, 'agent')} for the next ${required.length} hours: ${spare} fewer than now`,
      why: [
        `Its busiest hour begins at ${hourOf(peak.at)}, with up to ${rate(peak.perMin)} tasks a minute in nine of ten cases.`,
        ...peak.words,
      ],
      expectedGain: { tasksPerMin: null, usdPerHour: usd * spare },
      confidence: 0.9,
    },
  ];
}

/** Work that other agents should do than now, where what that brings is worth the move. */
function reallocation(problem: AllocationProblem, allocation: Allocation): PlanRecommendation[] | null {
  if (allocation.status === 'infeasible' || !problem.current || problem.current.shares.length === 0) return null;
  const before = new Map<string, number>();
  const poolOf = new Map(problem.agents.map(({ id, pool }) => [id, pool]));
  for (const { taskType, agent, tasksPerMin } of problem.current.shares) {
    const key = `${taskType}\n${poolOf.get(agent) ?? ''}`;
    before.set(key, (before.get(key) ?? 0) + tasksPerMin);
  }
  const after = new Map<string, number>();
  for (const { taskType, pool, tasksPerMin } of allocation.shares) {
    const key = `${taskType}\n${pool ?? ''}`;
    after.set(key, (after.get(key) ?? 0) + tasksPerMin);
  }
  const [totalBefore, totalAfter] = [before, after].map((flows) => [...flows.values()].reduce((a, b) => a + b, 0));
  if (!totalBefore || !totalAfter) return null;
  const moves = [...after]
    .map(([key, tasksPerMin]) => ({
      key,
      tasksPerMin: tasksPerMin - (before.get(key) ?? 0) * (totalAfter / totalBefore),
    }))
    .filter((move) => move.tasksPerMin >= MOVED_SHARE * totalAfter)
    .sort((a, b) => b.tasksPerMin - a.tasksPerMin);
  const [largest] = moves;
  if (!largest) return null;
  const [taskType = '', pool = ''] = largest.key.split('\n');
  const worth = allocation.duals.find((dual) => dual.kind === 'agent' && dual.pool === pool);
  return [
    {
      strategy: 'resource_reallocation',
      horizon: 'immediate',
      pool,
      title: `Let pool ${pool} do ${rate(largest.tasksPerMin)} more ${taskType} tasks a minute than now`,
      why: [
        `The plan for the coming hour gives ${rate(after.get(largest.key) ?? 0)} ${taskType} tasks a minute to pool ${pool}; at today's shares it would do ${rate((before.get(largest.key) ?? 0) * (totalAfter / totalBefore))}.`,
        ...(worth ? [`There, ${worth.words}.`] : []),
      ],
      expectedGain: { tasksPerMin: null, usdPerHour: null },
      confidence: null,
    },
  ];
}

function hourOf(atMs: EpochMs): string {
  return `${new Date(atMs).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

function rate(perMin: number): string {
  return perMin >= 10 ? String(Math.round(perMin)) : perMin.toFixed(1);
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
