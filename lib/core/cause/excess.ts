import type { CauseCell, CauseInput, CauseWindow } from './cause-input.ts';

/** How much worse a cell is than its own past lets expect. */
export interface CellExcess {
  cell: CauseCell;
  /** Bad tasks, or µs of service time, beyond what is expected. */
  excess: number;
  /**
   * What the likelihood of a common cause is made of. Of bad tasks (Poisson): those that were seen and those expected. Of
   * times (normal, on logarithms): the weighted deviation and the weight.
   */
  seen: number;
  expected: number;
}

/** Tasks that the rates of a cell's surroundings count for beside its own past. */
const PRIOR_TASKS = 20;
/** Standard deviation of log service times within a cell is this at least: tasks that all take as long say too much. */
const LEAST_LOG_SD = 0.1;

/** Each cell of the window in question beside what its agent did before with the same task type, whatever its version. */
export function excessOfCells(input: Pick<CauseInput, 'measure' | 'now' | 'before'>): CellExcess[] {
  return input.measure === 'bad' ? excessOfBad(input.now, input.before) : excessOfTime(input.now, input.before);
}

function excessOfBad(now: CauseWindow, before: CauseWindow): CellExcess[] {
  const own = sumsBy(before.cells, ownKey);
  const ofType = sumsBy(before.cells, ({ taskType }) => taskType);
  const all = sumsBy(before.cells, () => '').get('') ?? nothing;
  // Where nothing failed before, about half a failure might as well have been.
  const rate = (all.bad + 0.5) / (all.tasks + 1);
  return now.cells.map((cell) => {
    const type = ofType.get(cell.taskType) ?? nothing;
    const typeRate = (type.bad + PRIOR_TASKS * rate) / (type.tasks + PRIOR_TASKS);
    const past = own.get(ownKey(cell)) ?? nothing;
    const expected = (cell.tasks * (past.bad + PRIOR_TASKS * typeRate)) / (past.tasks + PRIOR_TASKS);
    return { cell, excess: cell.bad - expected, seen: cell.bad, expected };
  });
}

function excessOfTime(now: CauseWindow, before: CauseWindow): CellExcess[] {
  const own = sumsBy(before.cells, ownKey);
  const ofType = sumsBy(before.cells, ({ taskType }) => taskType);
  const variance = Math.max(LEAST_LOG_SD ** 2, varianceWithin([...own.values()]));
  return now.cells.flatMap((cell): CellExcess | [] => {
    const type = ofType.get(cell.taskType);
    const ownPast = own.get(ownKey(cell));
    const past = ownPast && ownPast.timed > 0 ? ownPast : type;
    if (!past || past.timed === 0 || cell.timed === 0) return [];
    const shift = cell.logSum / cell.timed - past.logSum / past.timed;
    const weight = 1 / (variance * (1 / cell.timed + 1 / past.timed));
    const excess = cell.serviceUs - (cell.timed * past.serviceUs) / past.timed;
    return { cell, excess, seen: weight * shift, expected: weight };
  });
}

type Sums = Pick<CauseCell, 'tasks' | 'bad' | 'timed' | 'serviceUs' | 'logSum' | 'logSquares'>;
const nothing: Sums = { tasks: 0, bad: 0, timed: 0, serviceUs: 0, logSum: 0, logSquares: 0 };

function ownKey({ agent, pool, taskType }: CauseCell): string {
  return `${agent}\n${pool}\n${taskType}`;
}

function sumsBy(cells: readonly CauseCell[], keyOf: (cell: CauseCell) => string): Map<string, Sums> {
  const sums = new Map<string, Sums>();
  for (const cell of cells) {
    const key = keyOf(cell);
    const sum = sums.get(key) ?? { ...nothing };
    sums.set(key, sum);
    for (const name of Object.keys(nothing) as (keyof Sums)[]) sum[name] += cell[name];
  }
  return sums;
}

/** Of logarithms within cells, over all of them; 0 where no cell has two tasks. */
function varianceWithin(sums: readonly Sums[]): number {
  let [squares, freedom] = [0, 0];
  for (const { timed, logSum, logSquares } of sums) {
    if (timed < 2) continue;
    squares += Math.max(0, logSquares - logSum ** 2 / timed);
    freedom += timed - 1;
  }
  return freedom === 0 ? 0 : squares / freedom;
}
