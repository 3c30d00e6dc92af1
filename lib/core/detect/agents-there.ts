import { poolOf, type RosterEntry } from '../model/roster.ts';
import { type EpochMs, MINUTE_MS } from '../model/time.ts';
import type { MinuteSeen } from './detection-context.ts';
import { livenessAt } from './liveness.ts';

/** Who was not heard of for so long is not there. */
const HEARD_MS = 5 * MINUTE_MS;

/** How many agents of a pool can take work: heard of lately, and neither stopped nor at rest. */
export function agentsThere(seen: MinuteSeen, pool: string): number {
  const counts = known.get(seen.minutes) ?? countsByPool(seen);
  known.set(seen.minutes, counts);
  return counts.get(pool) ?? 0;
}

/** The same for all pools and rules that ask in one minute. */
const known = new WeakMap<MinuteSeen['minutes'], ReadonlyMap<string, number>>();

function countsByPool({ roster, nowMs }: MinuteSeen): Map<string, number> {
  const counts = new Map<string, number>();
  for (const entry of roster.values()) {
    if (!isThere(entry, nowMs)) continue;
    counts.set(poolOf(entry), (counts.get(poolOf(entry)) ?? 0) + 1);
  }
  return counts;
}

/** Whether one agent can take work. */
export function isThere(entry: RosterEntry, nowMs: EpochMs): boolean {
  if (entry.lastSeenMs <= nowMs - HEARD_MS) return false;
  const { kind } = livenessAt(entry, nowMs);
  // Who never sent a heartbeat is known by its tasks alone.
  return entry.lastBeat === null || (kind !== 'not-expected' && kind !== 'paused');
}
