import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  coefficientsOf,
  hazardAfter,
  hazardFaded,
  hazardOf,
  riskOf,
  stricterProbability,
} from '../../../lib/core/predict/hazard.ts';

describe('one observation', () => {
  test('moves one coefficient as worked out by hand', () => {
    // Mean 0, precision 1, sign 1, failed: p 0.5, curvature 0.25, precision 1.25, mean 0 + 0.5 ÷ 1.25.
    const after = hazardAfter(hazardOf([0], [1]), { signs: [1], failed: true, weight: 1 });
    expect(after.precision[0]).toBeCloseTo(1.25, 12);
    expect(coefficientsOf(after)[0]).toBeCloseTo(0.4, 12);
  });

  test('moves two coefficients by their signs, as worked out by hand', () => {
    // Means 0 and 0, deviations 1 and 2 (precisions 1 and 0.25), signs 1 and 2, lasted, weight 1: p 0.5, curvature 0.25.
    // Precision [[1.25, 0.5], [0.5, 1.25]], determinant 1.3125; gradient -0.5 × (1, 2) = (-0.5, -1).
    // Means: (1.25 × -0.5 - 0.5 × -1) ÷ 1.3125 = -0.095238, (1.25 × -1 - 0.5 × -0.5) ÷ 1.3125 = -0.761905.
    const after = hazardAfter(hazardOf([0, 0], [1, 2]), { signs: [1, 2], failed: false, weight: 1 });
    expect(after.precision).toEqual([1.25, 0.5, 0.5, 1.25]);
    const [first, second] = coefficientsOf(after);
    expect(first).toBeCloseTo(-0.095238, 6);
    expect(second).toBeCloseTo(-0.761905, 6);
  });

  test('of half the weight counts half as much as the curvature says', () => {
    // Curvature 0.125, gradient 0.25: mean 0.25 ÷ 1.125.
    const after = hazardAfter(hazardOf([0], [1]), { signs: [1], failed: true, weight: 0.5 });
    expect(coefficientsOf(after)[0]).toBeCloseTo(0.25 / 1.125, 12);
  });
});

test('what is not known of the coefficients draws the probability towards even', () => {
  // Log-odds 2, variance 1 + 1: 2 ÷ √(1 + 2 π ÷ 8) = 1.49680, of which the logistic is 0.81710.
  expect(riskOf(hazardOf([0, 2], [1, 1]), [1, 1]).probability).toBeCloseTo(0.8171, 4);
  expect(riskOf(hazardOf([0, 2], [1e-6, 1e-6]), [1, 1]).probability).toBeCloseTo(1 / (1 + Math.exp(-2)), 9);
});

test('what was learned fades, what was there before does not', () => {
  const prior = hazardOf([1, -1], [1, 0.5]);
  let hazard = prior;
  for (let i = 0; i < 50; i++) hazard = hazardAfter(hazard, { signs: [1, 1], failed: true, weight: 1 });
  expect(coefficientsOf(hazardFaded(hazard, prior, 0))).toEqual(coefficientsOf(prior));
  expect(hazardFaded(hazard, prior, 1).precision).toEqual(hazard.precision);
  const half = hazardFaded(hazard, prior, 0.5);
  expect(half.precision[0]).toBeCloseTo(((hazard.precision[0] ?? 0) + (prior.precision[0] ?? 0)) / 2, 9);
});

test('odds twice as high are two chances in three instead of one in two', () => {
  expect(stricterProbability(0.5, 2)).toBeCloseTo(2 / 3, 12);
});

const signs = fc.array(fc.double({ min: 0, max: 2, noNaN: true }), { minLength: 3, maxLength: 3 });
const lessons = fc.array(
  fc.record({ signs, failed: fc.boolean(), weight: fc.double({ min: 0.1, max: 1, noNaN: true }) }),
  {
    maxLength: 60,
  },
);

test('a probability is between 0 and 1 whatever was learned, and its parts add up to the log-odds at the mean', () => {
  fc.assert(
    fc.property(lessons, signs, (seen, asked) => {
      const hazard = seen.reduce(hazardAfter, hazardOf([-3, 1, 2], [1, 1, 3]));
      const { probability, parts } = riskOf(hazard, asked);
      expect(probability).toBeGreaterThan(0);
      expect(probability).toBeLessThan(1);
      const logOdds = coefficientsOf(hazard).reduce((sum, it, i) => sum + it * (asked[i] ?? 0), 0);
      expect(parts.reduce((sum, it) => sum + it, 0)).toBeCloseTo(logOdds, 6);
    }),
  );
});

test('a failure makes the same signs likelier to fail, a survival less', () => {
  fc.assert(
    fc.property(lessons, signs, (seen, asked) => {
      fc.pre(asked.some((it) => it > 0.1));
      const hazard = seen.reduce(hazardAfter, hazardOf([-3, 1, 2], [1, 1, 3]));
      const logOdds = (of: typeof hazard) => riskOf(of, asked).parts.reduce((sum, it) => sum + it, 0);
      const [failed, lasted] = [true, false].map((it) => hazardAfter(hazard, { signs: asked, failed: it, weight: 1 }));
      expect(logOdds(failed as typeof hazard)).toBeGreaterThan(logOdds(hazard));
      expect(logOdds(lasted as typeof hazard)).toBeLessThan(logOdds(hazard));
    }),
  );
});
