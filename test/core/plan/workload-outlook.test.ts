import { describe, expect, test } from 'vitest';
import type { WorkloadHistory } from '../../../lib/core/plan/workload-history.ts';
import {
  forecastOf,
  forecastWorkload,
  fromHour,
  type WorkloadOutlook,
} from '../../../lib/core/plan/workload-outlook.ts';

const FROM = 29_000_040;
const HOUR_MS = 3_600_000;
const asked = { whole: null, horizonHours: 48, nowMs: 5 };

function history(perMin: number[]): WorkloadHistory {
  return { from: FROM, imported: 3, perMin: Float64Array.from(perMin) };
}

/** 100 a minute in ten hours of each day and 20 in the others, give or take 5. */
const ofDay = (hour: number) => (hour % 24 >= 8 && hour % 24 < 18 ? 100 : 20) + 5 * Math.sin(hour ** 2);
const days = (count: number) => Array.from({ length: 24 * count }, (_, hour) => ofDay(hour));

describe('the outlook of a scope', () => {
  test('is none where nothing is known of it', () => {
    expect(forecastWorkload('fleet', history([Number.NaN, Number.NaN]), asked)).toBeNull();
  });

  test('goes on with the day that was seen, from the hour after the last', () => {
    const outlook = forecastWorkload('fleet', history(days(14)), asked) as WorkloadOutlook;
    expect(outlook).toMatchObject({
      ...{ scope: 'fleet', madeAtMs: 5, stepMs: HOUR_MS, startMs: (FROM + 14 * 24 * 60) * 60_000 },
      history: { known: 14 * 24, imported: 3, borrowed: 0 },
    });
    expect(outlook.seasonalities[0]?.periodMs).toBeCloseTo(24 * HOUR_MS, -5);
    for (const [hour, mean] of outlook.mean.entries()) expect(Math.abs(mean - ofDay(14 * 24 + hour))).toBeLessThan(15);
    for (const [i, { values }] of outlook.quantiles.entries()) {
      const below = outlook.quantiles[i - 1];
      if (below)
        for (const [hour, value] of values.entries()) expect(value).toBeGreaterThanOrEqual(below.values[hour]!);
    }
  });

  test('has the same day where weeks before are not known', () => {
    const unknown = new Array<number>(21 * 24).fill(Number.NaN);
    const outlook = forecastWorkload('fleet', history([...unknown, ...days(14)]), asked);
    expect(outlook?.seasonalities[0]?.periodMs).toBeCloseTo(24 * HOUR_MS, -5);
    expect(outlook?.history.known).toBe(14 * 24);
  });

  test('of a task type a day old has the days of its whole', () => {
    const whole = history(days(14));
    const young = history(days(14).map((value, hour) => (hour < 13 * 24 ? 0 : value / 4)));
    const outlook = forecastWorkload('taskType:t', young, { ...asked, whole }) as WorkloadOutlook;
    expect(outlook.history).toMatchObject({ known: 14 * 24, borrowed: 13 * 24 });
    for (const [hour, mean] of outlook.mean.entries()) expect(Math.abs(mean - ofDay(hour) / 4)).toBeLessThan(5);
  });
});

describe('hours that are over', () => {
  const outlook: WorkloadOutlook = {
    ...{ scope: 'fleet', madeAtMs: 0, startMs: 10 * HOUR_MS, stepMs: HOUR_MS, mean: [1, 2, 3], members: [] },
    ...{ quantiles: [{ level: 0.9, values: [4, 5, 6] }], seasonalities: [], backtest: null },
    history: { known: 1, imported: 0, borrowed: 0 },
    accuracy: { hours: 0, absoluteError: 0, overshoot: 0, actual: 0, inside80: 0 },
  };

  test('are left out of what capacity is planned by, and of what is shown', () => {
    const at = 11.9 * HOUR_MS;
    expect(forecastOf(outlook, at)).toEqual({
      ...{ startMs: 11 * HOUR_MS, stepMs: HOUR_MS, mean: [2, 3] },
      quantiles: new Map([[0.9, [5, 6]]]),
    });
    expect(fromHour(outlook, at, 1)).toMatchObject({
      ...{ startMs: 11 * HOUR_MS, mean: [2] },
      quantiles: [{ level: 0.9, values: [5] }],
    });
  });

  test('leave nothing once all are', () => {
    expect(forecastOf(outlook, 99 * HOUR_MS).mean).toEqual([]);
    expect(fromHour(outlook, 99 * HOUR_MS, 24).mean).toEqual([]);
  });

  test('none are before it begins', () => {
    expect(fromHour(outlook, 0, 24)).toEqual(outlook);
  });
});
