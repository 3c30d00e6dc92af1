import { expect, test } from 'vitest';
import { wilsonLower } from '../../../lib/core/remediate/wilson-bound.ts';

// scipy.stats.binomtest(k, n).proportion_ci(0.99, 'wilson').low; 5 of 5 by hand: 5 / (5 + 2.5758²).
test.each([
  [5, 5, 0.4297],
  [0, 10, 0],
  [50, 100, 0.3753],
  [19, 20, 0.6817],
])('of %i in %i at least a share of %f', (hits, n, expected) => {
  expect(wilsonLower(hits, n)).toBeCloseTo(expected, 4);
});

test('no trials tell nothing', () => {
  expect(wilsonLower(0, 0)).toBe(0);
});
