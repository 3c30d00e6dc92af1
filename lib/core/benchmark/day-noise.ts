import { normalTail } from '../detect/normal-tail.ts';

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

/** How likely it is that the level of the days changed once more for good, and by something, and where, if so, it is most likely to have. */
export interface StepEvidence {
  probability: number;
  /** Place of the first day of the new level. */
  at: number;
}

export interface StepSought {
  /** Places of steps that are known already. */
  known: readonly number[];
  /** The first and the last place at which it may be. */
  from: number;
  to: number;
  /** Standard deviation of the size of steps. */
  spread: number;
  /** A smaller step is as good as none. */
  material: number;
  /** How likely one is before the days are seen. */
  prior: number;
}

/**
 * Weighs a step against none by their marginal likelihoods: averaged over the noises of the grid, over the days at which it may
 * have come (each as likely), and over its size (normal about 0).
 * @see Kass, Raftery: Bayes Factors, JASA 90, 1995
 */
export function stepEvidence(index: DailyIndex, { known, from, to, prior, ...size }: StepSought): StepEvidence {
  const n = index.days.length;
  const columns = known.map((place) => new Float64Array(n).fill(1, place));
  const noises = GRID.map((of) => fitWith(whitener(index, of), index.values, columns));
  // A figure that never moves has no step either.
  if (from > to || noises.some(({ squares }) => squares === 0)) return { probability: 0, at: from };
  const most = Math.max(...noises.map(({ logLikelihood }) => logLikelihood));
  const none = noises.reduce((sum, { logLikelihood }) => sum + Math.exp(logLikelihood - most), 0);
  const [byPlace, material] = [new Float64Array(n), new Float64Array(n)];
  for (const noise of noises) {
    const { information, over } = stepsIn(noise);
    for (let place = from; place <= to; place++) {
      const step = weighStep(noise, information[place] as number, over[place] as number, size);
      const ofStep = Math.exp(noise.logLikelihood - most + step.logBayesFactor);
      byPlace[place] = (byPlace[place] as number) + ofStep;
      // What is that unlikely beside no step, which is 1 at least, changes nothing.
      if (ofStep > 1e-6) material[place] = (material[place] as number) + ofStep * step.isMaterial();
    }
  }
  let [all, allMaterial, at] = [0, 0, from];
  for (let place = from; place <= to; place++) {
    all += byPlace[place] as number;
    allMaterial += material[place] as number;
    if ((byPlace[place] as number) > (byPlace[at] as number)) at = place;
  }
  const places = to - from + 1;
  const odds = (1 - prior) * none + (prior * all) / places;
  return { probability: Number.isFinite(odds) ? (prior * allMaterial) / places / odds : 1, at };
}

/** Of a step at a place against none, for one noise whose variance is what is left beside the step; and how likely it is to be material, if it is there. */
function weighStep(
  { squares, freedom }: NoiseFit,
  information: number,
  over: number,
  { spread, material }: Pick<StepSought, 'spread' | 'material'>,
): { logBayesFactor: number; isMaterial: () => number } {
  if (!(information > 0)) return { logBayesFactor: 0, isMaterial: () => 0 };
  const size = over / information;
  const rest = Math.max(squares - size * over, 1e-12 * squares);
  const variance = rest / (freedom - 1) / information;
  const total = variance + spread * spread;
  const logBayesFactor = (freedom * Math.log(squares / rest) + Math.log(variance / total) - (size * size) / total) / 2;
  const isMaterial = () => {
    // What is believed of the size, having seen it and known how it is spread.
    const middle = (size * spread * spread) / total;
    const deviation = Math.sqrt((variance * spread * spread) / total);
    return normalTail((material - middle) / deviation) + normalTail((material + middle) / deviation);
  };
  return { logBayesFactor, isMaterial };
}

/** By its place, of a step of 1: what is learned of its size beside the level and the columns, and its product with the values. */
function stepsIn({ whitener, left, basis }: NoiseFit): { information: Float64Array; over: Float64Array } {
  const squares = squaresOfSteps(whitener);
  const information = squares.slice();
  for (const unit of basis) {
    const parts = stepsTimes(whitener, unit);
    for (let i = 0; i < parts.length; i++) information[i] = (information[i] as number) - (parts[i] as number) ** 2;
  }
  // Of a step that is known already nothing is left but rounding.
  for (let i = 0; i < squares.length; i++) {
    if ((information[i] as number) <= 1e-9 * (squares[i] as number)) information[i] = 0;
  }
  return { information, over: stepsTimes(whitener, left) };
}

