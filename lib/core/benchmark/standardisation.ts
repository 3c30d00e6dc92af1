import type { ChangeUnit } from './benchmark.ts';
import type { CellDays } from './cell-days.ts';
import type { WorkCell } from './work-cells.ts';

/** Sums of one KPI of one scope by number of the day. */
export interface StandardisedDays {
  observed: Float64Array;
  tasks: Float64Array;
  /** What the observed would be, had every cell done its tasks, in the hours they came, as it does over all days. */
  expected: Float64Array;
  /** The same in the hours that each cell had in the reference. */
  expectedByAgents: Float64Array;
  /** The same of each task type, done by whom and when it was in the reference. */
  expectedByTypes: Float64Array;
}

export interface Standardised {
  changeUnit: ChangeUnit;
  /** Days in all. */
  days: number;
  /** By number of the day: 1 where it counts, 0 where it is set aside. */
  counts: Uint8Array;
  /** Days before this one are the reference. */
  currentFrom: number;
}

const MOST_ROUNDS = 60;
const CLOSE_ENOUGH = 1e-7;

/**
 * Indirect standardisation with the levels of cells and of days fitted together: observed = cell × hours × day ('ratio'), or
 * cell + hours + day (points), summed over tasks. A cell that came late, or that had most of its tasks after things had got worse, takes that for
 * the level of the days and not for its own, and an agent that came or left moves nothing but the mix.
 * @param cells of the scope
 * @see Breslow, Day: Statistical Methods in Cancer Research II, 1987, chapter 4 (multiplicative models of standardised rates)
 */
export function standardise(
  table: CellDays,
  { cells, all }: { cells: readonly number[]; all: readonly WorkCell[] },
  of: Standardised,
): StandardisedDays {
  const { start, day, numerator, denominator, byHours } = table;
  const levels = of.changeUnit === 'ratio' ? fitFactors(table, cells, of) : fitPoints(table, cells, of);
  const isRatio = of.changeUnit === 'ratio';
  const days = emptyDays(of.days);
  const expectedAt = (at: number, level: number) =>
    isRatio ? level * (byHours[at] as number) : level * (denominator[at] as number) + (byHours[at] as number);
  const types = new Map<string, Usual>();
  const ofType = cells.map((cell) => usualOf(types, (all[cell] as WorkCell).taskType));
  const usual = cells.map((cell, i): Usual => {
    const own = emptyUsual();
    for (let at = start[cell] as number; at < (start[cell + 1] as number); at++) {
      if (of.counts[day[at] as number] === 0) continue;
      const isReference = (day[at] as number) < of.currentFrom;
      const [expected, tasks] = [expectedAt(at, levels[i] as number), denominator[at] as number];
      for (const sums of [own, ofType[i] as Usual]) addUsual(sums, { expected, tasks, isReference });
    }
    return own;
  });
  cells.forEach((cell, i) => {
    const [perTask, perTypeTask] = [usualLevel(usual[i] as Usual), usualLevel(ofType[i] as Usual)];
    for (let at = start[cell] as number; at < (start[cell + 1] as number); at++) {
      const d = day[at] as number;
      const n = denominator[at] as number;
      days.observed[d] = (days.observed[d] as number) + (numerator[at] as number);
      days.tasks[d] = (days.tasks[d] as number) + n;
      days.expected[d] = (days.expected[d] as number) + expectedAt(at, levels[i] as number);
      days.expectedByAgents[d] = (days.expectedByAgents[d] as number) + n * perTask;
      days.expectedByTypes[d] = (days.expectedByTypes[d] as number) + n * perTypeTask;
    }
  });
  return days;
}

/** Sums of what is expected, and tasks: of the reference, and of all days for what the reference has none of. */
interface Usual {
  expected: number;
  tasks: number;
  everExpected: number;
  everTasks: number;
}

function emptyUsual(): Usual {
  return { expected: 0, tasks: 0, everExpected: 0, everTasks: 0 };
}

function usualOf(types: Map<string, Usual>, taskType: string): Usual {
  const usual = types.get(taskType) ?? emptyUsual();
  types.set(taskType, usual);
  return usual;
}

