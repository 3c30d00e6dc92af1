/** Means of minutes of one value that was tried: how many, their sum and their sum of squares; more is better. */
export interface MinuteMeans {
  n: number;
  sum: number;
  squares: number;
}

/** Where the search for a whole number stands. Plain JSON. */
export interface NumberSearch {
  best: number;
  /** Factor to the next value, above 1; it shrinks. */
  step: number;
  direction: 1 | -1;
  /** Directions in which nothing better was found by this step. */
  failed: number;
  /** Values that were tried and were not better than the best then. */
  worse: number[];
}

export const FIRST_STEP = 1.5;
/** Steps below this are not worth their trial. */
const LAST_STEP = 1.15;
const MOST_STEP = 2.25;

/** Minutes that a trial counts at least before it is decided, and at most. */
export const [LEAST_MINUTES, MOST_MINUTES] = [2, 4];
/** Standard errors: of a clear difference, and of one that is taken for real at the end of a trial. */
const [CLEAR, LIKELY] = [2, 1];
/** What does a fifth less is taken back at the first minute that shows it. */
const FAR_WORSE = 0.8;

/**
 * The next value to try; null when no neighbour can be better any more.
 *
 * Steps by a factor from the best value so far, one way as long as that helps (by more each time), then the other; where
 * neither helps, by the root of the factor, down to 1.15.
 * @returns it with the search as it stands then
 */
export function nextValue(
  search: NumberSearch,
  { least, most }: { least: number; most: number },
): { value: number; search: NumberSearch } | null {
  let at = search;
  while (at.step >= LAST_STEP) {
    const exact = at.best * at.step ** at.direction;
    const away = at.direction > 0 ? Math.max(at.best + 1, Math.round(exact)) : Math.min(at.best - 1, Math.round(exact));
    const value = Math.min(most, Math.max(least, away));
    if (value !== at.best && !at.worse.includes(value)) return { value, search: at };
    at = afterFailure(at);
  }
  return null;
}

/** The search after a value was tried. */
export function afterTrial(search: NumberSearch, value: number, isBetter: boolean): NumberSearch {
  if (!isBetter) return afterFailure({ ...search, worse: [...search.worse, value] });
  // What was the best is worse than what is now: nobody needs to go back there.
  const worse = [...search.worse, search.best];
  return { ...search, best: value, step: Math.min(MOST_STEP, search.step * 1.25), failed: 0, worse };
}

function afterFailure(search: NumberSearch): NumberSearch {
  const turned = { ...search, direction: -search.direction as 1 | -1 };
  // The way on from where it came from needs not be tried: that is known.
  if (search.failed === 0) return { ...turned, failed: 1 };
  return { ...turned, step: Math.sqrt(Math.min(FIRST_STEP, search.step)), failed: 0 };
}

/**
 * Whether a value that is tried is better than the best so far: by the difference of the means of minutes against its standard
 * error, as in a t-test with their pooled variance. Two minutes decide what is clear, four decide.
 * @param leastVariance of a minute's mean by chance alone: a few minutes may happen to be alike
 * @returns null while it must go on
 */
export function isBetter(tried: MinuteMeans, best: MinuteMeans, leastVariance: number): boolean | null {
  if (tried.n === 0) return null;
  const difference = meanOf(tried) - meanOf(best);
  const pooled =
    (squaredDeviations(tried) + squaredDeviations(best) + 2 * leastVariance) / Math.max(1, tried.n + best.n - 2 + 2);
  const error = Math.sqrt(Math.max(leastVariance, pooled) * (1 / tried.n + 1 / Math.max(1, best.n)));
  if (meanOf(tried) < FAR_WORSE * meanOf(best) && difference < -LIKELY * error) return false;
  if (tried.n >= LEAST_MINUTES && Math.abs(difference) > CLEAR * error) return difference > 0;
  return tried.n >= MOST_MINUTES ? difference > LIKELY * error : null;
}

export function meanOf({ n, sum }: MinuteMeans): number {
  return n === 0 ? 0 : sum / n;
}

function squaredDeviations({ n, sum, squares }: MinuteMeans): number {
  return n === 0 ? 0 : Math.max(0, squares - sum ** 2 / n);
}
