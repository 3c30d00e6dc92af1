import { poolOf } from '../model/roster.ts';
import type { MinuteSeen } from './detection-context.ts';
import { livenessAt } from './liveness.ts';

/** Whether half of a pool's agents that ever sent heartbeats, or more, have said that they stop or rest: it owes no work. */
export function hasLeft(seen: MinuteSeen, pool: string): boolean {
  const pools = known.get(seen.minutes) ?? poolsThatLeft(seen);
  known.set(seen.minutes, pools);
  return pools.has(pool);
}

/** The same for all pools and rules that ask in one minute. */
const known = new WeakMap<MinuteSeen['minutes'], ReadonlySet<string>>();

function poolsThatLeft({ roster, nowMs }: MinuteSeen): Set<string> {
  const pools = new Map<string, { left: number; there: number }>();
  for (const entry of roster.values()) {
    if (entry.lastBeat === null) continue;
    const counts = pools.get(poolOf(entry)) ?? { left: 0, there: 0 };
    pools.set(poolOf(entry), counts);
    const { kind } = livenessAt(entry, nowMs);
    if (kind === 'not-expected' || kind === 'paused') counts.left += 1;
    else counts.there += 1;
  }
  return new Set([...pools].flatMap(([pool, { left, there }]) => (left > 0 && left >= there ? [pool] : [])));
}
