import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { forecastSeries } from '../../../lib/core/forecast/forecast-series.ts';
import { forecastMembers } from '../../../lib/core/forecast/members/registry.ts';
import { createRandom } from '../../../lib/sim/random.ts';

const LEVELS = [0.1, 0.5, 0.9];

/** Work of hours with a day and a week in it, and chance. */
function hoursOfWork(count: number, seed: number, { noise = 5, from = 0 } = {}): number[] {
  const random = createRandom(seed, 'workload');
  return Array.from(
    { length: count },
    (_, i) => expectedWork(from + i) + noise * (random.uniform() + random.uniform() - 1),
  );
}

function expectedWork(hour: number): number {
  const day = Math.floor(hour / 24) % 7;
  return 100 + 40 * Math.sin((2 * Math.PI * hour) / 24) - (day >= 5 ? 30 : 0);
}

function meanError(forecast: readonly number[], truth: (step: number) => number): number {
  return forecast.reduce((sum, value, step) => sum + Math.abs(value - truth(step)), 0) / forecast.length;
}

describe('a forecast', () => {
  test('goes on with the day and the week of a series', () => {
    const values = hoursOfWork(24 * 35, 1);
    const { mean } = forecastSeries({ values, periods: [24, 168], horizon: 48, levels: LEVELS });
    expect(meanError(mean, (step) => expectedWork(24 * 35 + step))).toBeLessThan(3);
  });

  test('has as much between its levels as comes to lie there', () => {
    let [inside, count] = [0, 0];
    for (let seed = 1; seed <= 20; seed += 1) {
      const values = hoursOfWork(24 * 25, seed, { noise: 20 });
      const past = values.slice(0, -24);
      const { quantiles } = forecastSeries({ values: past, periods: [24, 168], horizon: 24, levels: [0.1, 0.9] });
      const [low, high] = quantiles.map((it) => it.values);
      for (const [step, value] of values.slice(-24).entries()) {
        inside += value >= (low?.[step] ?? 0) && value <= (high?.[step] ?? 0) ? 1 : 0;
        count += 1;
      }
    }
    expect(inside / count).toBeGreaterThan(0.7);
    expect(inside / count).toBeLessThan(0.93);
  });

  test('follows a new level within a day', () => {
    const values = hoursOfWork(24 * 28, 3).map((value, hour) => (hour >= 24 * 27 ? 2 * value : value));
    const { mean } = forecastSeries({ values, periods: [24, 168], horizon: 24, levels: LEVELS });
    expect(meanError(mean, (step) => 2 * expectedWork(24 * 28 + step))).toBeLessThan(40);
  });

  test('is hardly worse for values that are missing', () => {
    const whole = hoursOfWork(24 * 28, 4);
    const random = createRandom(9, 'workload');
    const holes = whole.map((value, hour) =>
      random.uniform() < 0.1 || (hour > 300 && hour < 320) ? Number.NaN : value,
    );
    const error = (values: number[]) =>
      meanError(forecastSeries({ values, periods: [24, 168], horizon: 24, levels: LEVELS }).mean, (step) =>
        expectedWork(24 * 28 + step),
      );
    expect(error(holes)).toBeLessThan(1.5 * error(whole) + 1);
  });

  test('of work that comes now and then allows for none and for much', () => {
    const random = createRandom(5, 'workload');
    const values = Array.from({ length: 600 }, () => (random.uniform() < 0.1 ? 20 : 0));
    const { mean, quantiles } = forecastSeries({ values, periods: [24], horizon: 24, levels: [0.1, 0.99] });
    expect(Math.min(...mean)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...(quantiles[0]?.values ?? []))).toBe(0);
    expect(Math.min(...(quantiles[1]?.values ?? []))).toBeGreaterThan(10);
  });

  test('says what it was put together from, and how far off that was', () => {
    const values = hoursOfWork(24 * 21, 6);
    const { members, backtest } = forecastSeries({ values, periods: [24, 168], horizon: 24, levels: LEVELS });
    expect(members.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1, 9);
    expect(members.map(({ weight }) => weight)).toEqual(members.map(({ weight }) => weight).sort((a, b) => b - a));
    expect(backtest?.origins).toBeGreaterThan(10);
    // Chance of ±5 is 1.67 off in the mean.
    expect(backtest?.meanAbsoluteError).toBeGreaterThan(1);
    expect(backtest?.meanAbsoluteError).toBeLessThan(4);
  });

  test.each([
    { name: 'one value', values: [7] },
    { name: 'three values', values: [7, 9, 8] },
    { name: 'less than two seasons', values: hoursOfWork(30, 7) },
    { name: 'two seasons and a half', values: hoursOfWork(60, 8) },
  ])('of $name grows less certain with the steps ahead', ({ values }) => {
    const { mean, quantiles, backtest } = forecastSeries({ values, periods: [24, 168], horizon: 25, levels: LEVELS });
    const widths = mean.map((_, step) => (quantiles[2]?.values[step] ?? 0) - (quantiles[0]?.values[step] ?? 0));
    expect(backtest).toBeNull();
    expect(widths[0]).toBeGreaterThan(0);
    expect(widths[24]).toBeGreaterThan(widths[0] ?? 0);
  });

  test.each([
    {
      name: 'no known value',
      request: { values: [Number.NaN], periods: [], horizon: 1, levels: LEVELS },
      says: 'one known value',
    },
    { name: 'a horizon of 0', request: { values: [1], periods: [], horizon: 0, levels: LEVELS }, says: 'got 0' },
    {
      name: 'a level of 1',
      request: { values: [1], periods: [], horizon: 1, levels: [1] },
      says: 'within (0, 1); got 1',
    },
    { name: 'a period of 1.5', request: { values: [1], periods: [1.5], horizon: 1, levels: [] }, says: 'got 1.5' },
  ])('refuses $name', ({ request, says }) => {
    expect(() => forecastSeries(request)).toThrow(says);
  });
});

