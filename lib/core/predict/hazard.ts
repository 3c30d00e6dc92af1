/**
 * A logistic hazard: log-odds that what is looked at breaks down within the horizon, as a normal distribution over its
 * coefficients. Kept as precision and precision × mean, because evidence adds up in these.
 */
export interface Hazard {
  /** Row by row: d × d. */
  precision: readonly number[];
  /** d. */
  weighted: readonly number[];
}

/** What happened to one that had these signs. */
export interface Observation {
  signs: readonly number[];
  /** Whether it broke down within the horizon. */
  failed: boolean;
  /** What it counts as: below 1 where several tell of one and the same. */
  weight: number;
}

/** What a hazard says of some signs. */
export interface Risk {
  /** 0..1. */
  probability: number;
  /** Part of the log-odds that each sign makes up, at the mean of the coefficients. */
  parts: number[];
}

/** @param deviations standard deviations of the coefficients */
export function hazardOf(means: readonly number[], deviations: readonly number[]): Hazard {
  const d = means.length;
  const precision = Array.from({ length: d * d }, (_, i) =>
    Math.floor(i / d) === i % d ? 1 / (deviations[i % d] ?? 1) ** 2 : 0,
  );
  return { precision, weighted: times(precision, means) };
}

/** The mean of the coefficients. */
export function coefficientsOf(hazard: Hazard): number[] {
  return solved(hazard).mean;
}

/**
 * Probability of breaking down, averaged over what the coefficients may be (MacKay's approximation: log-odds are drawn towards
 * even as their variance grows).
 * @see MacKay, The evidence framework applied to classification networks, Neural Computation 4 (1992)
 * @example riskOf(hazardOf([0, 2], [1, 1]), [1, 1]).probability // ≈ 0.817: log-odds 2 of variance 2
 */
export function riskOf(hazard: Hazard, signs: readonly number[]): Risk {
  const { mean, factor } = solved(hazard);
  const parts = signs.map((sign, i) => sign * (mean[i] ?? 0));
  const logOdds = parts.reduce((sum, it) => sum + it, 0);
  const variance = squaredNorm(forward(factor, signs));
  return { probability: logistic(logOdds / Math.sqrt(1 + (Math.PI / 8) * variance)), parts };
}

/**
 * The hazard after one more observation: a Newton step of the logarithm of the likelihood at the mean (Laplace), as an extended
 * Kalman filter takes it.
 * @example of one coefficient 0 with deviation 1, one failure: precision 1.25, mean 0.4
 */
export function hazardAfter(hazard: Hazard, { signs, failed, weight }: Observation): Hazard {
  const d = signs.length;
  const { mean } = solved(hazard);
  const logOdds = signs.reduce((sum, sign, i) => sum + sign * (mean[i] ?? 0), 0);
  const p = logistic(logOdds);
  const curvature = weight * p * (1 - p);
  const pull = weight * ((failed ? 1 : 0) - p) + curvature * logOdds;
  return {
    precision: hazard.precision.map((it, i) => it + curvature * (signs[Math.floor(i / d)] ?? 0) * (signs[i % d] ?? 0)),
    weighted: hazard.weighted.map((it, i) => it + pull * (signs[i] ?? 0)),
  };
}

/**
 * What was learned counts less as time goes by; what was there before does not.
 * @param kept part of what was learned that still counts, 0..1
 */
export function hazardFaded(hazard: Hazard, prior: Hazard, kept: number): Hazard {
  const fade = (now: readonly number[], before: readonly number[]) =>
    now.map((it, i) => (before[i] ?? 0) + kept * (it - (before[i] ?? 0)));
  return { precision: fade(hazard.precision, prior.precision), weighted: fade(hazard.weighted, prior.weighted) };
}

/** The probability whose odds are so many times as high. @example stricterProbability(0.5, 3) // 0.75 */
export function stricterProbability(probability: number, times: number): number {
  const odds = (times * probability) / (1 - probability);
  return odds / (1 + odds);
}

export function logistic(logOdds: number): number {
  return 1 / (1 + Math.exp(-logOdds));
}

interface Solved {
  mean: number[];
  /** Lower triangle L of precision = L Lᵀ, row by row. */
  factor: number[];
}

const known = new WeakMap<Hazard, Solved>();

function solved(hazard: Hazard): Solved {
  const found = known.get(hazard);
  if (found) return found;
  const factor = cholesky(hazard.precision, hazard.weighted.length);
  const result = { mean: backward(factor, forward(factor, hazard.weighted)), factor };
  known.set(hazard, result);
  return result;
}

/** @throws RangeError where the matrix is not positive definite */
function cholesky(matrix: readonly number[], d: number): number[] {
  const factor = new Array<number>(d * d).fill(0);
  const at = (row: number, column: number) => factor[row * d + column] ?? 0;
  for (let row = 0; row < d; row++) {
    for (let column = 0; column <= row; column++) {
      let rest = matrix[row * d + column] ?? 0;
      for (let k = 0; k < column; k++) rest -= at(row, k) * at(column, k);
      if (row === column && !(rest > 0)) throw new RangeError(`not a precision: pivot ${rest}`);
      factor[row * d + column] = row === column ? Math.sqrt(rest) : rest / at(column, column);
    }
  }
  return factor;
}

/** x of L x = b. */
function forward(factor: readonly number[], b: readonly number[]): number[] {
  const d = b.length;
  const x: number[] = [];
  for (let row = 0; row < d; row++) {
    let rest = b[row] ?? 0;
    for (let k = 0; k < row; k++) rest -= (factor[row * d + k] ?? 0) * (x[k] ?? 0);
    x.push(rest / (factor[row * d + row] ?? 1));
  }
  return x;
}

/** x of Lᵀ x = b. */
function backward(factor: readonly number[], b: readonly number[]): number[] {
  const d = b.length;
  const x = new Array<number>(d).fill(0);
  for (let row = d - 1; row >= 0; row--) {
    let rest = b[row] ?? 0;
    for (let k = row + 1; k < d; k++) rest -= (factor[k * d + row] ?? 0) * (x[k] ?? 0);
    x[row] = rest / (factor[row * d + row] ?? 1);
  }
  return x;
}

function squaredNorm(x: readonly number[]): number {
  return x.reduce((sum, it) => sum + it * it, 0);
}

function times(matrix: readonly number[], x: readonly number[]): number[] {
  const d = x.length;
  return x.map((_, row) => x.reduce((sum, it, k) => sum + (matrix[row * d + k] ?? 0) * it, 0));
}
