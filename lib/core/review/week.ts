import type { EpochMs } from '../model/time.ts';

const DAY_MS = 86_400_000;
export const WEEK_MS = 7 * DAY_MS;
const THURSDAY = 3;

/**
 * The ISO week of a moment: weeks begin on Monday 00:00 UTC, and the first of a year is the one with its first Thursday.
 * @see https://www.iso.org/iso-8601-date-and-time-format.html
 * @example isoWeek(Date.UTC(2026, 2, 18)) // '2026-W12'
 */
export function isoWeek(atMs: EpochMs): string {
  const thursdayMs = mondayOf(atMs) + THURSDAY * DAY_MS;
  const year = new Date(thursdayMs).getUTCFullYear();
  const week = Math.floor((thursdayMs - Date.UTC(year, 0, 1)) / WEEK_MS) + 1;
  return `${year}-W${String(week).padStart(2, '0')}`;
}

/** From Monday 00:00 UTC to the next, or null where a text names no week. @example weekPeriod('2026-W12') // from 2026-03-16 */
export function weekPeriod(week: string): { fromMs: EpochMs; toMs: EpochMs } | null {
  const match = /^(\d{4})-W(\d{2})$/.exec(week);
  if (!match) return null;
  // The 4th of January always is in the first week.
  const fromMs = mondayOf(Date.UTC(Number(match[1]), 0, 4)) + (Number(match[2]) - 1) * WEEK_MS;
  return isoWeek(fromMs) === week ? { fromMs, toMs: fromMs + WEEK_MS } : null;
}

function mondayOf(atMs: EpochMs): EpochMs {
  // 1970-01-01 was a Thursday.
  const day = Math.floor(atMs / DAY_MS);
  return (day - ((((day + THURSDAY) % 7) + 7) % 7)) * DAY_MS;
}
