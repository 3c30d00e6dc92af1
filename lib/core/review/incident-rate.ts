import type { EpochMs } from '../model/time.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Hours on either side that count for an hour of the day: the more telling of both counts. */
const NEAR_HOURS = [1, 2];
/** Where nothing is known, work of weekdays is taken to bring a fifth more than its share of the week. */
const PRIOR_COUNT = 4;
const PRIOR_WEEKDAY = 1.2;

/**
 * How many times as often as on the average of a week incidents of any cause begin at an hour of the day, weekdays and weekends told
 * apart: what only comes when people work does not recur by a calendar. Hours are taken together with their neighbours. Never below 1: that nothing came
 * at night before is no sign that what comes at night recurs.
 */
export class IncidentRate {
  /** Weekdays, then weekends, by hour. */
  readonly #counts = new Float64Array(48);
  #total = 0;

  constructor(onsetsMs: readonly EpochMs[]) {
    for (const atMs of onsetsMs) this.#add(atMs, 1);
  }

  /** @param leftOut onsets that are not to count: a pattern is no evidence against itself */
  at(atMs: EpochMs, leftOut: readonly EpochMs[]): number {
    for (const it of leftOut) this.#add(it, -1);
    const rates = NEAR_HOURS.map((near) => this.#near(atMs, near));
    for (const it of leftOut) this.#add(it, 1);
    return Math.max(1, ...rates);
  }

  #near(atMs: EpochMs, hours: number): number {
    const type = dayTypeOf(atMs);
    const hour = Math.floor(atMs / HOUR_MS) % 24;
    let count = 0;
    for (let off = -hours; off <= hours; off++) count += this.#counts[type * 24 + ((hour + off + 24) % 24)] ?? 0;
    const expected = (this.#total * (type === 0 ? 5 / 7 : 2 / 7) * (2 * hours + 1)) / 24;
    const prior = type === 0 ? PRIOR_WEEKDAY : 1;
    return (count + prior * PRIOR_COUNT) / (expected + PRIOR_COUNT);
  }

  #add(atMs: EpochMs, count: number): void {
    const slot = dayTypeOf(atMs) * 24 + (Math.floor(atMs / HOUR_MS) % 24);
    this.#counts[slot] = (this.#counts[slot] ?? 0) + count;
    this.#total += count;
  }
}

/** 0 on Mondays to Fridays, 1 on weekends. */
function dayTypeOf(atMs: EpochMs): 0 | 1 {
  // 1970-01-01 was a Thursday.
  return (Math.floor(atMs / DAY_MS) + 3) % 7 < 5 ? 0 : 1;
}
