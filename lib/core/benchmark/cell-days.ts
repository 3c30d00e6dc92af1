import { firstHourClass, HOUR_CLASSES } from './hour-pattern.ts';
import type { RowFigures, WorkCell, WorkCells } from './work-cells.ts';
import type { WorkDay } from './work-day.ts';

/** One KPI by (cell, day), sorted by cell. */
export interface CellDays {
  /** By cell: where its days begin; one more for where the last ends. */
  start: Uint32Array;
  /** Number of the day. */
  day: Uint8Array;
  numerator: Float64Array;
  denominator: Float64Array;
  /** Tasks times what their hours do to the KPI: factors ('ratio') or points. */
  byHours: Float64Array;
}

/** A day's number, the cells it has, each once, and by row the place of its cell among them. */
export interface PlacedDay {
  number: number;
  present: Uint32Array;
  places: Uint32Array;
}

interface CellDay {
  day: number;
  cells: Uint32Array;
  numerator: Float64Array;
  denominator: Float64Array;
  byHours: Float64Array;
}

/** Keeps of each day what a KPI comes to by cell. */
export class CellDaysBuilder {
  readonly #patterns: Float64Array;
  readonly #days: CellDay[] = [];

  /** @param patterns see HourPatterns.finish */
  constructor(patterns: Float64Array) {
    this.#patterns = patterns;
  }

  /** @param places by row, the place of its cell among `present` */
  add(
    day: WorkDay,
    { numerators, denominators }: RowFigures,
    { number, present, places, cells }: PlacedDay & { cells: WorkCells['cells'] },
  ): void {
    if (denominators.every((n) => n === 0)) return;
    const of = {
      numerator: new Float64Array(present.length),
      denominator: new Float64Array(present.length),
      byHours: new Float64Array(present.length),
    };
    const first = firstHourClass(day.day);
    const patternAt = present.map((cell) => (cells[cell] as { group: number }).group * HOUR_CLASSES + first);
    for (let row = 0; row < places.length; row++) {
      const at = places[row] as number;
      const n = denominators[row] as number;
      of.numerator[at] = (of.numerator[at] as number) + (numerators[row] as number);
      of.denominator[at] = (of.denominator[at] as number) + n;
      const pattern = this.#patterns[(patternAt[at] as number) + (day.rows.hour[row] as number)] as number;
      of.byHours[at] = (of.byHours[at] as number) + n * pattern;
    }
    this.#days.push({ day: number, cells: present, ...of });
  }

  /** What agents did, without what pools rejected. */
  ofAgents({ cells }: WorkCells): CellDays {
    return sortedByCell(this.#days, cells.length);
  }

  /**
   * What pools rejected is counted as their agents', by how many tasks of the type each had in the day: that a pool rejects more
   * is performance and no other work. Where none had any in the day, it is counted as of all that ever had, alike.
   */
  ofPools(of: WorkCells): CellDays {
    return sortedByCell(
      this.#days.map((day) => withRejected(day, of)),
      of.cells.length,
    );
  }
}

function withRejected(day: CellDay, { cells, rejected, members }: WorkCells): CellDay {
  const tasks = new Map<number, number>();
  const refused = new Map<number, number>();
  day.cells.forEach((cell, at) => {
    const { group, agent } = cells[cell] as WorkCell;
    if (!rejected.has(group)) return;
    if (agent === '') refused.set(group, at);
    else tasks.set(group, (tasks.get(group) ?? 0) + (day.denominator[at] as number));
  });
  if (refused.size === 0) return day;
  // By place: the share of what its pool rejected of the type, and where that is; −1 takes it from where it was.
  const shares: { cell: number; from: number; share: number }[] = [];
  day.cells.forEach((cell, at) => {
    const { group, agent } = cells[cell] as WorkCell;
    const all = tasks.get(group) ?? 0;
    const from = refused.get(group);
    if (from === undefined || agent === '' || all === 0) return;
    shares.push({ cell, from, share: (day.denominator[at] as number) / all });
  });
  const moved = new Set(refused.values());
  for (const [group, from] of refused) {
    const ever = members.get(group) ?? [];
    if ((tasks.get(group) ?? 0) > 0) continue;
    if (ever.length === 0) moved.delete(from);
    for (const cell of ever) shares.push({ cell, from, share: 1 / ever.length });
  }
  const together = (of: Float64Array) =>
    Float64Array.from([
      ...of.map((sum, at) => (moved.has(at) ? 0 : sum)),
      ...shares.map(({ from, share }) => (of[from] as number) * share),
    ]);
  return {
    day: day.day,
    cells: Uint32Array.from([...day.cells, ...shares.map(({ cell }) => cell)]),
    numerator: together(day.numerator),
    denominator: together(day.denominator),
    byHours: together(day.byHours),
  };
}

function sortedByCell(days: readonly CellDay[], cellCount: number): CellDays {
  const start = new Uint32Array(cellCount + 1);
  const isThere = (day: CellDay, at: number) => day.denominator[at] !== 0 || day.numerator[at] !== 0;
  for (const day of days) {
    day.cells.forEach((cell, at) => {
      if (isThere(day, at)) start[cell + 1] = (start[cell + 1] as number) + 1;
    });
  }
  for (let cell = 0; cell < cellCount; cell++) start[cell + 1] = (start[cell + 1] as number) + (start[cell] as number);
  const n = start[cellCount] as number;
  const next = start.slice();
  const [numerator, denominator, byHours] = [new Float64Array(n), new Float64Array(n), new Float64Array(n)];
  const number = new Uint8Array(n);
  for (const day of days) {
    day.cells.forEach((cell, at) => {
      if (!isThere(day, at)) return;
      const to = next[cell] as number;
      next[cell] = to + 1;
      number[to] = day.day;
      numerator[to] = day.numerator[at] as number;
      denominator[to] = day.denominator[at] as number;
      byHours[to] = day.byHours[at] as number;
    });
  }
  return { start, day: number, numerator, denominator, byHours };
}
