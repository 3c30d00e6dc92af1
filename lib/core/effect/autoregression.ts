/** A stationary first-order autoregression: x(t) − mean = phi · (x(t−1) − mean) + e(t), e with variance `innovation`. */
export interface Autoregression {
  mean: number;
  /** 0..0.95 */
  phi: number;
  innovation: number;
}

/** Fewer values than this say nothing about how a series returns to its mean. */
export const MIN_VALUES = 8;

/**
 * Fits by least squares. The estimate of phi from few values is too low by about (1 + 3 phi) ÷ n, which is added.
 * @param values in order of time, equally spaced, {@link MIN_VALUES} or more
 * @throws RangeError with fewer values
 * @see Kendall: Note on Bias in the Estimation of Autocorrelation, Biometrika 41, 1954
 */
export function fitAutoregression(values: readonly number[]): Autoregression {
  const n = values.length;
  if (n < MIN_VALUES) throw new RangeError(`an autoregression needs ${MIN_VALUES} values or more; got ${n}`);
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  let products = 0;
  let squares = 0;
  for (let i = 1; i < n; i++) {
    const before = (values[i - 1] ?? mean) - mean;
    products += before * ((values[i] ?? mean) - mean);
    squares += before * before;
  }
  const estimate = squares > 0 ? products / squares : 0;
  const phi = Math.min(0.95, Math.max(0, estimate + (1 + 3 * estimate) / n));
  let residuals = 0;
  for (let i = 1; i < n; i++) {
    residuals += ((values[i] ?? mean) - mean - phi * ((values[i - 1] ?? mean) - mean)) ** 2;
  }
  return { mean, phi, innovation: residuals / (n - 3) };
}
