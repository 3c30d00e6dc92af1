import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Baseline, baselines } from '../../../bench/detect/baselines/registry.ts';

const LENGTH = 400;

function scoresOf(name: string, values: readonly number[]): number[] {
  const { create, settings } = baselines[name] as Baseline;
  const detector = create(settings, values.length);
  return values.map((value, i) => detector.observe(60_000 * i, value).score);
}

/** Between 9 and 11, without a pattern, and the same each time. */
const quiet = Array.from({ length: LENGTH }, (_, i) => 10 + Math.sin(i ** 2));

test.each(Object.keys(baselines))('%s scores whatever comes between 0 and 1', (name) => {
  const value = fc.oneof(
    fc.constant(0),
    fc.double({ noNaN: true, min: -1e12, max: 1e12 }),
    fc.integer({ min: -3, max: 3 }),
  );
  fc.assert(
    fc.property(fc.array(value, { minLength: 1, maxLength: 300 }), (values) => {
      for (const score of scoresOf(name, values)) {
        expect(score).toBeGreaterThanOrEqual(0);
        expect(score).toBeLessThanOrEqual(1);
      }
    }),
    { numRuns: 50 },
  );
});

test.each(['ewma-z', 'windowed-gaussian', 'median-iqr', 'bocpd', 'random-cut-forest'])(
  '%s scores a value far off higher than everything before',
  (name) => {
    const scores = scoresOf(name, [...quiet, 30]);
    // The first points are far from nothing yet.
    expect(scores.at(-1)).toBeGreaterThan(Math.max(...scores.slice(50, -1)));
  },
);

test('page-hinkley rises while a mean has shifted, and falls when it is back', () => {
  const shifted = scoresOf('page-hinkley', [...quiet, ...quiet.slice(0, 50).map((value) => value + 1)]);
  expect(shifted[LENGTH + 49]).toBeGreaterThan(Math.max(...shifted.slice(50, LENGTH)));
  expect(shifted[LENGTH + 49]).toBeGreaterThan(shifted[LENGTH + 10] ?? 1);
});

test('local-spread tells noise that tripled, by hand: 3 ÷ (3 + 3) against 1 ÷ (1 + 3)', () => {
  const alternating = (size: number) => Array.from({ length: 120 }, (_, i) => (i % 2 === 0 ? size : -size));
  const scores = scoresOf('local-spread', [...alternating(1), ...alternating(3)]);
  expect(scores[119]).toBeCloseTo(1 / 4, 12);
  expect(scores[239]).toBeCloseTo(1 / 2, 12);
});

describe('by hand', () => {
  test('ewma-z: 0, 2 have mean 1 and deviation 1; 4 is 3 deviations off', () => {
    expect(scoresOf('ewma-z', [0, 2, 4]).at(-1)).toBeCloseTo(3 / (3 + 3), 12);
  });

  test('windowed-gaussian: the upper tail from 1.959964 deviations is 0.025', () => {
    const values = Array.from({ length: 100 }, (_, i) => (i % 2 === 0 ? 1 : -1));
    expect(scoresOf('windowed-gaussian', [...values, -1.959964]).at(-1)).toBeCloseTo(0.975, 6);
  });

  test('median-iqr: of 0..7 the median is 4, the quartiles 2 and 6; 12 is 2 ranges off', () => {
    expect(scoresOf('median-iqr', [5, 0, 7, 2, 3, 6, 1, 4, 12]).at(-1)).toBeCloseTo(2 / (2 + 2), 12);
  });

  test('clock: every 5 % of 400 points', () => {
    const scores = scoresOf('clock', quiet);
    expect(scores.flatMap((score, i) => (score === 1 ? [i + 1] : []))).toEqual(
      Array.from({ length: 20 }, (_, i) => 20 * (i + 1)),
    );
  });
});

test('median-iqr forgets values that left its window', () => {
  const { create } = baselines['median-iqr'] as Baseline;
  const [short, long] = [create({ size: 8 }, 0), create({ size: 8 }, 0)];
  for (const [i, value] of [1e9, -1e9, 77].entries()) long.observe(i, value);
  const values = [5, 0, 7, 2, 3, 6, 1, 4, 12, 3, 9];
  const last = (detector: typeof short) => values.map((value, i) => detector.observe(10 + i, value).score).slice(8);
  expect(last(long)).toEqual(last(short));
});
