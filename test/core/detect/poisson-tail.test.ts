import fc from 'fast-check';
import { expect, test } from 'vitest';
import { poissonTail } from '../../../lib/core/detect/poisson-tail.ts';

// Expected values: the series, summed to 1,500 terms in 60 decimal digits.
test.each([
  { count: 0, mean: 3, tail: 1 },
  { count: 1, mean: 0.1, tail: 0.0951625819640404 },
  { count: 4, mean: 0.5, tail: 0.00175162255629082 },
  { count: 3, mean: 0.029, tail: 3.97744055542781e-6 },
  { count: 8, mean: 0.64, tail: 3.96058744312825e-7 },
  { count: 10, mean: 10, tail: 0.542070285528148 },
  { count: 90, mean: 120, tail: 0.998139118517365 },
  { count: 200, mean: 120, tail: 1.63778414490689e-11 },
])('P(X >= $count) of a mean of $mean is $tail', ({ count, mean, tail }) => {
  expect(Math.abs(poissonTail(count, mean) / tail - 1)).toBeLessThan(1e-12);
});

test('nothing comes where none does on average', () => {
  expect(poissonTail(5, 0)).toBe(0);
});

test('more is less likely, and likelier where more come on average', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 500 }), fc.double({ min: 0, max: 300, noNaN: true }), (count, mean) => {
      const tail = poissonTail(count, mean);
      expect(tail).toBeGreaterThanOrEqual(0);
      expect(tail).toBeLessThanOrEqual(1);
      expect(poissonTail(count + 1, mean)).toBeLessThanOrEqual(tail * (1 + 1e-12));
      expect(poissonTail(count, mean + 1)).toBeGreaterThanOrEqual(tail * (1 - 1e-12));
    }),
  );
});

test.each([
  [-1, 1],
  [0.5, 1],
  [1, -1],
  [1, Number.NaN],
  [1, Number.POSITIVE_INFINITY],
])('refuses %f of a mean of %f', (count, mean) => {
  expect(() => poissonTail(count, mean)).toThrow(RangeError);
});
