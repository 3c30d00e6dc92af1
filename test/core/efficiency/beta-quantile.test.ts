import { expect, test } from 'vitest';
import { betaQuantile } from '../../../lib/core/efficiency/beta-quantile.ts';

test.each([
  // By hand: p^(1 ÷ α) where β is 1, sin²(πp ÷ 2) of the arcsine distribution; Beta(2, 3) solves 6x² − 8x³ + 3x⁴ = p.
  [0.05, 1, 1, 0.05],
  [0.05, 4, 1, 0.05 ** 0.25],
  [0.95, 1, 4, 1 - 0.05 ** 0.25],
  [0.95, 0.5, 0.5, Math.sin((Math.PI * 0.95) / 2) ** 2],
  [0.5, 300, 300, 0.5],
])('the %d quantile of Beta(%d, %d) is %d', (p, alpha, beta, expected) => {
  expect(betaQuantile(p, alpha, beta)).toBeCloseTo(expected, 7);
});

test('the 0.05 quantile of Beta(2, 3) solves its polynomial', () => {
  const x = betaQuantile(0.05, 2, 3);
  expect(6 * x ** 2 - 8 * x ** 3 + 3 * x ** 4).toBeCloseTo(0.05, 7);
});

test('parameters out of range are refused', () => {
  expect(() => betaQuantile(0.5, 0, 1)).toThrow(RangeError);
  expect(() => betaQuantile(1.5, 1, 1)).toThrow(RangeError);
});
