import { type Liveness, livenessAt } from '../detect/liveness.ts';
import type { RosterEntry } from '../model/roster.ts';
import { type EpochMs, MINUTE_MS } from '../model/time.ts';

/** Whoever has sent no heartbeat for so long does not come back, or comes back under another name. */
export const LONG_GONE_MS = 60 * MINUTE_MS;

/** Whether an agent is missing, and so lately that its pool can still be said to lack it. */
export function isMissed(liveness: Liveness): boolean {
  return liveness.kind === 'missing' && liveness.silentMs < LONG_GONE_MS;
}

/** Whether a pool should have it now: it did not stop of its own accord, does not rest, and is not long gone. */
export function isExpected(entry: RosterEntry, nowMs: EpochMs): boolean {
  const liveness = livenessAt(entry, nowMs);
  return liveness.kind === 'alive' || isMissed(liveness);
}
