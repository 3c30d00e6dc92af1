import type { EpochMs } from '../model/time.ts';

export const calendarKinds = ['weekly', 'daily', 'day of month', 'after deploys'] as const;
export type CalendarKind = (typeof calendarKinds)[number];

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** When something may come again: cycle by cycle, at a distance from its beginning. */
export interface Calendar {
  kind: CalendarKind;
  /** Widest range of distances that still is the same time. */
  widestMs: number;
  /** Usual length of a cycle; null where cycles begin when somebody deploys. */
  periodMs: number | null;
  /** The cycle that a moment is in, where the first of a pattern is at `firstMs`; null where it is in none. Cycles are numbered in a row. */
  cycleOf(atMs: EpochMs, firstMs: EpochMs): number | null;
  /** When a cycle begins that is counted from `firstMs`; null where there is none (yet). */
  begin(cycle: number, firstMs: EpochMs): EpochMs | null;
}

export const weekly = evenly('weekly', 7 * DAY_MS, 4 * HOUR_MS);
export const daily = evenly('daily', DAY_MS, 4 * HOUR_MS);

/** The same day of the month; months without it are no cycle of their own and count as missed. */
export function monthly(): Calendar {
  // Every pair of incidents asks for it.
  let known = { firstMs: Number.NaN, begins: new Map<number, EpochMs | null>() };
  const begin = (cycle: number, firstMs: EpochMs) => {
    if (known.firstMs !== firstMs) known = { firstMs, begins: new Map() };
    const found = known.begins.get(cycle);
    if (found !== undefined) return found;
    const made = sameDay(firstMs, cycle);
    known.begins.set(cycle, made);
    return made;
  };
  return {
    ...{ kind: 'day of month', widestMs: 12 * HOUR_MS, periodMs: 30.4 * DAY_MS, begin },
    cycleOf(atMs, firstMs) {
      const near = Math.round((atMs - firstMs) / (30.4 * DAY_MS));
      const isIn = (cycle: number) => (begin(cycle, firstMs) ?? Number.POSITIVE_INFINITY) <= atMs;
      return [near + 1, near, near - 1, near - 2].find(isIn) ?? null;
    },
  };
}

/** So many months later; null where that has no such day. */
function sameDay(atMs: EpochMs, months: number): EpochMs | null {
  const date = new Date(atMs);
  const day = date.getUTCDate();
  const laterMs = Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + months, day) + (atMs % DAY_MS);
  return new Date(laterMs).getUTCDate() === day ? laterMs : null;
}

/** So long after deploys, or other changes. @param changesMs when they were, in order */
export function afterDeploys(changesMs: readonly EpochMs[]): Calendar {
  // Deploys in a row are one, from the first.
  const begins = changesMs.filter((atMs, i) => i === 0 || atMs - (changesMs[i - 1] as number) > SAME_DEPLOY_MS);
  return {
    kind: 'after deploys',
    widestMs: 2 * HOUR_MS,
    periodMs: null,
    cycleOf(atMs) {
      const cycle = begins.findLastIndex((begin) => begin <= atMs);
      return atMs - (begins[cycle] ?? Number.NEGATIVE_INFINITY) <= AFTER_MS ? cycle : null;
    },
    begin: (cycle) => begins[cycle] ?? null,
  };
}

const SAME_DEPLOY_MS = 2 * HOUR_MS;
/** What comes later is not told to come of a deploy. */
const AFTER_MS = 12 * HOUR_MS;

function evenly(kind: CalendarKind, periodMs: number, widestMs: number): Calendar {
  return {
    ...{ kind, widestMs, periodMs },
    cycleOf: (atMs, firstMs) => Math.floor((atMs - firstMs) / periodMs),
    begin: (cycle, firstMs) => firstMs + cycle * periodMs,
  };
}

const FIVE_MINUTES_MS = 300_000;
const weekdays = ['Sundays', 'Mondays', 'Tuesdays', 'Wednesdays', 'Thursdays', 'Fridays', 'Saturdays'];

/** @param atMs a usual moment of it @param afterMs how long after a deploy @example 'Mondays about 09:10 UTC' */
export function calendarWords(kind: CalendarKind, atMs: EpochMs, afterMs: number): string {
  // To five minutes: that is as exact as the mean of a few is.
  const moment = new Date(Math.round(atMs / FIVE_MINUTES_MS) * FIVE_MINUTES_MS);
  const about = `about ${moment.toISOString().slice(11, 16)} UTC`;
  switch (kind) {
    case 'weekly':
      return `${weekdays[moment.getUTCDay()]} ${about}`;
    case 'daily':
      return `daily ${about}`;
    case 'day of month':
      return `on day ${moment.getUTCDate()} of the month ${about}`;
    case 'after deploys':
      return `about ${afterMs < HOUR_MS ? `${Math.max(5, 5 * Math.round(afterMs / FIVE_MINUTES_MS))} min` : `${(afterMs / HOUR_MS).toFixed(1)} h`} after deploys`;
  }
}
