import { poolOf } from '../model/roster.ts';
import type { MinuteSeen } from './detection-context.ts';
import { livenessAt } from './liveness.ts';

/** Whether half of a pool's agents that ever sent heartbeats, or more, have said that they stop or rest: it owes no work. */
export function hasLeft({ roster, nowMs }: Pick<MinuteSeen, 'roster' | 'nowMs'>, pool: string): boolean {
  let [left, there] = [0, 0];
  for (const entry of roster.values()) {
    if (poolOf(entry) !== pool || entry.lastBeat === null) continue;
    const { kind } = livenessAt(entry, nowMs);
    if (kind === 'not-expected' || kind === 'paused') left += 1;
    else there += 1;
  }
  return left > 0 && left >= there;
}
