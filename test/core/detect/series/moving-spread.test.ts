import { expect, test } from 'vitest';
import { MovingSpread } from '../../../../lib/core/detect/series/moving-spread.ts';

test('mean and variance are those of the values under weights that halve with each', () => {
  const spread = new MovingSpread({ mean: 4, variance: 0 });
  for (const value of [8, 2]) spread.learn(value, 0.5);
  // By hand: 4, 8 and 2 weigh 1/4, 1/4 and 1/2: mean 4, mean square 4 + 16 + 2 = 22, variance 22 − 16.
  expect(spread.state()).toEqual({ mean: 4, variance: 6 });
  expect(spread.distance(4 - 3 * Math.sqrt(6))).toBeCloseTo(3, 12);
});

test('with weights of 1 / n they are the plain mean and variance', () => {
  const spread = new MovingSpread({ mean: 0, variance: 0 });
  for (const [i, value] of [2, 4, 4, 4, 5, 5, 7, 9].entries()) spread.learn(value, 1 / (i + 1));
  expect(spread.state().mean).toBeCloseTo(5, 12);
  expect(spread.standardDeviation).toBeCloseTo(2, 12);
});

test('of values that are all the same, the same value is near and any other is infinitely far', () => {
  const spread = new MovingSpread({ mean: 7, variance: 0 });
  spread.learn(7, 0.1);
  expect([7, 7.001].map((value) => spread.distance(value))).toEqual([0, Number.POSITIVE_INFINITY]);
});
