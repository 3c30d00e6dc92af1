import { expect, test } from 'vitest';
import { dailySlope, slopeWeights } from '../../../lib/core/benchmark/daily-slope.ts';

test('the slope of a line is found over gaps, and though one day in five is far off', () => {
  const days = [0, 1, 2, 5, 6, 7, 9, 12, 13, 20];
  const line = days.map((day) => 3 + 0.5 * day);
  expect(dailySlope(days, line)).toBeCloseTo(0.5, 12);
  expect(
    dailySlope(
      days,
      line.map((value, i) => (i % 5 === 2 ? 100 : value)),
    ),
  ).toBeCloseTo(0.5, 12);
});

test('weights of days give the slope of least squares', () => {
  const days = [0, 1, 3, 4];
  // By hand: middle 2, squares 4 + 1 + 1 + 4.
  expect(slopeWeights(days)).toEqual([-0.2, -0.1, 0.1, 0.2]);
});
