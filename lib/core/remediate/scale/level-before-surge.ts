import { type EpochMs, MINUTE_MS } from '../../model/time.ts';

/** What was added longer ago counts as the pool's own. */
const SURGE_MS = 180 * MINUTE_MS;

/** A level that came into force and was not undone; `before` null where it is not told. */
export interface LevelSet {
  before: number | null;
  desired: number;
  issuedMs: EpochMs;
}

/**
 * Agents that a pool had before scaling added some in the last three hours, with those that somebody else added since: what is above
 * is at most what scaling added.
 * @param levels in any order
 * @param agents that it has now
 * @returns null where scaling added none
 */
export function levelBeforeSurge(levels: Iterable<LevelSet>, agents: number, nowMs: EpochMs): number | null {
  let least: number | null = null;
  let added = 0;
  for (const { before, desired, issuedMs } of levels) {
    if (before === null || desired <= before || nowMs - issuedMs >= SURGE_MS) continue;
    least = Math.min(least ?? before, before);
    added += desired - before;
  }
  return least === null ? null : Math.max(least, agents - added);
}
