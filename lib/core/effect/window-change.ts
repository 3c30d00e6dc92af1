import { fitAutoregression, forecastWindow, MIN_VALUES, placeboMisses } from './autoregression.ts';
import { mean } from './mean.ts';

/** From this many on, the misses of placebos give the interval by themselves. */
const MANY_PLACEBOS = 100;

export interface WindowChange {
  change: number;
  variance: number;
  placebos: number;
}

/**
 * How a window's mean differs from its forecast, and the variance of what chance does to that: the larger of what the
 * autoregression expects and what placebos in time missed by; from {@link MANY_PLACEBOS} on, by their own quantile.
 * @param known values up to the decision, {@link MIN_VALUES} or more
 * @param ahead steps from the last known value to the first of the window, 1 or more
 */
export function windowChange(known: readonly number[], since: readonly number[], ahead: number): WindowChange {
  const forecast = forecastWindow(fitAutoregression(known), ahead, since.length);
  const misses = placeboMisses(known, ahead, since.length);
  return {
    change: mean(since) - forecast.mean,
    variance: Math.max(forecast.variance, placeboVariance(misses)),
    placebos: misses.length,
  };
}

function placeboVariance(misses: readonly number[]): number {
  if (misses.length < MIN_VALUES) return 0;
  if (misses.length < MANY_PLACEBOS) return mean(misses.map((miss) => miss ** 2));
  const sorted = misses.map(Math.abs).sort((a, b) => a - b);
  // The 90 % quantile of |miss|, as a standard error: a normal has it at 1.645.
  return ((sorted[Math.ceil(0.9 * sorted.length) - 1] ?? 0) / 1.6448536269514722) ** 2;
}
