import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Reading } from '../../../../lib/core/detect/series/detector.ts';
import { SmoothedRobustZ } from '../../../../lib/core/detect/series/smoothed-robust-z.ts';

function readingsOf(values: readonly number[]): Reading[] {
  const detector = new SmoothedRobustZ();
  return values.map((value, i) => detector.observe(60_000 * i, value));
}

/** Between 9 and 11, without a pattern, and the same each time. */
const quiet = Array.from({ length: 300 }, (_, i) => 10 + Math.sin(i ** 2));

test('at minute 300 the level doubles: one alarm, at once, upwards, with its onset; it ends as the new level is learned', () => {
  const readings = readingsOf([...quiet, ...quiet.map((value) => value + 10)]);
  const alarms = readings.flatMap(({ alarm }, i) => (alarm > 0 ? [i] : []));
  expect(alarms).toEqual([300]);
  expect(readings[299]).toMatchObject({ view: null, onsetMs: null, direction: null });
  expect(readings[305]).toMatchObject({ view: 'level', onsetMs: 300 * 60_000, direction: 'up' });
  expect(readings[305]?.score).toBeGreaterThan(0.5);
  expect(readings.at(-1)).toMatchObject({ onsetMs: null, direction: null });
});

test('a drop is told as one', () => {
  expect(readingsOf([...quiet, 0, 0, 0]).at(-1)?.direction).toBe('down');
});

test('what is expected is the level so far, and the range holds nearly everything ordinary', () => {
  const last = readingsOf(quiet).at(-1);
  expect(last?.expected).toBeCloseTo(10, 0);
  expect(last?.low).toBeLessThan(9);
  expect(last?.high).toBeGreaterThan(11);
});

test('it says nothing within its first 30 points, or of a series that never moved', () => {
  const early = readingsOf([...quiet.slice(0, 29), 1e6]);
  expect(Math.max(...early.map(({ score, alarm }) => Math.max(score, alarm)))).toBe(0);
  const constant = readingsOf(Array(100).fill(7));
  expect(constant.at(-1)).toEqual({
    score: 0,
    alarm: 0,
    expected: null,
    low: null,
    high: null,
    view: null,
    onsetMs: null,
    direction: null,
  });
});

const anySeries = fc.array(fc.integer({ min: -1_000, max: 1_000 }), { minLength: 1, maxLength: 200 });

test('multiplying all values by a constant changes no score', () => {
  fc.assert(
    fc.property(anySeries, fc.integer({ min: -20, max: 20 }), (values, exponent) => {
      const scaled = readingsOf(values.map((value) => value * 2 ** exponent));
      expect(scaled.map(({ score, alarm }) => [score, alarm])).toEqual(
        readingsOf(values).map(({ score, alarm }) => [score, alarm]),
      );
    }),
  );
});

test('scores and alarms are between 0 and 1, and an alarm is never below the score at which an episode begins', () => {
  fc.assert(
    fc.property(anySeries, (values) => {
      for (const { score, alarm } of readingsOf(values)) {
        expect(score >= 0 && score <= 1).toBe(true);
        expect(alarm === 0 || (alarm >= 0.5 && alarm <= 1)).toBe(true);
      }
    }),
  );
});

test.each([Number.NaN, Number.POSITIVE_INFINITY])('%s is refused, as a value and as a time', (bad) => {
  expect(() => new SmoothedRobustZ().observe(0, bad)).toThrow(RangeError);
  expect(() => new SmoothedRobustZ().observe(bad, 0)).toThrow(RangeError);
});
