/** A figure of single days, in order of time; days may be missing. */
export interface DailyIndex {
  /** Numbers of the days, ascending. */
  days: readonly number[];
  values: readonly number[];
  /** Tasks of each day, above 0: chance spreads the figure of few more than that of many. */
  tasks: readonly number[];
}

/**
 * Noise of a day: what it has of the day before (an autoregression of first order), and what is its own, which comes of few tasks.
 * Variances are relative to `variance`, that of a day of average certainty.
 */
export interface DayNoise {
  /** What is left of it after a day. */
  phi: number;
  /** Share of the variance that days do not have from each other, 0..1. */
  own: number;
  variance: number;
}

/** A noise and how likely it is, given the days. */
export interface LikelyNoise extends DayNoise {
  probability: number;
}

const PHIS = [0, 0.2, 0.4, 0.6, 0.8];
const OWN_SHARES = [0, 0.25, 0.5, 0.75];
const GRID: readonly Omit<DayNoise, 'variance'>[] = [
  { phi: 0, own: 1 },
  ...PHIS.slice(1).flatMap((phi) => OWN_SHARES.map((own) => ({ phi, own }))),
];

/**
 * How days are spread about `columns` (a level is added to them): each noise of a grid with its restricted likelihood, so that what is
 * not known of the memory of a few dozen days widens what is computed with it.
 * @see Patterson, Thompson: Recovery of inter-block information when block sizes are unequal, Biometrika 58, 1971
 */
export function likelyNoises(index: DailyIndex, columns: readonly ArrayLike<number>[]): LikelyNoise[] {
  const fits = GRID.map((of) => ({ ...of, ...fitWith(whitener(index, of), index.values, columns) }));
  const most = Math.max(...fits.map(({ logLikelihood }) => logLikelihood));
  const weights = fits.map(({ logLikelihood }) => Math.exp(logLikelihood - most));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return fits.map(({ phi, own, variance }, i) => ({ phi, own, variance, probability: (weights[i] ?? 0) / sum }));
}

/** Variance of a weighted sum of the days' noise, averaged over what the noise may be. */
export function varianceOfSum(
  { days, tasks }: Pick<DailyIndex, 'days' | 'tasks'>,
  weights: ArrayLike<number>,
  noises: readonly LikelyNoise[],
): number {
  const scale = ownScale(tasks);
  let ofOwn = 0;
  for (let i = 0; i < days.length; i++) ofOwn += ((weights[i] as number) ** 2 * scale) / (tasks[i] as number);
  return noises.reduce((sum, { phi, own, variance, probability }) => {
    if (probability < 1e-6) return sum;
    let [carried, ofShared] = [0, 0];
    for (let i = 0; i < days.length; i++) {
      const weight = weights[i] as number;
      if (i > 0) carried *= phi ** ((days[i] as number) - (days[i - 1] as number));
      carried += weight;
      ofShared += weight * (2 * carried - weight);
    }
    return sum + probability * variance * (own * ofOwn + (1 - own) * ofShared);
  }, 0);
}

/** A lasting step: from which day on (its place among the days), how far, and in standard errors. */
export interface Step {
  at: number;
  size: number;
  t: number;
}

/** The step that stands out most by generalized least squares, with `least` days or more on either side; null without room for any. */
export function mostLikelyStep(
  index: DailyIndex,
  noise: DayNoise,
  [before, after]: readonly [before: number, after: number],
): Step | null {
  const estimate = stepEstimator(index, noise);
  let best: Step | null = null;
  for (let at = before; at <= index.days.length - after; at++) {
    const { size, variance } = estimate(at);
    const t = variance > 0 ? size / Math.sqrt(variance) : 0;
    if (!best || Math.abs(t) > Math.abs(best.t)) best = { at, size, t };
  }
  return best;
}

/** A step at a known place, averaged over what the noise may be. */
export function stepAt(index: DailyIndex, noises: readonly LikelyNoise[], at: number): Step {
  const likely = noises.filter(({ probability }) => probability > 1e-3);
  const estimates = likely.map((noise) => ({ ...noise, ...stepEstimator(index, noise)(at) }));
  const all = estimates.reduce((sum, { probability }) => sum + probability, 0);
  const size = estimates.reduce((sum, of) => sum + of.probability * of.size, 0) / all;
  const variance = estimates.reduce((sum, of) => sum + of.probability * (of.variance + (of.size - size) ** 2), 0) / all;
  return { at, size, t: variance > 0 ? size / Math.sqrt(variance) : size === 0 ? 0 : Number.POSITIVE_INFINITY };
}

