import { type EpochMs, MINUTE_MS } from '../../model/time.ts';

/** What was added longer ago counts as the pool's own. */
const SURGE_MS = 180 * MINUTE_MS;

/**
 * Agents that a pool had before scaling added some in the last three hours; null where it added none.
 * @param steps levels that came into force, in any order; `before` null where it is not told
 */
export function levelBeforeSurge(
  steps: Iterable<{ before: number | null; desired: number; issuedMs: EpochMs }>,
  nowMs: EpochMs,
): number | null {
  let least: number | null = null;
  for (const { before, desired, issuedMs } of steps) {
    if (before === null || desired <= before || nowMs - issuedMs >= SURGE_MS) continue;
    least = Math.min(least ?? before, before);
  }
  return least;
}
