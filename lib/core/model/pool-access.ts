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

/**
 * Why an event may not be reported by somebody who is restricted to pools; null when it may.
 * It goes by what the event itself names: the pool that an agent's earlier description placed it in is not looked up, so
 * tasks, samples, heartbeats, spans and points of any agent pass. What names no pool or agent at all speaks for the
 * whole system, and is refused where it would be judged or would stop judgement there: changes and metrics.
 */
export function poolRefusal(holder: Restricted, event: FleetEvent): string | null {
  const { pools } = holder;
  if (pools === undefined) return null;
  const named = 'pool' in event ? event.pool : undefined;
  if (named !== undefined) {
    return reaches(holder, named) ? null : `pool ${named} is not one of the key's pools: ${pools.join(', ')}`;
  }
  const isOfSystem = (event.type === 'change' || event.type === 'metric') && event.agent === undefined;
  return isOfSystem ? `a ${event.type} without pool is of the whole system: name one of ${pools.join(', ')}` : null;
}
