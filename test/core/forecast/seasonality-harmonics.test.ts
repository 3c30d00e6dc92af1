import { describe, expect, test } from 'vitest';
import { fitHarmonics } from '../../../lib/core/forecast/seasonality-harmonics.ts';
import { innovationOf } from '../../../lib/core/forecast/seasonality-innovation.ts';
import { createRandom } from '../../../lib/sim/random.ts';

describe('a fit of waves', () => {
  const values = Float64Array.from({ length: 101 }, (_, t) => {
    return 5 + 0.2 * t + 3 * Math.cos((2 * Math.PI * t) / 17.3) - 2 * Math.sin((6 * Math.PI * t) / 17.3);
  });

  test('leaves nothing of a line and the waves that it is made of', () => {
    const fit = fitHarmonics(values, 17.3, 4);
    expect(new Set(fit.waves.slice(0, 2))).toEqual(new Set([1, 3]));
    expect(Math.max(...fit.rest(2).map(Math.abs))).toBeLessThan(1e-9);
    expect(fit.left[2]).toBeLessThan(1e-6);
  });

  test('tells the sum of squares of what it leaves', () => {
    const random = createRandom(1, 'rest');
    const noisy = values.map((x) => x + random.normal(0, 1));
    const fit = fitHarmonics(noisy, 20, 6);
    for (const k of [0, 1, 3, 6]) {
      const squares = fit.rest(k).reduce((sum, x) => sum + x * x, 0);
      expect(fit.left[k]).toBeCloseTo(squares, 6);
    }
  });

  test('takes a wave of two steps a cycle, whose sine is 0 at every point', () => {
    const alternating = Float64Array.from({ length: 21 }, (_, t) => (t % 2 === 0 ? 1 : -1));
    expect(fitHarmonics(alternating, 2, 1).left[1]).toBeLessThan(1e-9);
  });
});

describe('the innovation of a series', () => {
  const random = createRandom(2, 'autoregression');
  let [last, before] = [0, 0];
  const values = Float64Array.from({ length: 5_000 }, () => {
    const value = 1.2 * last - 0.5 * before + random.normal(0, 2);
    [before, last] = [last, value];
    return value;
  });

  test('is that of the autoregression that it was made by', () => {
    const { order, coefficients, variance } = innovationOf(values, 10);
    expect(order).toBe(2);
    expect(coefficients[0]).toBeCloseTo(1.2, 1);
    expect(coefficients[1]).toBeCloseTo(-0.5, 1);
    expect(variance / 4).toBeCloseTo(1, 1);
  });

  test('has no order where nothing is remembered, and a tiny variance where nothing varies', () => {
    const white = Float64Array.from({ length: 2_000 }, () => random.normal(0, 1));
    expect(innovationOf(white, 10).order).toBe(0);
    expect(innovationOf(new Float64Array(50), 5)).toMatchObject({ order: 0, coefficients: [] });
  });
});
