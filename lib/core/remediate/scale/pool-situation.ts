import type { Alert } from '../../alert/alert.ts';
import type { PoolSettings } from '../../model/pool-settings.ts';
import { DEFAULT_POOL, poolOf } from '../../model/roster.ts';
import type { DecisionContext } from '../directive-kind.ts';
import { type AgentsNeeded, agentsNeeded } from './agents-needed.ts';
import { isExhaustedBySamples, type PoolDemand, type PoolStaff, poolDemand, staffByPool } from './pool-demand.ts';
import { DESCRIBED_MS, levelOf, type PoolLevel, type ScaleStep, scaleHistories } from './scale-history.ts';

/** How a pool stands, as far as scaling and lending concern it. */
export interface Situation {
  pool: string;
  settings: PoolSettings;
  staff: PoolStaff;
  history: readonly ScaleStep[];
  /** Null while it is not known. */
  level: PoolLevel | null;
  /** Firing alerts of the pool, of its agents, and of the whole fleet. */
  alerts: readonly Alert[];
  demand: PoolDemand | null;
  /** For the work of the last minutes. */
  needed: AgentsNeeded | null;
  isExhausted: boolean;
  /** Of its agents, those that work in other pools. */
  lentAway: number;
}

/** By pool. */
export function situationsByPool(context: DecisionContext): Map<string, Situation> {
  const { firing, roster, pools, nowMs } = context;
  const alertsByPool = Map.groupBy(firing, ({ scope }) =>
    scope.agent === undefined ? scope.pool : poolOf(roster.get(scope.agent)),
  );
  const situations = new Map<string, Situation>();
  const staffs = staffByPool(context);
  // Who is lent is counted where it belongs: as one of its pool's agents, and as one that its pool does without.
  const members = Map.groupBy(
    [...staffs.values()].flatMap(({ working }) => working),
    poolOf,
  );
  const histories = scaleHistories(context);
  const newcomers = (staffs.get(DEFAULT_POOL)?.working ?? []).filter(
    ({ description, firstSeenMs }) => description === null && nowMs - firstSeenMs < DESCRIBED_MS,
  );
  for (const [pool, staff] of staffs) {
    const settings = pools.get(pool) ?? {};
    const history = histories.get(pool) ?? [];
    const own = members.get(pool) ?? [];
    const all = [...own, ...staff.idled, ...staff.missing];
    const sinceMs = all.reduce((first, { firstSeenMs }) => Math.min(first, firstSeenMs), nowMs);
    const unplaced = pool === DEFAULT_POOL ? 0 : newcomers.length;
    const [idled, missing, unheard] = [staff.idled.length, staff.missing.length, staff.unheard.length];
    const counts = { working: own.length, idled, missing, unheard, unplaced, sinceMs };
    const here = staff.working.filter((entry) => poolOf(entry) === pool).length;
    const demand = poolDemand(context, pool, staff);
    const isExhausted = demand?.isExhausted ?? isExhaustedBySamples(context, pool, staff);
    situations.set(pool, {
      ...{ pool, settings, staff, history, demand, isExhausted, level: levelOf(counts, history, nowMs) },
      lentAway: own.length - here,
      alerts: [...(alertsByPool.get(pool) ?? []), ...(alertsByPool.get(undefined) ?? [])],
      needed: demand && agentsNeeded(loadToServe(demand), demand, staff.working),
    });
  }
  return situations;
}

/** Of the last minutes; of a pool that can do no more also what the newest alone asks for. */
export function loadToServe({ load, newestLoad, isExhausted }: PoolDemand): number {
  return Math.max(load, isExhausted ? newestLoad : 0);
}
