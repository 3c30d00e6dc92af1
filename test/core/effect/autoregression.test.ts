import { describe, expect, test } from 'vitest';
import { fitAutoregression } from '../../../lib/core/effect/autoregression.ts';
import { stepEffect } from '../../../lib/core/effect/step-effect.ts';
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
      const since = values.slice(61);
      const { estimate, standardError, freedom } = stepEffect({ known, since, ahead: 1 });
      if (Math.abs(estimate) > studentQuantile95(freedom) * standardError) missed += 1;
      const actual = since.reduce((sum, value) => sum + value, 0) / 10;
      // Before against after, as if minutes were independent: the ten before the trigger, the ten after it.
      const before = known.slice(-10);
      const mean = before.reduce((sum, value) => sum + value, 0) / 10;
      const variance = before.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 9;
      if (Math.abs(actual - mean) > studentQuantile95(18) * Math.sqrt((2 * variance) / 10)) naive += 1;
    }
    expect(missed / runs).toBeLessThan(0.13);
    if (phi > 0) expect(naive).toBeGreaterThan(2 * missed);
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
