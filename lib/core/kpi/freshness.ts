import { type EpochMs, MINUTE_MS, type Minute, startOfMinute } from '../model/time.ts';

/** The job completes a minute within the next one; two more are given for a run that was interrupted. */
export const BEHIND_AFTER_MS = 3 * MINUTE_MS;

/** Whether the minute job keeps up, and how old the newest figures are. */
export type Freshness =
  /** No minute has been completed yet. */
  { status: 'starting'; dataAgeMs: null } | { status: 'ok' | 'behind'; dataAgeMs: number };

/** @param doneThrough the last minute that the job has completed; null before the first */
export function freshnessAt(doneThrough: Minute | null, nowMs: EpochMs): Freshness {
  if (doneThrough === null) return { status: 'starting', dataAgeMs: null };
  // Of a moment before the newest figures everything is known.
  const dataAgeMs = Math.max(0, nowMs - startOfMinute(doneThrough + 1));
  return { status: dataAgeMs > BEHIND_AFTER_MS ? 'behind' : 'ok', dataAgeMs };
}
