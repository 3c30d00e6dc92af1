import { describe, expect, test } from 'vitest';
import { drawNoise, noises, plantSeason } from '../../../bench/seasonality/planted-series.ts';
import { findSeasons } from '../../../lib/core/forecast/seasonality.ts';
import { cycleName } from '../../../lib/core/forecast/seasonality-name.ts';
import { createRandom } from '../../../lib/sim/random.ts';

const wave = (t: number, period: number) => Math.sin((2 * Math.PI * t) / period);

function periodsOf(values: readonly number[]): number[] {
  return findSeasons(values).map(({ period }) => Math.round(period));
}

test('a planted period is found within one step in 95 % of series, whatever its shape, noise, trend, shift and gaps', () => {
  const hits = Array.from({ length: 200 }, (_, seed) => {
    const { period, values } = plantSeason(createRandom(seed, 'planted for the test'));
    return findSeasons(values).some((season) => Math.abs(season.period - period) <= 1);
  });
  expect(hits.filter((isHit) => isHit).length / hits.length).toBeGreaterThanOrEqual(0.95);
});

test.each(noises)('none is found in 95 %% of series of noise: %s', (kind) => {
  const quiet = Array.from({ length: 100 }, (_, seed) => {
    return findSeasons(drawNoise(kind, createRandom(seed, `test ${kind}`))).length === 0;
  });
  expect(quiet.filter((isQuiet) => isQuiet).length / quiet.length).toBeGreaterThanOrEqual(0.95);
});

describe('a day and a week', () => {
  const random = createRandom(1, 'day and week');
  const weekdays = [1, 1.05, 1, 0.95, 1, 0.5, 0.4];
  const hourly = Array.from({ length: 24 * 7 * 6 }, (_, t) => {
    const level = 40 * (weekdays[Math.floor(t / 24) % 7] as number) * (1.2 + wave(t, 24));
    return Math.max(0, Math.round(level + random.normal(0, 4)));
  });

  test('are both found where weekends are quieter', () => {
    expect(periodsOf(hourly).toSorted((a, b) => a - b)).toEqual([24, 168]);
  });

  test('are still found when a twentieth is missing, half of that in one gap, and the level has doubled', () => {
    const gone = createRandom(2, 'missing');
    const broken = hourly.map((x, t) => {
      if ((t >= 300 && t < 325) || gone.uniform() < 0.025) return Number.NaN;
      return t >= 500 ? x + 60 : x;
    });
    expect(periodsOf(broken)).toEqual(expect.arrayContaining([24]));
  });
});

test('strength is the share of what varies: a wave of variance ½ in noise of variance ½ has a half, without noise all', () => {
  const random = createRandom(3, 'strength');
  const noisy = Array.from({ length: 2_000 }, (_, t) => wave(t, 50) + random.normal(0, Math.SQRT1_2));
  expect(findSeasons(noisy)[0]?.strength).toBeCloseTo(0.5, 1);
  const clean = Array.from({ length: 2_000 }, (_, t) => wave(t, 50) + random.normal(0, 0.01));
  expect(findSeasons(clean)[0]?.strength).toBeGreaterThan(0.99);
});

test('harmonics are part of their cycle', () => {
  const random = createRandom(4, 'harmonics');
  const values = Array.from({ length: 1_200 }, (_, t) => {
    return wave(t, 60) + 0.8 * wave(t, 30) + 0.5 * wave(t, 20) + random.normal(0, 0.3);
  });
  expect(periodsOf(values)).toEqual([60]);
});

test('two cycles that have nothing to do with each other are both found', () => {
  const random = createRandom(5, 'two');
  const values = Array.from({ length: 1_500 }, (_, t) => wave(t, 41) + 0.7 * wave(t, 97) + random.normal(0, 0.5));
  expect(periodsOf(values)).toEqual([41, 97]);
});

test('only periods that were asked for', () => {
  const random = createRandom(6, 'bounds');
  const values = Array.from({ length: 1_000 }, (_, t) => wave(t, 40) + random.normal(0, 0.5));
  expect(findSeasons(values, { maxPeriod: 30 }).map(({ period }) => Math.round(period))).not.toContain(40);
  expect(findSeasons(values, { minPeriod: 35 }).map(({ period }) => Math.round(period))).toEqual([40]);
  expect(findSeasons(values, { most: 0 })).toEqual([]);
});

test.each([
  ['nothing', []],
  ['a few values', [1, 2, 3, 1, 2, 3]],
  ['one value all along', Array.from({ length: 500 }, () => 7)],
  ['zeros', Array.from({ length: 500 }, () => 0)],
  ['mostly missing values', Array.from({ length: 500 }, (_, t) => (t % 3 === 0 ? wave(t, 24) : Number.NaN))],
  ['a straight line', Array.from({ length: 500 }, (_, t) => 3 * t)],
  ['one step', Array.from({ length: 500 }, (_, t) => (t < 200 ? 0 : 5))],
])('%s has no season', (_name, values) => {
  expect(findSeasons(values)).toEqual([]);
});

test('the scale and the level of a series make no difference', () => {
  const random = createRandom(7, 'scale');
  const values = Array.from({ length: 800 }, (_, t) => wave(t, 33) + random.normal(0, 0.6));
  const [season] = findSeasons(values);
  const [scaled] = findSeasons(values.map((x) => 1e6 * x - 5e8));
  expect(scaled?.period).toBeCloseTo(season?.period ?? Number.NaN, 3);
  expect(scaled?.strength).toBeCloseTo(season?.strength ?? Number.NaN, 3);
});

test.each([
  [1_440.9, 60_000, 'every day'],
  [143.8, 600_000, 'every day'],
  [168.2, 3_600_000, 'every week'],
  [18, 300_000, 'every 90 min'],
  [12, 3_600_000, 'every 12 hours'],
  [60, 60_000, 'every hour'],
  [15, 60_000, 'every 15 min'],
  [7, 60_000, 'every 7 min'],
  [4, 15_000, 'every min'],
  [5, 10_000, 'every 50 s'],
  [14, 86_400_000, 'every 2 weeks'],
  [3, 86_400_000, 'every 3 days'],
])('a period of %d steps of %d ms is %s', (period, stepMs, name) => {
  expect(cycleName(period, stepMs)).toBe(name);
});

test('a cycle needs a length to have a name', () => {
  expect(() => cycleName(0, 60_000)).toThrow(RangeError);
  expect(() => cycleName(24, Number.NaN)).toThrow(RangeError);
});
