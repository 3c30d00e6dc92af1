import { DAY_MINUTES, type Minute } from '../model/time.ts';
import type { TrendKpi } from './trend-kpi.ts';
import type { RowFigures, WorkCells } from './work-cells.ts';
import type { WorkDay } from './work-day.ts';

/** Hours of weekdays, then hours of Saturdays and Sundays. */
export const HOUR_CLASSES = 48;
/** An hour counts as if so many more tasks had been as those of all hours. */
const PRIOR_TASKS = 50;
/** Rounds in which cells and hours are fitted to what the other leaves over. */
const ROUNDS = 8;

/** What hour class a day's hour 0 is; its other hours follow. */
export function firstHourClass(day: Minute): number {
  // 1970-01-01 was a Thursday.
  const weekday = (day / DAY_MINUTES + 3) % 7;
  return weekday >= 5 ? HOUR_CLASSES / 2 : 0;
}

/**
 * How a KPI follows the hour of the day, on weekdays and at weekends, by (pool, task type): as a factor of what a cell has over
 * all hours ('ratio'), or as points added to it. Fitted together with the level of each cell, so that an hour in which slow agents
 * work is no slow hour for that, and shrunk to no pattern where tasks are few.
 */
export class HourPatterns {
  readonly #kpi: TrendKpi;
  /** By (cell, hour class). */
  #numerators = new Float64Array(0);
  #denominators = new Float64Array(0);

  constructor(kpi: TrendKpi) {
    this.#kpi = kpi;
  }

  /** @param cells by row, its cell, of `cellCount` in all */
  add(
    day: WorkDay,
    { numerators, denominators }: RowFigures,
    { cells, cellCount }: { cells: Uint32Array; cellCount: number },
  ): void {
    if (cellCount * HOUR_CLASSES > this.#numerators.length) {
      const length = 2 * cellCount * HOUR_CLASSES;
      [this.#numerators, this.#denominators] = [grown(this.#numerators, length), grown(this.#denominators, length)];
    }
    const first = firstHourClass(day.day);
    const [sums, counts] = [this.#numerators, this.#denominators];
    for (let row = 0; row < cells.length; row++) {
      const at = (cells[row] as number) * HOUR_CLASSES + first + (day.rows.hour[row] as number);
      sums[at] = (sums[at] as number) + (numerators[row] as number);
      counts[at] = (counts[at] as number) + (denominators[row] as number);
    }
  }

  /** @returns by (group, hour class) */
  finish({ cells, rejected, groups }: WorkCells): Float64Array {
    const patterns = new Float64Array(groups * HOUR_CLASSES);
    const members = Map.groupBy(cells.keys(), (cell) => (cells[cell] as { group: number }).group);
    for (const [group, of] of members) {
      const refused = rejected.get(group);
      if (refused !== undefined) this.#shareOut(refused, of);
      patterns.set(this.#patternOf(of), group * HOUR_CLASSES);
    }
    return patterns;
  }

  /** What a pool rejected is counted as its agents', by how many tasks each had in the hour. */
  #shareOut(rejected: number, cells: readonly number[]): void {
    for (let hour = 0; hour < HOUR_CLASSES; hour++) {
      const own = rejected * HOUR_CLASSES + hour;
      const [numerator, denominator] = [this.#numerators[own] as number, this.#denominators[own] as number];
      const places = cells.filter((cell) => cell !== rejected).map((cell) => cell * HOUR_CLASSES + hour);
      const tasks = places.reduce((sum, at) => sum + (this.#denominators[at] as number), 0);
      if (denominator === 0 || tasks === 0) continue;
      for (const at of places) {
        const share = (this.#denominators[at] as number) / tasks;
        this.#numerators[at] = (this.#numerators[at] as number) + numerator * share;
        this.#denominators[at] = (this.#denominators[at] as number) + denominator * share;
      }
      this.#numerators[own] = 0;
      this.#denominators[own] = 0;
    }
  }

  #patternOf(cells: readonly number[]): Float64Array {
    const isRatio = this.#kpi.changeUnit === 'ratio';
    const [numerators, denominators] = [this.#numerators, this.#denominators];
    const pattern = new Float64Array(HOUR_CLASSES).fill(isRatio ? 1 : 0);
    const [observed, expected] = [new Float64Array(HOUR_CLASSES), new Float64Array(HOUR_CLASSES)];
    let [all, tasks] = [0, 0];
    for (const cell of cells) {
      for (let at = cell * HOUR_CLASSES; at < (cell + 1) * HOUR_CLASSES; at++) {
        all += numerators[at] as number;
        tasks += denominators[at] as number;
      }
    }
    if (tasks === 0) return pattern;
    for (let round = 0; round < ROUNDS; round++) {
      observed.fill(0);
      expected.fill(0);
      for (const cell of cells) {
        const from = cell * HOUR_CLASSES;
        let [sum, usual, count] = [0, 0, 0];
        for (let hour = 0; hour < HOUR_CLASSES; hour++) {
          const n = denominators[from + hour] as number;
          sum += numerators[from + hour] as number;
          usual += n * (pattern[hour] as number);
          count += n;
        }
        if (count === 0) continue;
        const level = isRatio ? (usual > 0 ? sum / usual : 0) : (sum - usual) / count;
        for (let hour = 0; hour < HOUR_CLASSES; hour++) {
          const n = denominators[from + hour] as number;
          observed[hour] = (observed[hour] as number) + (numerators[from + hour] as number) - (isRatio ? 0 : n * level);
          expected[hour] = (expected[hour] as number) + (isRatio ? n * level : n);
        }
      }
      const prior = isRatio ? (PRIOR_TASKS * all) / tasks : PRIOR_TASKS;
      for (let hour = 0; hour < HOUR_CLASSES; hour++) {
        const [sum, of] = [observed[hour] as number, expected[hour] as number];
        pattern[hour] = isRatio ? (prior > 0 ? (sum + prior) / (of + prior) : 1) : sum / (of + prior);
      }
    }
    return pattern;
  }
}

function grown(values: Float64Array, length: number): Float64Array<ArrayBuffer> {
  const longer = new Float64Array(length);
  longer.set(values);
  return longer;
}
