import { ReusedMemory } from '../model/reused-memory.ts';

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

/**
 * A Kalman filter, which is linear: of each value what the days before do not tell, in units of its spread. By day: what is left of what was
 * known the day before, what is learned of a surprise, and one over the spread of surprises.
 */
export interface Whitener {
  carries: Float64Array;
  gains: Float64Array;
  scales: Float64Array;
  logDeterminant: number;
}

/** How well one noise of the grid fits, with a level and columns beside it. */
export interface NoiseFit extends DayNoise {
  logLikelihood: number;
  /** What a level and the columns leave of the whitened values, and the sum of its squares. */
  left: Float64Array;
  squares: number;
  /** The whitened level and columns, orthogonal and of length 1. */
  basis: readonly Float64Array[];
  freedom: number;
  whitener: Whitener;
}

const PHIS = [0, 0.2, 0.4, 0.6, 0.8];
const OWN_SHARES = [0, 0.25, 0.5, 0.75];
const GRID: readonly Omit<DayNoise, 'variance'>[] = [
  { phi: 0, own: 1 },
  ...PHIS.slice(1).flatMap((phi) => OWN_SHARES.map((own) => ({ phi, own }))),
];

/** Of thousands of figures, one after the other. */
const memory = new ReusedMemory();

/**
 * Fits a level and columns to the days, for each noise of a grid.
 * @param use what is needed of a fit; its arrays are those of the next when it has returned
 */
export function fitNoises<Used>(
  index: DailyIndex,
  columns: readonly ArrayLike<number>[],
  use: (fit: NoiseFit) => Used,
): Used[] {
  return GRID.map((noise) => use(fitWith(index, noise, columns)));
}

/** So that own variances are 1 on the average. */
export function ownScale(tasks: readonly number[]): number {
  return tasks.length / tasks.reduce((sum, n) => sum + 1 / n, 0);
}

function fitWith(
  index: DailyIndex,
  noise: Omit<DayNoise, 'variance'>,
  columns: readonly ArrayLike<number>[],
): NoiseFit {
  const n = index.days.length;
  const of = whitener(index, noise);
  // By Gram and Schmidt: what a column adds to those before it is taken out of the values.
  const left = whiten(of, index.values, memory.array('left', n));
  const all = dot(left, left);
  const basis: Float64Array[] = [];
  let logInformation = 0;
  for (const column of [memory.array('level', n).fill(1), ...columns]) {
    const added = whiten(of, column, memory.array(`basis ${basis.length}`, n));
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
  return { ...noise, variance: squares / freedom, logLikelihood, left, squares, basis, freedom, whitener: of };
}

function whitener({ days, tasks }: DailyIndex, { phi, own }: Omit<DayNoise, 'variance'>): Whitener {
  const n = days.length;
  const scale = ownScale(tasks);
  const [carries, gains, scales] = [memory.array('carries', n), memory.array('gains', n), memory.array('scales', n)];
  let known = 1 - own;
  let logDeterminant = 0;
  for (let i = 0; i < n; i++) {
    const gap = i === 0 ? Infinity : (days[i] as number) - (days[i - 1] as number);
    const carry = gap === 1 ? phi : phi ** gap;
    known = carry * carry * known + (1 - carry * carry) * (1 - own);
    const spread = known + (own * scale) / (tasks[i] as number);
    carries[i] = carry;
    gains[i] = known / spread;
    scales[i] = 1 / Math.sqrt(spread);
    logDeterminant += Math.log(spread);
    known -= (known * known) / spread;
  }
  return { logDeterminant, carries, gains, scales };
}

function whiten({ carries, gains, scales }: Whitener, values: ArrayLike<number>, white: Float64Array): Float64Array {
  let state = 0;
  for (let i = 0; i < white.length; i++) {
    state *= carries[i] as number;
    const surprise = (values[i] as number) - state;
    state += (gains[i] as number) * surprise;
    white[i] = surprise * (scales[i] as number);
  }
  return white;
}

function subtract(from: Float64Array, unit: Float64Array, times: number): void {
  for (let i = 0; i < from.length; i++) from[i] = (from[i] as number) - times * (unit[i] as number);
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}
