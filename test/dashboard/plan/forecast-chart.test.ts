import { describe, expect, it } from 'vitest';
import type { SeriesAnswer } from '../../../lib/dashboard/answers.ts';
import type { ForecastAnswer } from '../../../lib/dashboard/plan/forecast-answer.ts';
import { chartStart, forecastChart } from '../../../lib/dashboard/plan/forecast-chart.ts';
import { breachOf } from '../../../lib/dashboard/plan/forecast-words.ts';

const HOUR_MS = 3_600_000;
const START_MS = Date.parse('2026-11-24T10:00:00Z');
const NOW_MS = START_MS + HOUR_MS / 2;

const point = (hour: number, q50: number) => ({
  ...{ at: START_MS + hour * HOUR_MS, mean: q50, q50 },
  ...{ q025: q50 - 20, q10: q50 - 10, q90: q50 + 10, q975: q50 + 20 },
});
const forecast: ForecastAnswer = {
  ...{ scope: 'pool:writers', unit: '1/min', stepMs: HOUR_MS, model: 'm', madeAt: null, seasonalities: [] },
  points: [point(0, 100), point(1, 140), point(2, 120)],
  history: { known: 5, imported: 0, borrowed: 0 },
  ...{ accuracy: null, leads: [], backtest: null },
  capacity: {
    ...{ status: 'known', pool: 'writers', capacityPerMin: 130 },
    saturation: {
      ...{ at: '2026-11-24T11:15:00Z', earliestAt: null, latestAt: null },
      ...{ chance: 0.7, reason: null },
    },
  },
};
const own: SeriesAnswer = {
  ...{ kpi: 'error_ratio', scope: 'pool:writers', unit: 'ratio', stepMs: 600_000 },
  points: [
    { at: START_MS - 600_000, value: 0, n: 950 },
    { at: START_MS, value: null, n: 0 },
  ],
};
const drawn = (of: ForecastAnswer) =>
  forecastChart(of, { own, imported: undefined }, breachOf(of.capacity, of.scope, NOW_MS), {
    fromMs: START_MS - HOUR_MS,
    nowMs: NOW_MS,
  });

describe('the chart of a forecast', () => {
  it('has the median and both bands in the middle of each hour', () => {
    const { lines, bands, period } = drawn(forecast);
    const [first] = lines.find(({ style }) => style === 'expected')!.points;
    expect(first).toEqual({ atMs: START_MS + HOUR_MS / 2, value: 100 });
    expect(bands!.map(({ label, points }) => [label, points[1]])).toEqual([
      ['95 %', { atMs: START_MS + 1.5 * HOUR_MS, low: 120, high: 160 }],
      ['80 %', { atMs: START_MS + 1.5 * HOUR_MS, low: 130, high: 150 }],
    ]);
    expect(period).toEqual({ fromMs: START_MS - HOUR_MS, toMs: START_MS + 3 * HOUR_MS });
  });

  it('has what came in tasks a minute, and nothing where nothing is known', () => {
    const [came] = drawn(forecast).lines;
    // 950 tasks in ten minutes.
    expect(came).toMatchObject({ style: 'main', points: [{ atMs: START_MS - 300_000, value: 95 }] });
  });

  it('marks the capacity and when it is reached', () => {
    const { levels, marks, summary } = drawn(forecast);
    expect(levels).toEqual([{ label: 'capacity of pool writers', value: 130 }]);
    expect(marks).toContainEqual({
      atMs: Date.parse('2026-11-24T11:15:00Z'),
      label: 'full 11:15 UTC',
      kind: 'breach',
    });
    expect(summary).toContain('busiest hour from 11:00, median 140');
  });

  it('leaves out a capacity so far above that the rest would be flat', () => {
    expect(drawn({ ...forecast, capacity: { ...forecast.capacity!, capacityPerMin: 5_000 } }).levels).toEqual([]);
  });
});

it('begins with what is known, and shows an eighth of the horizon of the past at least', () => {
  const bounds = { earliestMs: START_MS - 24 * HOUR_MS, startMs: START_MS, lengthMs: 24 * HOUR_MS };
  expect(chartStart({ own, imported: undefined }, bounds)).toBe(START_MS - 3 * HOUR_MS);
  const long = { ...own, points: [{ at: START_MS - 30 * HOUR_MS, value: 0, n: 1 }] };
  expect(chartStart({ own: long, imported: undefined }, bounds)).toBe(bounds.earliestMs);
});
