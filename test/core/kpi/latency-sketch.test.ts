import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  addDuration,
  emptySketch,
  type LatencySketch,
  mergeSketch,
  sketchCount,
  sketchQuantile,
  sketchQuantiles,
} from '../../../lib/core/kpi/latency-sketch.ts';

function sketchOf(durations: readonly number[]): LatencySketch {
  const sketch = emptySketch();
  for (const us of durations) addDuration(sketch, us);
  return sketch;
}

/** The definition: the value of rank ceil(q n), rank 1 at least. */
function exactQuantile(durations: readonly number[], q: number): number {
  const sorted = [...durations].sort((a, b) => a - b);
  return sorted[Math.max(1, Math.ceil(q * sorted.length - 1e-9)) - 1] ?? Number.NaN;
}

const durations = fc.array(fc.integer({ min: 0, max: 10 ** 12 }), { minLength: 1, maxLength: 200 });

describe('a latency sketch', () => {
  test('answers every quantile within 1 % of the exact value, for durations from a microsecond to eleven days', () => {
    fc.assert(
      fc.property(durations, fc.double({ min: 0, max: 1, noNaN: true }), (values, q) => {
        const exact = exactQuantile(values, q);
        const estimate = sketchQuantile(sketchOf(values), q);
        expect(Math.abs((estimate ?? Number.NaN) - exact)).toBeLessThanOrEqual(exact * 0.01);
      }),
    );
  });

  test.each([
    { name: 'exponential', draw: (u: number) => -Math.log(1 - u) * 1e6 },
    { name: 'Pareto with shape 1.1', draw: (u: number) => 1e4 * (1 - u) ** (-1 / 1.1) },
    { name: 'uniform', draw: (u: number) => 1 + u * 3e7 },
    { name: 'bimodal', draw: (u: number) => (u < 0.9 ? 2e3 + u * 100 : 6e7 * u) },
    { name: 'constant', draw: () => 123_457 },
  ])('answers p50, p95 and p99 of 20,000 $name values within 1 %', ({ draw }) => {
    const values = Array.from({ length: 20_000 }, (_, i) => Math.round(draw((i + 0.5) / 20_000)));
    const estimates = sketchQuantiles(sketchOf(values), [0.5, 0.95, 0.99]);
    for (const [i, q] of [0.5, 0.95, 0.99].entries()) {
      const exact = exactQuantile(values, q);
      expect(Math.abs((estimates[i] ?? Number.NaN) / exact - 1)).toBeLessThanOrEqual(0.01);
    }
  });

  test('is the same whichever way its values were grouped and in whatever order they were merged', () => {
    fc.assert(
      fc.property(fc.array(durations, { maxLength: 6 }), fc.nat(), (groups, seed) => {
        const merged = emptySketch();
        const rotated = groups.map((_, i) => groups[(i + seed) % groups.length] ?? []);
        for (const group of rotated) mergeSketch(merged, sketchOf(group));
        const direct = sketchOf(groups.flat());
        expect([...merged.bins].sort(([a], [b]) => a - b)).toEqual([...direct.bins].sort(([a], [b]) => a - b));
        expect(merged.zeros).toBe(direct.zeros);
        expect(sketchCount(merged)).toBe(groups.flat().length);
      }),
    );
  });

  test('takes the 7th of 100 values as the 7 % quantile, although 0.07 × 100 is more than 7 in binary', () => {
    const sketch = sketchOf(Array.from({ length: 100 }, (_, i) => (i + 1) * 1_000_000));
    expect((sketchQuantile(sketch, 0.07) ?? 0) / 7_000_000).toBeCloseTo(1, 1);
  });

  test('has no quantiles when it is empty', () => {
    expect(sketchQuantiles(emptySketch(), [0, 0.5, 1])).toEqual([null, null, null]);
  });

  test.each([-1, 0.5, Number.NaN])('refuses a duration of %s µs', (us) => {
    expect(() => addDuration(emptySketch(), us)).toThrow(RangeError);
  });

  test.each([-0.01, 1.01, Number.NaN])('refuses the quantile %s', (q) => {
    expect(() => sketchQuantile(emptySketch(), q)).toThrow(RangeError);
  });
});