function addUsual(sums: Usual, of: { expected: number; tasks: number; isReference: boolean }): void {
  sums.everExpected += of.expected;
  sums.everTasks += of.tasks;
  if (!of.isReference) return;
  sums.expected += of.expected;
  sums.tasks += of.tasks;
}

function usualLevel({ expected, tasks, everExpected, everTasks }: Usual): number {
  if (tasks > 0) return expected / tasks;
  return everTasks > 0 ? everExpected / everTasks : 0;
}

function emptyDays(days: number): StandardisedDays {
  const sums = () => new Float64Array(days);
  return {
    ...{ observed: sums(), tasks: sums(), expected: sums() },
    ...{ expectedByAgents: sums(), expectedByTypes: sums() },
  };
}

/** @returns by place of the cell: its level, times what its hours do, of a day of factor 1 */
function fitFactors(
  { start, day, numerator, byHours }: CellDays,
  cells: readonly number[],
  of: Standardised,
): Float64Array {
  const [levels, factors] = [new Float64Array(cells.length), new Float64Array(of.days).fill(1)];
  const [observed, expected] = [new Float64Array(of.days), new Float64Array(of.days)];
  for (let round = 0; round < MOST_ROUNDS; round++) {
    observed.fill(0);
    expected.fill(0);
    for (let i = 0; i < cells.length; i++) {
      const [from, to] = [start[cells[i] as number] as number, start[(cells[i] as number) + 1] as number];
      let [sum, usual] = [0, 0];
      for (let at = from; at < to; at++) {
        const d = day[at] as number;
        if (of.counts[d] === 0) continue;
        sum += numerator[at] as number;
        usual += (byHours[at] as number) * (factors[d] as number);
      }
      const level = usual > 0 ? sum / usual : 0;
      levels[i] = level;
      for (let at = from; at < to; at++) {
        const d = day[at] as number;
        observed[d] = (observed[d] as number) + (numerator[at] as number);
        expected[d] = (expected[d] as number) + (byHours[at] as number) * level;
      }
    }
    let moved = 0;
    for (let d = 0; d < of.days; d++) {
      const factor = (expected[d] as number) > 0 ? (observed[d] as number) / (expected[d] as number) : 1;
      if (of.counts[d] === 1) moved = Math.max(moved, Math.abs(factor - (factors[d] as number)));
      factors[d] = factor;
    }
    if (moved < CLOSE_ENOUGH) break;
  }
  return levels;
}

/** @returns by place of the cell: its level, without what its hours add, of a day that adds 0 */
function fitPoints(
  { start, day, numerator, denominator, byHours }: CellDays,
  cells: readonly number[],
  of: Standardised,
): Float64Array {
  const [levels, points] = [new Float64Array(cells.length), new Float64Array(of.days)];
  const [over, tasks] = [new Float64Array(of.days), new Float64Array(of.days)];
  for (let round = 0; round < MOST_ROUNDS; round++) {
    over.fill(0);
    tasks.fill(0);
    for (let i = 0; i < cells.length; i++) {
      const [from, to] = [start[cells[i] as number] as number, start[(cells[i] as number) + 1] as number];
      let [sum, count] = [0, 0];
      for (let at = from; at < to; at++) {
        const d = day[at] as number;
        if (of.counts[d] === 0) continue;
        const n = denominator[at] as number;
        sum += (numerator[at] as number) - (byHours[at] as number) - n * (points[d] as number);
        count += n;
      }
      const level = count > 0 ? sum / count : 0;
      levels[i] = level;
      for (let at = from; at < to; at++) {
        const d = day[at] as number;
        const n = denominator[at] as number;
        over[d] = (over[d] as number) + (numerator[at] as number) - (byHours[at] as number) - n * level;
        tasks[d] = (tasks[d] as number) + n;
      }
    }
    let moved = 0;
    for (let d = 0; d < of.days; d++) {
      const added = (tasks[d] as number) > 0 ? (over[d] as number) / (tasks[d] as number) : 0;
      if (of.counts[d] === 1) moved = Math.max(moved, Math.abs(added - (points[d] as number)));
      points[d] = added;
    }
    if (moved < CLOSE_ENOUGH) break;
  }
  return levels;
}
