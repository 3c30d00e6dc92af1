import { describe, expect, test } from 'vitest';
import { fitAutoregression, forecastWindow, placeboMisses } from '../../../lib/core/effect/autoregression.ts';
import { studentQuantile95 } from '../../../lib/core/effect/student-quantile.ts';
import { createRandom } from '../../../lib/sim/random.ts';

function autoregressive(n: number, phi: number, seed: number): number[] {
  const random = createRandom(seed, 'series');
  const values: number[] = [];
  let state = random.normal(0, 1 / Math.sqrt(1 - phi ** 2));
  for (let i = 0; i < n; i++) {
    values.push(10 + state);
    state = phi * state + random.normal(0, 1);
  }
  return values;
}

describe('a first-order autoregression', () => {
  test.each([0, 0.5, 0.8])('is found in a long series: phi %d', (phi) => {
    const fit = fitAutoregression(autoregressive(5_000, phi, 1));
    expect(fit.phi).toBeCloseTo(phi, 1);
    expect(fit.innovation).toBeCloseTo(1, 1);
    expect(Math.abs(fit.mean - 10)).toBeLessThan(0.3);
  });

  test('forecasts from its last value back to its mean', () => {
    const fit = { mean: 10, phi: 0.5, innovation: 1, n: 1e9, last: 18 };
    expect(forecastWindow(fit, 1, 1).mean).toBe(14);
    expect(forecastWindow(fit, 2, 1).mean).toBe(12);
    expect(forecastWindow(fit, 1, 2).mean).toBe(13);
    expect(forecastWindow(fit, 50, 10).mean).toBeCloseTo(10, 6);
  });

  test('knows the variance of what it cannot know', () => {
    const fit = { mean: 0, phi: 0.5, innovation: 1, n: 1e12, last: 0 };
    // One step: e1. Two steps: 0.5 e1 + e2. Mean of both: (1.5 e1 + e2) / 2.
    expect(forecastWindow(fit, 1, 1).variance).toBeCloseTo(1, 9);
    expect(forecastWindow(fit, 2, 1).variance).toBeCloseTo(1.25, 9);
    expect(forecastWindow(fit, 1, 2).variance).toBeCloseTo((1.5 ** 2 + 1) / 4, 9);
    // Far away, an unknown mean from n values: innovation / ((1 − phi)² n).
    expect(forecastWindow({ ...fit, n: 100 }, 200, 1).variance).toBeCloseTo(1 / (1 - 0.25) + 0.04, 6);
  });

  test.each([0, 0.5, 0.8])('an extreme last value is no effect by itself: phi %d', (phi) => {
    // Ten values after one of two standard deviations or more, with nothing done. Nominal: 10 % of the intervals miss.
    let runs = 0;
    let missed = 0;
    let naive = 0;
    for (let seed = 1; runs < 1_000; seed++) {
      const values = autoregressive(71, phi, seed);
      const known = values.slice(0, 61);
      if ((values[60] ?? 0) < 10 + 2 / Math.sqrt(1 - phi ** 2)) continue;
      runs += 1;
      const forecast = forecastWindow(fitAutoregression(known), 1, 10);
      const actual = values.slice(61).reduce((sum, value) => sum + value, 0) / 10;
      if (Math.abs(actual - forecast.mean) > studentQuantile95(58) * Math.sqrt(forecast.variance)) missed += 1;
      // Before against after, as if minutes were independent: the ten before the trigger, the ten after it.
      const before = known.slice(-10);
      const mean = before.reduce((sum, value) => sum + value, 0) / 10;
      const variance = before.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 9;
      if (Math.abs(actual - mean) > studentQuantile95(18) * Math.sqrt((2 * variance) / 10)) naive += 1;
    }
    expect(missed / runs).toBeLessThan(0.13);
    if (phi > 0) expect(naive).toBeGreaterThan(2 * missed);
  });

  test('placebos miss by chance alone where nothing was done', () => {
    const misses = placeboMisses(autoregressive(300, 0.5, 3), 2, 10);
    expect(misses).toHaveLength(300 - 8 - 10);
    expect(Math.abs(misses.reduce((sum, miss) => sum + miss, 0) / misses.length)).toBeLessThan(0.3);
    expect(placeboMisses([1, 2, 3], 1, 1)).toEqual([]);
  });

  test('needs eight values', () => {
    expect(() => fitAutoregression([1, 2, 3])).toThrow(RangeError);
  });
});

// From the tables of Student's t at 0.95 (NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.6.7.2).
test.each([
  [4, 2.132],
  [5, 2.015],
  [10, 1.812],
  [30, 1.697],
  [100, 1.66],
])("Student's quantile at %d degrees of freedom", (freedom, expected) => {
  expect(Math.abs(studentQuantile95(freedom) / expected - 1)).toBeLessThan(0.006);
});
