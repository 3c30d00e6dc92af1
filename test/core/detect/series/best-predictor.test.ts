import { expect, test } from 'vitest';
import { BestPredictor, PROFILE_BINS } from '../../../../lib/core/detect/series/best-predictor.ts';
import { SeasonalProfile } from '../../../../lib/core/detect/series/seasonal-profile.ts';

const HOUR_MS = 3_600_000;

/** A predictor that has seen so many weeks of hours, from a Thursday, 1970-01-01, on, with a level of 10. */
function afterWeeks(weeks: number, valueAt: (hour: number) => number): BestPredictor {
  const predictor = new BestPredictor(new Float32Array(PROFILE_BINS).fill(Number.NaN));
  for (let hour = 0; hour < weeks * 168; hour++)
    predictor.learn(hour * HOUR_MS, valueAt(hour), {
      level: 10,
      magnitude: 10,
      difference: (value, other) => (value - other) / 10,
      sinceMs: 0,
      stepMs: HOUR_MS,
      elapsedMs: HOUR_MS,
    });
  return predictor;
}

test('a series with a day is predicted by its hour of day', () => {
  const predictor = afterWeeks(1, (hour) => (hour % 24 === 9 ? 20 : 10));
  expect(predictor.predict((168 + 9) * HOUR_MS, 10)).toMatchObject({ name: 'hour of day', value: 20 });
});

test('a series with a week is predicted by its hour of week, once it has shown one', () => {
  const weekend = (hour: number) => (Math.floor(hour / 24) % 7 === 2 ? 2 : 10 + (hour % 24));
  const predictor = afterWeeks(3, weekend);
  expect(predictor.predict((3 * 168 + 48 + 5) * HOUR_MS, 10)).toMatchObject({ name: 'hour of week', value: 2 });
});

test('a series without a clock is predicted by its level', () => {
  const predictor = afterWeeks(2, (hour) => 10 + 2 * Math.sin(hour ** 2));
  expect(predictor.predict(2 * 168 * HOUR_MS, 10)).toMatchObject({ name: 'level', value: 10 });
});

test('a profile expects nothing at a time that it has not seen, and takes all points of a bin for one period', () => {
  const profile = new SeasonalProfile(
    { periodMs: 100, bins: 10, leastWeight: 0.5 },
    new Float32Array(10).fill(Number.NaN),
  );
  const learn = (atMs: number, value: number) =>
    profile.learn(atMs, value, { sinceMs: 0, stepMs: 5, mostMoved: 1_000 });
  expect(profile.expected(25)).toBeNull();
  learn(20, 8);
  expect(profile.expected(25)).toBe(8);
  expect(profile.expected(-75)).toBe(8);
  // Two points a bin: a quarter each of a second period's half.
  learn(120, 16);
  expect(profile.expected(225)).toBe(10);
});
