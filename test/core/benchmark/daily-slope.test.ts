import fc from 'fast-check';
import { expect, test } from 'vitest';
import { slopeWeights } from '../../../lib/core/benchmark/daily-slope.ts';
import { medianOf } from '../../../lib/core/kpi/median.ts';
import { medianSlope } from '../../../lib/core/kpi/median-slope.ts';

test('the slope of a line is found over gaps, and though one day in five is far off', () => {
  const days = [0, 1, 2, 5, 6, 7, 9, 12, 13, 20];
  const line = days.map((day) => 3 + 0.5 * day);
  expect(medianSlope(days, line)).toBeCloseTo(0.5, 12);
  expect(
    medianSlope(
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

test('the slope is the median of the slopes between all pairs', () => {
  const value = fc.oneof(fc.integer({ min: 0, max: 3 }), fc.double({ min: -1e3, max: 1e3, noNaN: true }));
  fc.assert(
    fc.property(fc.array(value, { minLength: 2, maxLength: 30 }), (values) => {
      const slopes = values.flatMap((a, i) => values.slice(i + 1).map((b, j) => (b - a) / (j + 1)));
      expect(medianSlope([...values.keys()], values)).toBeCloseTo(medianOf(slopes), 9);
    }),
  );
});
