/** A stationary first-order autoregression: x(t) − mean = phi · (x(t−1) − mean) + e(t), e with variance `innovation`. */
export interface Autoregression {
  mean: number;
  /** 0..0.95 */
  phi: number;
  innovation: number;
  /** Values it was fitted to. */
  n: number;
  last: number;
}

/** What a window's mean will be, given everything up to the last value. */
export interface WindowForecast {
  mean: number;
  /** Variance of the difference between the window's mean and this forecast. */
  variance: number;
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
  return { mean, phi, innovation: residuals / (n - 3), n, last: values[n - 1] ?? mean };
}

/**
 * Forecasts the mean of `length` values, the first of them `ahead` steps after the last known one. It starts at the
 * last value and returns to the mean, so an extreme last value alone makes no effect of its own disappearance.
 * @param ahead 1 or more
 * @param length 1 or more
 */
export function forecastWindow(
  { mean, phi, innovation, n, last }: Autoregression,
  ahead: number,
  length: number,
): WindowForecast {
  let remembered = 0;
  for (let step = ahead; step < ahead + length; step++) remembered += phi ** step / length;
  let shocks = 0;
  for (let shock = 1; shock < ahead + length; shock++) {
    let weight = 0;
    for (let step = Math.max(shock, ahead); step < ahead + length; step++) weight += phi ** (step - shock) / length;
    shocks += weight ** 2;
  }
  const ofMean = innovation / ((1 - phi) ** 2 * n);
  return {
    mean: mean + remembered * (last - mean),
    variance: innovation * shocks + (1 - remembered) ** 2 * ofMean,
  };
}

/**
 * Placebo in time: at every moment at which nothing was done, forecasts the same window from what was known then, and
 * says by how much the forecast missed.
 * @returns misses (actual − forecast) in order of time; empty when the series is too short
 */
export function placeboMisses(values: readonly number[], ahead: number, length: number): number[] {
  const misses: number[] = [];
  for (let known = MIN_VALUES; known + ahead - 1 + length <= values.length; known++) {
    const forecast = forecastWindow(fitAutoregression(values.slice(0, known)), ahead, length);
    const window = values.slice(known + ahead - 1, known + ahead - 1 + length);
    misses.push(window.reduce((sum, value) => sum + value, 0) / length - forecast.mean);
  }
  return misses;
}
