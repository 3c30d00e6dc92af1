import fc from 'fast-check';
import { expect, test } from 'vitest';
import { autocorrelation, periodogram } from '../../../lib/core/forecast/periodogram.ts';

const series = fc.array(fc.double({ min: -100, max: 100, noNaN: true }), { minLength: 4, maxLength: 60 });

test('each power is that of the sum by definition', () => {
  fc.assert(
    fc.property(series, fc.integer({ min: 1, max: 4 }), (values, padding) => {
      const { size, power } = periodogram(values, padding);
      expect(size).toBeGreaterThanOrEqual(values.length * padding);
      for (const i of [0, 1, size / 2]) {
        let [real, imaginary] = [0, 0];
        for (const [t, x] of values.entries()) {
          real += x * Math.cos((2 * Math.PI * i * t) / size);
          imaginary -= x * Math.sin((2 * Math.PI * i * t) / size);
        }
        expect(power[i]).toBeCloseTo((real ** 2 + imaginary ** 2) / values.length, 4);
      }
    }),
  );
});

test('each autocorrelation is that of the products by definition', () => {
  fc.assert(
    fc.property(series, (raw) => {
      const mean = raw.reduce((sum, x) => sum + x, 0) / raw.length;
      const values = raw.map((x) => x - mean);
      const squares = values.reduce((sum, x) => sum + x * x, 0);
      fc.pre(squares > 1e-3);
      const found = autocorrelation(periodogram(values, 2), values.length - 1);
      for (const lag of [0, 1, values.length - 1]) {
        const products = values.slice(lag).reduce((sum, x, t) => sum + x * (values[t] as number), 0);
        expect(found[lag]).toBeCloseTo(products / squares, 6);
      }
    }),
  );
});

test('what never varies goes with nothing', () => {
  expect([...autocorrelation(periodogram([0, 0, 0, 0], 2), 3)]).toEqual([0, 0, 0, 0]);
});
