import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { accuracyAfter, accuracyShown, noAccuracy } from '../../../lib/core/plan/forecast-accuracy.ts';

const FROM = 29_000_040;
const made = (mean: number[], low: number[], high: number[]) => ({
  startMs: (FROM + 60) * 60_000,
  mean,
  quantiles: [
    { level: 0.1, values: low },
    { level: 0.9, values: high },
  ],
  accuracy: noAccuracy,
});
const came = (...perMin: number[]) => ({ from: FROM, imported: 0, perMin: Float64Array.from(perMin) });

describe('how a forecast turned out', () => {
  test('is shown once an hour of it has come: 12 for 10 is off by a sixth, too low, and inside 8 to 13', () => {
    const forecast = made([10, 10], [8, 8], [13, 13]);
    expect(accuracyShown(accuracyAfter(forecast, came(99)))).toBeNull();
    expect(accuracyShown(accuracyAfter(forecast, came(99, 12)))).toEqual({
      ...{ hours: 1, errorRatio: 2 / 12, biasRatio: -2 / 12, inside80: 1 },
    });
  });

  test('counts later hours more, and leaves out those of which nothing is known', () => {
    // 0.9935 · 10 and 5 off, of 0.9935 · 20 and 15.
    const shown = accuracyShown(
      accuracyAfter(made([10, 10, 10], [9, 9, 9], [11, 11, 11]), came(1, 20, Number.NaN, 15)),
    );
    expect(shown?.errorRatio).toBeCloseTo((0.9935 * 10 + 5) / (0.9935 * 20 + 15), 12);
    expect(shown).toMatchObject({ hours: 2, inside80: 0 });
  });

  test('has no ratio where nothing came', () => {
    expect(accuracyShown(accuracyAfter(made([1], [0], [2]), came(0, 0)))).toEqual({
      ...{ hours: 1, errorRatio: null, biasRatio: null, inside80: 1 },
    });
  });

  test('never counts for more than the last 154 hours, and its shares stay shares', () => {
    const values = fc.array(fc.double({ min: 0, max: 100, noNaN: true }), { minLength: 300, maxLength: 400 });
    fc.assert(
      fc.property(values, (perMin) => {
        const mean = perMin.map(() => 50);
        const forecast = made(
          mean,
          mean.map(() => 30),
          mean.map(() => 70),
        );
        const shown = accuracyShown(accuracyAfter(forecast, came(0, ...perMin)));
        expect(shown?.hours).toBeLessThan(154);
        expect(shown?.inside80).toBeGreaterThanOrEqual(0);
        expect(shown?.inside80).toBeLessThanOrEqual(1);
        expect(Math.abs(shown?.biasRatio ?? 0)).toBeLessThanOrEqual((shown?.errorRatio ?? 0) + 1e-9);
      }),
      { numRuns: 20 },
    );
  });
});
