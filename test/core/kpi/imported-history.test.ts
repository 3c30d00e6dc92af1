import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type HistoryLevel, historySteps } from '../../../lib/core/kpi/history-point.ts';
import { importPeriod, rollUpImport, whyOutside } from '../../../lib/core/kpi/imported-history.ts';
import { metricSum } from '../../../lib/core/kpi/metric-rollup.ts';
import { minuteOf } from '../../../lib/core/model/time.ts';

const NOW_MS = Date.parse('2026-03-20T10:30:15Z');
const days = { minute: 14, hour: 90, day: 400 };
const period = importPeriod(NOW_MS, days);
const metric = { name: 'requests', unit: '1', kind: 'gauge' as const };
const levels = Object.keys(historySteps) as HistoryLevel[];
const at = (iso: string) => minuteOf(Date.parse(iso));

describe('history can be brought in', () => {
  test.each([
    // 400 days before 11:30 on 2026-03-20 is 2025-02-13T11:30, and the first whole day after it the 14th.
    { iso: '2025-02-13T23:59:59.999Z', expected: 'too_old' },
    { iso: '2025-02-14T00:00:00Z', expected: null },
    { iso: '2026-03-19T10:29:59.999Z', expected: null },
    { iso: '2026-03-19T10:30:00Z', expected: 'too_recent' },
    { iso: '2027-01-01T00:00:00Z', expected: 'too_recent' },
  ])('of $iso: $expected', ({ iso, expected }) => {
    expect(whyOutside(Date.parse(iso), period)).toBe(expected);
  });

  test('by the minute and the hour only as long as these are kept, with an hour to spare', () => {
    expect(period.keptFrom).toEqual({
      minute: at('2026-03-06T11:30Z'),
      hour: at('2025-12-20T12:00Z'),
      day: at('2025-02-14T00:00Z'),
    });
  });
});

test('a day has all its minutes and hours, those without a point empty, up to 24 hours ago', () => {
  const atMs = Date.parse('2026-03-19T02:05:30Z');
  const [day, ...others] = rollUpImport(metric, [{ atMs, value: 7.5 }], period);
  expect(others).toEqual([]);
  expect(day?.points.minute.map((point) => point.at)).toEqual(
    Array.from({ length: 10 * 60 + 30 }, (_, i) => at('2026-03-19T00:00Z') + i),
  );
  expect(day?.points.hour.map((point) => point.at)).toEqual(
    Array.from({ length: 11 }, (_, i) => at('2026-03-19T00:00Z') + i * 60),
  );
  const filled = levels.flatMap((level) => day?.points[level].filter((point) => point.metric !== null) ?? []);
  expect(filled).toEqual(
    [at('2026-03-19T02:05Z'), at('2026-03-19T02:00Z'), at('2026-03-19T00:00Z')].map((start) => ({
      ...{ scope: 'metric:requests', at: start, figures: null },
      metric: {
        ...{ agent: '', pool: '', ...metric, direction: 'none', count: 1, whole: 7, micro: 500_000 },
        ...{ min: 7.5, max: 7.5, last: { atMs, value: 7.5 } },
      },
    })),
  );
});

test('a day from before minutes are kept has hours and itself, an older one only itself', () => {
  const points = ['2026-02-01T12:00Z', '2025-06-01T12:00Z'].map((iso) => ({ atMs: Date.parse(iso), value: 1 }));
  const counts = rollUpImport(metric, points, period).map(({ points }) => levels.map((level) => points[level].length));
  expect(counts).toEqual([
    [0, 0, 1],
    [0, 24, 1],
  ]);
});

test('no point is lost or doubled, at any level, in whatever order points come', () => {
  const recent = fc.record({
    atMs: fc.integer({ min: Date.parse('2026-03-08T00:00Z'), max: Date.parse('2026-03-19T10:29:59Z') }),
    value: fc.integer({ min: -1_000_000, max: 1_000_000 }).map((millionths) => millionths / 1_000),
  });
  fc.assert(
    fc.property(fc.array(recent, { minLength: 1, maxLength: 60 }), (points) => {
      const rolledUp = rollUpImport(metric, points, period);
      for (const level of levels) {
        const steps = rolledUp.flatMap((day) => day.points[level]);
        expect(new Set(steps.map((step) => step.at)).size).toBe(steps.length);
        for (const step of steps) {
          const within = points.filter(
            ({ atMs }) => minuteOf(atMs) >= step.at && minuteOf(atMs) < step.at + historySteps[level],
          );
          expect(step.metric?.count ?? 0).toBe(within.length);
          if (!step.metric) continue;
          expect(metricSum(step.metric)).toBeCloseTo(
            within.reduce((sum, { value }) => sum + value, 0),
            6,
          );
          expect(step.metric.min).toBe(Math.min(...within.map(({ value }) => value)));
          expect(step.metric.max).toBe(Math.max(...within.map(({ value }) => value)));
        }
        expect(steps.reduce((sum, step) => sum + (step.metric?.count ?? 0), 0)).toBe(points.length);
      }
      expect(rollUpImport(metric, points.toReversed(), period)).toEqual(rolledUp);
    }),
    { numRuns: 40 },
  );
});