/**
 * By its place, a whitened step of 1 times what is given. A step a day earlier differs from one a day later by its first day and by
 * what is thereby known of the days after: so all of them follow from the last to the first in one pass.
 */
function stepsTimes({ carries, gains, scales }: Whitener, by: Float64Array): Float64Array {
  const products = new Float64Array(by.length);
  // Of the step that begins a day later, and of being surprised from there on by having known 1 too much.
  let [step, excess] = [0, 0];
  for (let i = by.length - 1; i >= 0; i--) {
    const carry = carries[i + 1] ?? 0;
    const gain = gains[i] as number;
    const first = (scales[i] as number) * (by[i] as number);
    step = first + step + gain * carry * excess;
    excess = (1 - gain) * carry * excess - first;
    products[i] = step;
  }
  return products;
}

/** By its place, a whitened step of 1 times itself: see stepsTimes. */
function squaresOfSteps({ carries, gains, scales }: Whitener): Float64Array {
  const squares = new Float64Array(scales.length);
  let [step, mixed, excess] = [0, 0, 0];
  for (let i = scales.length - 1; i >= 0; i--) {
    const carry = carries[i + 1] ?? 0;
    const added = (gains[i] as number) * carry;
    const kept = (1 - (gains[i] as number)) * carry;
    const first = (scales[i] as number) ** 2;
    step = first + step + 2 * added * mixed + added * added * excess;
    mixed = kept * (mixed + added * excess) - first;
    excess = first + kept * kept * excess;
    squares[i] = step;
  }
  return squares;
}

interface Whitener {
  /** What of each value the days before do not tell, in units of its spread (a Kalman filter, which is linear). */
  whiten(values: ArrayLike<number>): Float64Array;
  logDeterminant: number;
  /** By day: what is left of what was known the day before, what is learned of a surprise, and one over the spread of surprises. */
  carries: Float64Array;
  gains: Float64Array;
  scales: Float64Array;
}

function whitener(
  { days, tasks }: Pick<DailyIndex, 'days' | 'tasks'>,
  { phi, own }: Omit<DayNoise, 'variance'>,
): Whitener {
  const n = days.length;
  const scale = ownScale(tasks);
  const [carries, gains, scales] = [new Float64Array(n), new Float64Array(n), new Float64Array(n)];
  let known = 1 - own;
  let logDeterminant = 0;
  for (let i = 0; i < n; i++) {
    const carry = i === 0 ? 0 : phi ** ((days[i] as number) - (days[i - 1] as number));
    known = carry * carry * known + (1 - carry * carry) * (1 - own);
    const spread = known + (own * scale) / (tasks[i] as number);
    carries[i] = carry;
    gains[i] = known / spread;
    scales[i] = 1 / Math.sqrt(spread);
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
      white[i] = surprise * (scales[i] as number);
    }
    return white;
  };
  return { whiten, logDeterminant, carries, gains, scales };
}

/** So that own variances are 1 on the average. */
function ownScale(tasks: readonly number[]): number {
  return tasks.length / tasks.reduce((sum, n) => sum + 1 / n, 0);
}

interface NoiseFit {
  whitener: Whitener;
  /** What a level and the columns leave of the whitened values, and the sum of its squares. */
  left: Float64Array;
  squares: number;
  /** The whitened level and columns, orthogonal and of length 1. */
  basis: Float64Array[];
  freedom: number;
  variance: number;
  logLikelihood: number;
}

function fitWith(of: Whitener, values: readonly number[], columns: readonly ArrayLike<number>[]): NoiseFit {
  const n = values.length;
  // By Gram and Schmidt: what a column adds to those before it is taken out of the values.
  const left = of.whiten(values);
  const all = dot(left, left);
  const basis: Float64Array[] = [];
  let logInformation = 0;
  for (const column of [new Float64Array(n).fill(1), ...columns]) {
    const added = of.whiten(column);
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
  const rest = dot(left, left);
  // A figure that never moves has no noise, whatever its memory: what is left then is of rounding.
  const squares = rest > 1e-20 * all ? rest : 0;
  const fit = freedom * Math.log(Math.max(squares, Number.MIN_VALUE));
  const logLikelihood = -(fit + of.logDeterminant + logInformation) / 2;
  return { whitener: of, left, squares, basis, freedom, variance: squares / freedom, logLikelihood };
}

function subtract(from: Float64Array, unit: Float64Array, times: number): void {
  for (let i = 0; i < from.length; i++) from[i] = (from[i] as number) - times * (unit[i] as number);
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}
