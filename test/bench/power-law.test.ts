import fc from 'fast-check';
import { expect, test } from 'vitest';
import { powerLaw, sizeAt, valueAt } from '../../bench/scale/power-law.ts';

const between = (min: number, max: number) => fc.double({ min, max, noNaN: true });

test('a power law is found again from points on it, and leads from sizes to values and back', () => {
  fc.assert(
    fc.property(
      between(1e-3, 1e3),
      between(0.2, 2),
      fc.uniqueArray(fc.integer({ min: 1, max: 100_000 }), { minLength: 2, maxLength: 8 }),
      (factor, exponent, sizes) => {
        const law = powerLaw(sizes.map((size) => ({ size, value: factor * size ** exponent })));
        expect(law.exponent).toBeCloseTo(exponent, 6);
        expect(valueAt(law, 5_000) / (factor * 5_000 ** exponent)).toBeCloseTo(1, 6);
        expect(sizeAt(law, valueAt(law, 5_000)) / 5_000).toBeCloseTo(1, 6);
      },
    ),
  );
});

test('one point, or one at zero, is no law', () => {
  expect(() => powerLaw([{ size: 100, value: 3 }])).toThrow(RangeError);
  expect(() =>
    powerLaw([
      { size: 100, value: 0 },
      { size: 200, value: 3 },
    ]),
  ).toThrow('all above zero');
});
