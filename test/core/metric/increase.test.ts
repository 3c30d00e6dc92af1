import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { downscale, increaseOf } from '../../../lib/core/metric/increase.ts';
import type { Distribution, ExponentialBuckets, PointEvent } from '../../../lib/core/model/event.ts';

const START_MS = 1_740_000_000_000;

function point(more: Partial<PointEvent>): PointEvent {
  return {
    ...{ type: 'point', agent: 'svc', name: 'orders', series: 's', temporality: 'cumulative', monotonic: true },
    ...{ startMs: START_MS, atMs: START_MS + 60_000 },
    ...more,
  };
}

const explicit = (counts: number[], bounds = [1, 5]): Distribution => ({
  ...{ count: counts.reduce((sum, n) => sum + n, 0), sum: counts.length, min: 0, max: 9 },
  buckets: { bounds, counts },
});

describe('the increase of a total', () => {
  test('is the difference to the point before', () => {
    expect(increaseOf(point({ value: 12 }), point({ value: 5 }))).toEqual({ value: 7 });
    expect(increaseOf(point({ value: 5 }), point({ value: 5 }))).toEqual({ value: 0 });
  });

  test('is all of it after a reset, told by a new start or by a smaller value, and at first sight', () => {
    expect(increaseOf(point({ value: 12, startMs: START_MS + 1 }), point({ value: 5 }))).toEqual({ value: 12 });
    expect(increaseOf(point({ value: 4 }), point({ value: 5 }))).toEqual({ value: 4 });
    expect(increaseOf(point({ value: 4 }), null)).toEqual({ value: 4 });
  });

  test('of a histogram is one of counts, sum and buckets; the extremes of a total say nothing of what came since', () => {
    const [now, before] = [explicit([4, 3, 1]), explicit([1, 3, 0])];
    expect(
      increaseOf(point({ distribution: { ...now, sum: 30 } }), point({ distribution: { ...before, sum: 12 } })),
    ).toEqual({
      distribution: { count: 4, sum: 18, buckets: { bounds: [1, 5], counts: [3, 0, 1] } },
    });
  });

  test('of a histogram with other buckets than before, or fewer values, is what can still be said', () => {
    const before = point({ distribution: explicit([1, 3, 0]) });
    expect(increaseOf(point({ distribution: explicit([4, 3, 1], [2, 5]) }), before)).toEqual({
      distribution: { count: 4, sum: 0 },
    });
    expect(increaseOf(point({ distribution: explicit([1, 0, 1]) }), before)).toEqual({
      distribution: { count: 2, sum: 3, buckets: { bounds: [1, 5], counts: [1, 0, 1] } },
    });
  });
});

const side = fc.record({
  offset: fc.integer({ min: -40, max: 40 }),
  counts: fc.array(fc.nat(9), { maxLength: 12 }),
});
const buckets: fc.Arbitrary<ExponentialBuckets> = fc.record({
  scale: fc.integer({ min: -2, max: 6 }),
  zeroCount: fc.nat(5),
  positive: side,
  negative: side,
});

/** Values of the buckets with an index, as many of each as are counted: (base ** i, base ** (i + 1)]. */
function indices({ offset, counts }: ExponentialBuckets['positive']): number[] {
  return counts.flatMap((count, i) => new Array<number>(count).fill(offset + i));
}

describe('exponential buckets', () => {
  test('that become wider keep every value, in the bucket that holds its old one', () => {
    fc.assert(
      fc.property(buckets, fc.nat(5), (before, by) => {
        const after = downscale(before, before.scale - by);
        expect(after.zeroCount).toBe(before.zeroCount);
        for (const name of ['positive', 'negative'] as const) {
          expect(indices(after[name])).toEqual(indices(before[name]).map((index) => Math.floor(index / 2 ** by)));
        }
      }),
    );
  });

  test('grow by what was added since, although the scale became smaller in the meantime', () => {
    fc.assert(
      fc.property(buckets, fc.array(fc.nat(9), { maxLength: 12 }), fc.nat(4), (before, more, by) => {
        const { offset, counts } = before.positive;
        const length = Math.max(counts.length, more.length);
        const grown = Array.from({ length }, (_, i) => (counts[i] ?? 0) + (more[i] ?? 0));
        const now = downscale({ ...before, positive: { offset, counts: grown } }, before.scale - by);
        const of = (it: ExponentialBuckets, count: number): PointEvent =>
          point({ distribution: { count, sum: 0, buckets: it } });
        const increase = increaseOf(of(now, 1_000), of(before, 1)) as { distribution: Distribution };
        const added = downscale({ ...before, positive: { offset, counts: more } }, before.scale - by);
        const told = increase.distribution.buckets as ExponentialBuckets;
        expect(indices(told.positive)).toEqual(indices(added.positive));
        expect(indices(told.negative)).toEqual([]);
      }),
    );
  });
});
