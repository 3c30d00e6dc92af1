import fc from 'fast-check';
import { expect, test } from 'vitest';
import { normalQuantile } from '../../../lib/core/capacity/normal-quantile.ts';
import {
  chanceAbove,
  quantileAt,
  quantilesOf,
  type WorkloadForecast,
} from '../../../lib/core/capacity/workload-forecast.ts';
import { normalTail } from '../../../lib/core/detect/normal-tail.ts';

/** Normal with means of 10 and 20 and standard deviations of 2 and 5. */
const at = (level: number) => [10 + 2 * normalQuantile(level), 20 + 5 * normalQuantile(level)];
const forecast: WorkloadForecast = {
  ...{ startMs: 0, stepMs: 3_600_000, mean: [10, 20] },
  quantiles: new Map([0.1, 0.5, 0.9].map((level) => [level, at(level)])),
};

test('quantiles of the normal distribution, as tables have them', () => {
  expect(normalQuantile(0.975)).toBeCloseTo(1.959964, 6);
  expect(normalQuantile(0.9)).toBeCloseTo(1.281552, 6);
  expect(normalQuantile(0.01)).toBeCloseTo(-2.326348, 6);
  expect(normalQuantile(0.5)).toBeCloseTo(0, 10);
});

test('levels that are not told lie between those that are, and beyond them, as those of a normal distribution', () => {
  expect(quantileAt(forecast, 0.75, 0)).toBeCloseTo(10 + 2 * 0.6745, 3);
  expect(quantileAt(forecast, 0.95, 0)).toBeCloseTo(10 + 2 * 1.6449, 3);
  expect(quantilesOf(forecast, 0.05)).toEqual([expect.closeTo(10 - 2 * 1.6449, 3), expect.closeTo(20 - 5 * 1.6449, 3)]);
});

test('without any level every quantile is the mean, and what is above it is sure', () => {
  const plain = { ...forecast, quantiles: new Map() };
  expect(quantileAt(plain, 0.95, 1)).toBe(20);
  expect(chanceAbove(plain, 19, 1)).toBe(1);
  expect(chanceAbove(plain, 20, 1)).toBe(0);
});

test('with one level the mean stands in for the median', () => {
  const one = { ...forecast, quantiles: new Map([[0.9, [10 + 2 * 1.281552]]]) };
  expect(quantileAt(one, 0.95, 0)).toBeCloseTo(10 + 2 * 1.6449, 3);
});

test('no quantile is below zero', () => {
  const low = {
    ...forecast,
    mean: [1],
    quantiles: new Map([
      [0.1, [0.1]],
      [0.9, [2]],
    ]),
  };
  expect(quantileAt(low, 0.001, 0)).toBe(0);
});

test('the chance that more comes is what the quantile says the other way round', () => {
  fc.assert(
    fc.property(fc.double({ min: 0.02, max: 0.98, noNaN: true }), fc.integer({ min: 0, max: 1 }), (level, step) => {
      expect(chanceAbove(forecast, quantileAt(forecast, level, step), step)).toBeCloseTo(1 - level, 6);
    }),
  );
  expect(chanceAbove(forecast, 14, 0)).toBeCloseTo(normalTail(2), 8);
});

test('a step that is not there, and a level of one, are refused', () => {
  expect(() => quantileAt({ ...forecast, quantiles: new Map() }, 0.5, 7)).toThrow(RangeError);
  expect(() => quantileAt(forecast, 1, 0)).toThrow(RangeError);
});
