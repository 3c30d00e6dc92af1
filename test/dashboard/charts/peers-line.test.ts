import { describe, expect, test } from 'vitest';
import { knownPeriod } from '../../../lib/dashboard/charts/known-period.ts';
import { meanOfOthers, peersOf } from '../../../lib/dashboard/charts/peers-line.ts';

describe('what the other agents of a pool had', () => {
  test('is the mean of the pool without what the agent adds to it', () => {
    // 2 tasks of 10 s and 8 of 1 s: mean 2.8 s.
    expect(
      peersOf('average_response_time', [{ at: 0, value: 10_000, n: 2 }], [{ at: 0, value: 2_800, n: 10 }]),
    ).toEqual([{ at: 0, value: 1_000, n: 8 }]);
  });
  test('is that of the pool where the agent did nothing, and nothing where the others did', () => {
    const ofPool = [
      { at: 0, value: 2_000, n: 4 },
      { at: 60_000, value: 5_000, n: 2 },
      { at: 120_000, value: null, n: 0 },
    ];
    const own = [
      { at: 0, value: null, n: 0 },
      { at: 60_000, value: 5_000, n: 2 },
    ];
    expect(peersOf('error_ratio', own, ofPool).map(({ value }) => value)).toEqual([2_000, null, null]);
  });
  test('cannot be told from sums', () => {
    expect(peersOf('overall_throughput', [], [{ at: 0, value: 1, n: 1 }])).toEqual([]);
  });
  test('of throughput, is shared among them', () => {
    expect(meanOfOthers([{ at: 0, value: 4, n: 4 }], [{ at: 0, value: 24, n: 24 }], 11)).toEqual([
      { at: 0, value: 2, n: 20 },
    ]);
    expect(meanOfOthers([{ at: 0, value: 4, n: 4 }], [{ at: 0, value: 4, n: 4 }], 1)).toEqual([]);
  });
});

test('a period begins with the first known value, and is half an hour at least', () => {
  const [minute, hour] = [60_000, 3_600_000];
  const period = { fromMs: 0, toMs: 3 * hour };
  const known = (at: number) => [
    { at: 0, value: null, n: 0 },
    { at, value: 1, n: 1 },
  ];
  expect(knownPeriod(known(hour), period)).toEqual({ fromMs: hour, toMs: 3 * hour });
  expect(knownPeriod(known(3 * hour - minute), period).fromMs).toBe(2.5 * hour);
  expect(knownPeriod([], period).fromMs).toBe(2.5 * hour);
});
