import type { CellExcess } from './excess.ts';

/** A set of cells that something may have happened to together. */
export interface Scanned {
  /** Of the excess of all cells. */
  share: number;
  tasks: number;
  seen: number;
  expected: number;
  /**
   * Log likelihood ratio of one common change to all of the set's cells and none to the others, against no change at all
   * (Kulldorff's scan statistic). It is largest for the set that has all of what is bad and nothing else: for a pool
   * when all of its agents are bad alike, for the agent when only that one is.
   */
  logLikelihood: number;
}

/**
 * @param measure bad: seen and expected are counts (Poisson); time: weighted deviations and weights (normal)
 * @param excess of all cells together, above 0
 * @returns a set that is no worse than expected has logLikelihood 0
 * @see Kulldorff: A spatial scan statistic, Communications in Statistics 26(6), 1997
 * @example Poisson: seen 30 where 10 are expected: 30·ln 3 − 20 = 12.96
 */
export function scan(cells: readonly CellExcess[], measure: 'bad' | 'time', excess: number): Scanned {
  let [own, tasks, seen, expected] = [0, 0, 0, 0];
  for (const cell of cells) {
    own += cell.excess;
    tasks += cell.cell.tasks;
    seen += cell.seen;
    expected += cell.expected;
  }
  const logLikelihood = measure === 'bad' ? poissonRatio(seen, expected) : normalRatio(seen, expected);
  return { share: own / excess, tasks, seen, expected, logLikelihood };
}

/** ln of (likelihood of `seen` at its own rate ÷ at the expected one); 0 where no more was seen than expected. */
export function poissonRatio(seen: number, expected: number): number {
  if (seen <= expected || seen === 0) return 0;
  return seen * Math.log(seen / expected) - (seen - expected);
}

function normalRatio(weighted: number, weight: number): number {
  return weighted <= 0 || weight === 0 ? 0 : weighted ** 2 / weight / 2;
}