const anySeries = fc.array(
  fc.oneof(
    { arbitrary: fc.double({ min: -1e6, max: 1e6, noNaN: true }), weight: 5 },
    { arbitrary: fc.constantFrom(0, 0, 1), weight: 3 },
    { arbitrary: fc.constant(Number.NaN), weight: 1 },
  ),
  { minLength: 1, maxLength: 150 },
);

describe('whatever a series holds', () => {
  const request = fc.record({
    values: anySeries.filter((values) => values.some((value) => !Number.isNaN(value))),
    periods: fc.uniqueArray(fc.integer({ min: 2, max: 30 }), { maxLength: 3 }),
    horizon: fc.integer({ min: 1, max: 30 }),
    levels: fc.constant([0.05, 0.5, 0.95]),
  });

  test('its forecast is finite, as long as asked for, and no level lies below a lower one', () => {
    fc.assert(
      fc.property(request, (asked) => {
        const { mean, quantiles } = forecastSeries(asked);
        expect(mean).toHaveLength(asked.horizon);
        expect(mean.every(Number.isFinite)).toBe(true);
        for (const [i, { values }] of quantiles.entries()) {
          expect(values).toHaveLength(asked.horizon);
          const above = quantiles[i + 1]?.values ?? values;
          expect(values.every((value, step) => Number.isFinite(value) && value <= (above[step] ?? value))).toBe(true);
        }
      }),
      { numRuns: 150 },
    );
  });

  test('what never was below zero is not forecast below zero', () => {
    fc.assert(
      fc.property(request, (asked) => {
        const values = asked.values.map(Math.abs);
        const { mean, quantiles } = forecastSeries({ ...asked, values });
        expect(Math.min(...mean, ...quantiles.flatMap((it) => it.values))).toBeGreaterThanOrEqual(0);
      }),
      { numRuns: 100 },
    );
  });

  test('a forecast knows nothing of what comes after its origin', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 100, noNaN: true }), { minLength: 160, maxLength: 160 }),
        fc.integer({ min: 60, max: 150 }),
        (values, origin) => {
          const changed = values.map((value, at) => (at < origin ? value : 1_000 - value));
          for (const member of forecastMembers) {
            const [before, after] = [values, changed].map(
              (series) => member.forecast(Float64Array.from(series), [origin, 155], 4, [12, 24])?.[0],
            );
            expect(after, member.name).toEqual(before);
          }
        },
      ),
      { numRuns: 30 },
    );
  });

  test('a forecast tried at an origin is the one that would have been made there', () => {
    const values = Float64Array.from(hoursOfWork(400, 11));
    for (const member of forecastMembers) {
      const tried = member.forecast(values, [250, 300, 400], 24, [24]);
      const made = member.forecast(values.slice(0, 300), [250, 300], 24, [24]);
      expect(tried?.[1], member.name).toEqual(made?.[1]);
    }
  });
});

test('values a thousand times as large are forecast a thousand times as large', () => {
  const values = hoursOfWork(24 * 21, 12);
  const [small, large] = [1, 1_000].map((factor) =>
    forecastSeries({ values: values.map((value) => factor * value), periods: [24], horizon: 12, levels: LEVELS }),
  );
  for (const [step, value] of (small?.mean ?? []).entries())
    expect((large?.mean[step] ?? 0) / value).toBeCloseTo(1_000, 3);
});
