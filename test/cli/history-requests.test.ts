import fc from 'fast-check';
import { expect, test } from 'vitest';
import { historyRequests } from '../../lib/cli/import/history-requests.ts';

const DAY_MS = 86_400_000;
const START_MS = Date.parse('2026-01-01T00:00:00Z');
const dayOf = ({ atMs }: { atMs: number }) => Math.floor(atMs / DAY_MS);
const seriesOf = (times: readonly number[]) => ({
  ...{ metric: 'm', called: 'm', unit: undefined },
  points: times.map((atMs, i) => ({ atMs, value: 1 + (i % 7), place: `line ${i + 2}` })),
});

test('a day is in one request, at most 10,000 points and 100 days are in each, and no point is lost', () => {
  const day = fc.record({ day: fc.integer({ min: 0, max: 250 }), count: fc.integer({ min: 1, max: 4_000 }) });
  fc.assert(
    fc.property(fc.array(day, { minLength: 1, maxLength: 12 }), (given) => {
      const times = given.flatMap(({ day, count }) =>
        Array.from({ length: count }, (_, i) => START_MS + day * DAY_MS + ((i * 7_919_000) % DAY_MS)),
      );
      const onOneDay = Math.max(
        ...[...Map.groupBy(times, (atMs) => dayOf({ atMs })).values()].map((its) => its.length),
      );
      fc.pre(onOneDay <= 10_000);
      const series = seriesOf(times);
      const { requests, summedUp } = historyRequests(series, 'gauge');
      expect(summedUp).toBe(0);
      const days = requests.map(({ points }) => new Set(points.map(dayOf)));
      expect(days.reduce((sum, its) => sum + its.size, 0)).toBe(new Set(times.map((atMs) => dayOf({ atMs }))).size);
      for (const [i, { points }] of requests.entries()) {
        expect(points.length).toBeLessThanOrEqual(10_000);
        expect(days[i]?.size).toBeLessThanOrEqual(100);
      }
      const sent = requests.flatMap(({ points }) => points);
      expect(sent).toEqual(series.points.toSorted((a, b) => a.atMs - b.atMs));
    }),
    { numRuns: 25 },
  );
});

test.each([
  // Every five seconds of a day; values go 1 to 7 over and over.
  { kind: 'gauge' as const, sum: 4 * 1_440 },
  { kind: 'counter' as const, sum: 4 * 17_280 },
])('a day of more than 10,000 points is summed up by the minute: a $kind', ({ kind, sum }) => {
  const times = Array.from({ length: 17_280 }, (_, i) => START_MS + i * 5_000);
  const { requests, summedUp } = historyRequests(seriesOf(times), kind);
  expect(summedUp).toBe(1);
  expect(requests.map(({ points }) => points.length)).toEqual([1_440]);
  const sent = requests.flatMap(({ points }) => points.map(({ value }) => value)).reduce((a, b) => a + b, 0);
  expect(Math.abs(sent / sum - 1)).toBeLessThan(1e-3);
});
