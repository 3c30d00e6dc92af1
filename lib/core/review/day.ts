import type { EpochMs } from '../model/time.ts';
import type { Period } from './review-queries.ts';

export const DAY_MS = 86_400_000;

/** The day of a moment, in UTC. @example isoDay(Date.UTC(2026, 2, 18, 23, 59)) // '2026-03-18' */
export function isoDay(atMs: EpochMs): string {
  return new Date(atMs).toISOString().slice(0, 10);
}

/** From 00:00 UTC to the next, or null where a text names no day. @example dayPeriod('2026-02-30') // null */
export function dayPeriod(day: string): Period | null {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day)) return null;
  const fromMs = Date.parse(`${day}T00:00:00Z`);
  return Number.isFinite(fromMs) && isoDay(fromMs) === day ? { fromMs, toMs: fromMs + DAY_MS } : null;
}
