import { expect, test } from 'vitest';
import { plainReading } from '../../../bench/detect/baselines/plain-reading.ts';
import { findShifts, placesIn } from '../../../bench/detect/find-shifts.ts';
import { injectShift } from '../../../bench/detect/inject-shift.ts';
import { judge } from '../../../bench/detect/judge.ts';
import type { LabelledSeries } from '../../../bench/detect/labelled-series.ts';
import type { SeriesDetector } from '../../../lib/core/detect/series/detector.ts';

function series(v: readonly number[], windows: LabelledSeries['windows'] = []): LabelledSeries {
  return { id: 'made', category: 'made', t: v.map((_, i) => 60 * i), v, windows };
}

test('values before a shift stay, and it ends where it has to be found by', () => {
  const shifted = injectShift(Array(1_000).fill(10), 'x1.3', 300);
  expect(shifted).toHaveLength(444);
  expect(shifted.slice(298, 302)).toEqual([10, 10, 13, 13]);
});

test.each([
  { shift: 'x2', expected: [4, 8] },
  { shift: 'x0.5', expected: [1, 2] },
  { shift: 'ramp', expected: [2 * (1 + 1 / 144), 4 * (1 + 2 / 144)] },
  // The mean of 13 points that alternate between 2 and 4 is 38/13 around a 2 and 40/13 around a 4.
  { shift: 'noise x3', expected: [38 / 13 + 3 * (2 - 38 / 13), 40 / 13 + 3 * (4 - 40 / 13)] },
] as const)('$shift of 2 and 4, by hand', ({ shift, expected }) => {
  const values = Array.from({ length: 1_000 }, (_, i) => (i % 2 === 0 ? 2 : 4));
  const [first, second] = injectShift(values, shift, 400).slice(400);
  expect(first).toBeCloseTo(expected[0], 12);
  expect(second).toBeCloseTo(expected[1], 12);
});

test('a ramp ends at double', () => {
  expect(injectShift(Array(1_000).fill(5), 'ramp', 400).at(-1)).toBe(10);
});

test('shifts keep away from labelled anomalies by what they last', () => {
  const v = Array(1_000).fill(1);
  expect(placesIn(series(v))).toEqual([400, 700]);
  expect(placesIn(series(v, [[300, 310]]))).toEqual([455, 700]);
  expect(placesIn(series(v, [[500, 510]]))).toEqual([655, 700]);
  expect(placesIn(series(v.slice(0, 200)))).toEqual([]);
});

/** Wakes someone while values are far from 10. */
function beyond(limit: number): SeriesDetector {
  return { observe: (_atMs, value) => plainReading(Math.abs(value - 10) > limit ? 1 : 0), state: () => null };
}

test('a detector of large changes finds those, and nothing where nothing is injected', () => {
  const steady = series(Array(2_000).fill(10));
  const found = findShifts([judge(steady, beyond(4))], () => beyond(4));
  expect(found.byShift).toEqual({ x2: 1, 'x1.3': 0, 'x0.5': 1, ramp: 1, 'noise x3': 0 });
  expect(found).toMatchObject({ all: 0.6, chance: 0, falseAlarmsPerThousand: 0, places: 2 });
});

test('one that is always on finds nothing at the rate it is held to', () => {
  const steady = series(Array(2_000).fill(10));
  const found = findShifts([judge(steady, beyond(-1))], () => beyond(-1));
  expect(found).toMatchObject({ all: 0, chance: 0 });
});