function stepEstimator(index: DailyIndex, noise: DayNoise): (at: number) => { size: number; variance: number } {
  const { whiten } = whitener(index, noise);
  const n = index.days.length;
  const [y, one] = [whiten(index.values), whiten(new Float64Array(n).fill(1))];
  const [oneOne, oneY] = [dot(one, one), dot(one, y)];
  return (at) => {
    const step = whiten(new Float64Array(n).fill(1, at));
    const shared = dot(one, step) / oneOne;
    const information = dot(step, step) - shared * dot(one, step);
    if (!(information > 0)) return { size: 0, variance: 0 };
    return { size: (dot(step, y) - shared * oneY) / information, variance: noise.variance / information };
  };
}

interface Whitener {
  /** What of each value the days before do not tell, in units of its spread (a Kalman filter, which is linear). */
  whiten(values: ArrayLike<number>): Float64Array;
  logDeterminant: number;
}

function whitener(
  { days, tasks }: Pick<DailyIndex, 'days' | 'tasks'>,
  { phi, own }: Omit<DayNoise, 'variance'>,
): Whitener {
  const n = days.length;
  const scale = ownScale(tasks);
  const [carries, gains, spreads] = [new Float64Array(n), new Float64Array(n), new Float64Array(n)];
  let known = 1 - own;
  let logDeterminant = 0;
  for (let i = 0; i < n; i++) {
    const carry = i === 0 ? 0 : phi ** ((days[i] as number) - (days[i - 1] as number));
    known = carry * carry * known + (1 - carry * carry) * (1 - own);
    const spread = known + (own * scale) / (tasks[i] as number);
    carries[i] = carry;
    gains[i] = known / spread;
    spreads[i] = Math.sqrt(spread);
    logDeterminant += Math.log(spread);
    known -= (known * known) / spread;
  }
  const whiten = (values: ArrayLike<number>) => {
    const white = new Float64Array(n);
    let state = 0;
    for (let i = 0; i < n; i++) {
      state *= carries[i] as number;
      const surprise = (values[i] as number) - state;
      state += (gains[i] as number) * surprise;
      white[i] = surprise / (spreads[i] as number);
    }
    return white;
  };
  return { whiten, logDeterminant };
}

/** So that own variances are 1 on the average. */
function ownScale(tasks: readonly number[]): number {
  return tasks.length / tasks.reduce((sum, n) => sum + 1 / n, 0);
}

function fitWith(
  { whiten, logDeterminant }: Whitener,
  values: readonly number[],
  columns: readonly ArrayLike<number>[],
): { variance: number; logLikelihood: number } {
  const n = values.length;
  // By Gram and Schmidt: what a column adds to those before it is taken out of the values.
  const left = whiten(values);
  const basis: Float64Array[] = [];
  let logInformation = 0;
  for (const column of [new Float64Array(n).fill(1), ...columns]) {
    const added = whiten(column);
    const length = dot(added, added);
    for (const unit of basis) subtract(added, unit, dot(added, unit));
    const information = dot(added, added);
    if (information <= 1e-9 * length) continue;
    logInformation += Math.log(information);
    const norm = Math.sqrt(information);
    for (let i = 0; i < n; i++) added[i] = (added[i] as number) / norm;
    subtract(left, added, dot(left, added));
    basis.push(added);
  }
  const freedom = n - basis.length;
  const squares = dot(left, left);
  const variance = squares / freedom;
  // A figure that never moves has no noise, whatever its memory.
  const fit = freedom * Math.log(Math.max(squares, Number.MIN_VALUE));
  return { variance, logLikelihood: -(fit + logDeterminant + logInformation) / 2 };
}

function subtract(from: Float64Array, unit: Float64Array, times: number): void {
  for (let i = 0; i < from.length; i++) from[i] = (from[i] as number) - times * (unit[i] as number);
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}
