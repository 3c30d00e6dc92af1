import type { FleetEvent } from './event.ts';
import type { Principal } from './principal.ts';

type Restricted = Pick<Principal, 'pools'>;

/** Whether somebody may report on a pool and read of it. */
export function reaches({ pools }: Restricted, pool: string): boolean {
  return pools === undefined || pools.includes(pool);
}

/** Whether somebody may read of what concerns several pools: of one is enough. */
export function reachesAny(holder: Restricted, pools: Iterable<string>): boolean {
  return [...pools].some((pool) => reaches(holder, pool));
}

/** Those of several pools that somebody has no say about. */
export function beyondReach(holder: Restricted, pools: Iterable<string>): string[] {
  return [...pools].filter((pool) => !reaches(holder, pool));
}

/** What of a list is of the pools that somebody may read of. */
export function withinReach<Item>(holder: Restricted, items: readonly Item[], poolOf: (item: Item) => string): Item[] {
  return items.filter((item) => reaches(holder, poolOf(item)));
}

/** Agents that were described, and the pool that they are of. */
export type Placement = ReadonlyMap<string, string>;

const nobodyPlaced: Placement = new Map();

/** What keeps an event from being reported: a field of it, and why in words. */
export interface PoolRefusal {
  field: string;
  why: string;
}

/**
 * Why an event may not be reported by somebody who is restricted to pools; null when it may.
 * It goes by what the event itself names, and of descriptions by where an earlier one has placed the agent: who is of another pool is
 * moved by nobody who does not have both. Tasks, samples, heartbeats, spans and points of any agent pass. What names no pool or agent at all speaks for the
 * whole system, and is refused where it would be judged or would stop judgement there: changes and metrics.
 */
export function poolRefusal(
  holder: Restricted,
  event: FleetEvent,
  placement: Placement = nobodyPlaced,
): PoolRefusal | null {
  const { pools } = holder;
  if (pools === undefined) return null;
  const named = 'pool' in event ? event.pool : undefined;
  if (named !== undefined) {
    if (!reaches(holder, named)) {
      return { field: 'pool', why: `pool ${named} is not one of the key's pools: ${pools.join(', ')}` };
    }
    if (event.type !== 'agent') return null;
    const placed = placement.get(event.agent);
    if (placed !== undefined && !reaches(holder, placed)) {
      const why = `agent ${event.agent} is of a pool that is not one of the key's pools, ${pools.join(', ')}: move it with a key that has both, or give the agent another name`;
      return { field: 'agent', why };
    }
    const { backupPool: backup } = event;
    if (backup === undefined || reaches(holder, backup)) return null;
    const why = `backupPool ${backup} is not one of the key's pools, ${pools.join(', ')}: leave it out; PUT /v1/pools/${named} sets it, with a key of scope admin`;
    return { field: 'backupPool', why };
  }
  const isOfSystem = (event.type === 'change' || event.type === 'metric') && event.agent === undefined;
  if (!isOfSystem) return null;
  return {
    field: 'pool',
    why: `a ${event.type} without pool is of the whole system: name one of ${pools.join(', ')}`,
  };
}
