import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { betaQuantile } from '../../../lib/core/efficiency/beta-quantile.ts';
import {
  type BetaMixture,
  chancesOfBeingBest,
  mixtureMean,
  mixtureQuantiles,
  mixtureVariance,
} from '../../../lib/core/learn/beta-mixture.ts';

const component = fc.record({
  weight: fc.double({ min: 0.01, max: 1, noNaN: true }),
  alpha: fc.double({ min: 0.6, max: 60, noNaN: true }),
  beta: fc.double({ min: 0.6, max: 60, noNaN: true }),
});
const mixture = fc.array(component, { minLength: 1, maxLength: 4 });

describe('a mixture of beta distributions', () => {
  test('of one is that one', () => {
    fc.assert(
      fc.property(component, ({ weight, alpha, beta }) => {
        const one = [{ weight, alpha, beta }];
        expect(mixtureMean(one)).toBeCloseTo(alpha / (alpha + beta), 12);
        expect(mixtureVariance(one)).toBeCloseTo((alpha * beta) / ((alpha + beta) ** 2 * (alpha + beta + 1)), 12);
        const [low, high] = mixtureQuantiles(one, [0.05, 0.95]) as [number, number];
        expect(Math.abs(low - betaQuantile(0.05, alpha, beta))).toBeLessThan(0.005);
        expect(Math.abs(high - betaQuantile(0.95, alpha, beta))).toBeLessThan(0.005);
      }),
    );
  });

  test('has mean and variance of its parts taken together', () => {
    // Uniform on 0..1, and 2x: means 1/2 and 2/3, second moments 1/3 and 1/2, weighed 1 to 3.
    const of: BetaMixture = [
      { weight: 1, alpha: 1, beta: 1 },
      { weight: 3, alpha: 2, beta: 1 },
    ];
    const mean = 0.25 * 0.5 + 0.75 * (2 / 3);
    expect(mixtureMean(of)).toBeCloseTo(mean, 12);
    expect(mixtureVariance(of)).toBeCloseTo(0.25 / 3 + 0.75 / 2 - mean ** 2, 12);
  });
});

describe('the chances of being the best', () => {
  test('sum to 1, and are even among equals', () => {
    fc.assert(
      fc.property(mixture, fc.integer({ min: 1, max: 5 }), (of, n) => {
        const chances = chancesOfBeingBest(Array.from({ length: n }, () => of));
        expect(chances.reduce((sum, chance) => sum + chance, 0)).toBeCloseTo(1, 12);
        for (const chance of chances) expect(chance).toBeCloseTo(1 / n, 9);
      }),
    );
  });

  test('of two are known in closed form', () => {
    // P(X > Y) of X ~ Beta(2, 1), Y uniform: E[X] = 2/3.
    const [better] = chancesOfBeingBest([[{ weight: 1, alpha: 2, beta: 1 }], [{ weight: 1, alpha: 1, beta: 1 }]]);
    expect(better).toBeCloseTo(2 / 3, 4);
  });
});
