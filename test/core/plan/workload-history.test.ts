import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { emptyFigures } from '../../../lib/core/kpi/figures.ts';
import type { HistoryPoint } from '../../../lib/core/kpi/history-point.ts';
import { countObservation, emptyMetricRollup } from '../../../lib/core/kpi/metric-rollup.ts';
import { forecastMetrics } from '../../../lib/core/plan/forecast-metric.ts';
import { metricHistory } from '../../../lib/core/plan/metric-history.ts';
import {
  knownHours,
  type WorkloadHistory,
  withBorrowedPast,
  workloadHistory,
} from '../../../lib/core/plan/workload-history.ts';

const FROM = 29_000_040;
const span = (hours: number) => ({ from: FROM, to: FROM + 60 * hours });

/** So many tasks in an hour. */
function did(hour: number, tasks: number, costUsd = 0): HistoryPoint {
  const figures = emptyFigures();
  Object.assign(figures.tasks.counters, { completed: tasks, costNanoUsd: costUsd * 1e9 });
  return { scope: 's', at: FROM + 60 * hour, figures, metric: null };
}

/** What a metric was observed to be in an hour. */
function told(hour: number, values: readonly number[], kind: 'gauge' | 'counter' = 'gauge'): HistoryPoint {
  const about = { agent: '', pool: '', name: 'm', unit: 'x', kind, direction: 'none' as const };
  const metric = emptyMetricRollup(about);
  for (const value of values) countObservation(metric, { ...about, atMs: 0, value });
  return { scope: 's', at: FROM + 60 * hour, figures: null, metric };
}

const NONE = Number.NaN;

describe('the workload of a scope', () => {
  test('is tasks a minute of each hour: none where others were heard of, unknown where nobody was', () => {
    const fleet = [did(0, 120), did(1, 120), did(3, 60)];
    const { perMin, imported } = workloadHistory(span(5), [did(0, 60), did(3, 30)], fleet, []);
    expect([...perMin]).toEqual([1, 0, NONE, 0.5, NONE]);
    expect(imported).toBe(0);
  });

  test('is what was brought in where the fleet is silent, and what was counted where it is not', () => {
    const fleet = [did(2, 120), did(3, 120)];
    const brought = [told(0, [3, 5]), told(1, [6]), told(3, [9])];
    // The fleet began somewhere in hour 2: that hour is left out.
    expect([...workloadHistory(span(5), fleet, fleet, brought).perMin]).toEqual([4, 6, NONE, 2, NONE]);
    expect(workloadHistory(span(5), fleet, fleet, brought).imported).toBe(2);
    const all = [told(0, [3]), told(2, [7])];
    expect([...workloadHistory(span(4), fleet, fleet, all).perMin]).toEqual([3, NONE, 7, 2]);
  });

  test('leaves out the hour in which the fleet began, but for the only one, and for the start of the period', () => {
    const of = (points: HistoryPoint[]) => [...workloadHistory(span(3), points, points, []).perMin];
    expect(of([did(1, 6), did(2, 60)])).toEqual([NONE, NONE, 1]);
    expect(of([did(1, 6)])).toEqual([NONE, 0.1, NONE]);
    expect(of([did(0, 6), did(1, 60)])).toEqual([0.1, 1, NONE]);
  });

  test('may be another amount of its tasks: 1.20 USD in an hour are 0.02 a minute', () => {
    const fleet = [did(0, 60, 1.2), did(1, 60)];
    const { perMin } = workloadHistory(span(2), fleet, fleet, [], forecastMetrics.cost_usd.amountOf);
    expect([...perMin]).toEqual([0.02, 0]);
  });

  test('of a scope never heard of is nothing wherever the fleet is known', () => {
    const history = workloadHistory(span(3), [], [did(0, 5), did(2, 5)], []);
    expect([...history.perMin]).toEqual([0, NONE, 0]);
    expect(knownHours(history)).toBe(2);
  });
});

test('a custom metric is the mean of a gauge, and what a counter grew by in a minute', () => {
  const gauge = metricHistory(span(3), [told(0, [2, 4]), told(2, [])]);
  expect([[...gauge.history.perMin], gauge.unit]).toEqual([[3, NONE, NONE], 'x']);
  const counter = metricHistory(span(2), [told(1, [30, 60], 'counter')]);
  expect([[...counter.history.perMin], counter.unit]).toEqual([[NONE, 1.5], 'x/min']);
});

describe('a young scope', () => {
  const history = (perMin: number[]): WorkloadHistory => ({
    ...{ from: FROM, imported: 0 },
    perMin: Float64Array.from(perMin),
  });

  test('has the past of the whole at its share', () => {
    // A quarter of the whole since it came: 2 of 8 and 4 of 16.
    const { history: made, borrowed } = withBorrowedPast(history([0, NONE, 0, 2, 4]), history([40, NONE, 20, 8, 16]));
    expect([...made.perMin]).toEqual([10, NONE, 5, 2, 4]);
    expect(borrowed).toBe(2);
  });

  test.each([
    { name: 'that is as old as the whole', young: [1, 2], whole: [4, 4] },
    { name: 'that has done nothing', young: [0, 0], whole: [4, 4] },
    { name: 'of a whole that did nothing before', young: [0, 1], whole: [0, 4] },
  ])('$name borrows nothing', ({ young, whole }) => {
    expect(withBorrowedPast(history(young), history(whole))).toEqual({ history: history(young), borrowed: 0 });
  });

  test('that always was a share of the whole gets back what it was', () => {
    const hours = fc.array(fc.double({ min: 0.1, max: 1_000, noNaN: true }), { minLength: 2, maxLength: 60 });
    fc.assert(
      fc.property(hours, fc.double({ min: 0.01, max: 1, noNaN: true }), fc.nat(), (whole, share, at) => {
        const first = at % whole.length;
        const young = whole.map((value, hour) => (hour < first ? 0 : value * share));
        const { history: made, borrowed } = withBorrowedPast(history(young), history(whole));
        expect(borrowed).toBe(first);
        for (const [hour, value] of whole.entries()) expect(made.perMin[hour]).toBeCloseTo(value * share, 6);
      }),
    );
  });
});
