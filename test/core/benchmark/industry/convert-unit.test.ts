import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  convertUnit,
  dimensionOf,
  unitNamed,
  unitNames,
} from '../../../../lib/core/benchmark/industry/convert-unit.ts';

describe('a quantity in another unit', () => {
  test.each([
    [85, 'percent', 'ratio', 0.85],
    [99.999, '%', 'ratio', 0.99999],
    [12, 'basis points', 'percent', 0.12],
    [126, 'microseconds', 'ms', 0.126],
    [43_800, 'seconds', 'hours', 12 + 1 / 6],
    [1.5, 'h', 'min', 90],
    [120, '1/h', '1/min', 2],
    [7, '{ticket}', 'count', 7],
    [0.04, 'USD', 'usd', 0.04],
  ])('%d %s in %s', (amount, from, to, expected) => {
    expect(convertUnit(amount, from, to)).toBeCloseTo(expected, 12);
  });

  test('is there only between units of the same kind', () => {
    expect(convertUnit(85, 'percent', 'ms')).toBeNull();
    expect(convertUnit(4.2, 'points', 'percent')).toBeNull();
    expect(convertUnit(1, 'parsec', 'parsec')).toBeNull();
    expect(dimensionOf('constructor')).toBeNull();
    expect(unitNamed('toString')).toBeNull();
  });

  test('is the same after a way there and back', () => {
    const unit = fc.constantFrom(...unitNames);
    fc.assert(
      fc.property(unit, unit, fc.double({ min: 1e-6, max: 1e9, noNaN: true }), (from, to, amount) => {
        const there = convertUnit(amount, from, to);
        const back = there === null ? amount : convertUnit(there, to, from);
        expect(back).toBeCloseTo(amount, 3 - Math.ceil(Math.log10(amount)) + 6);
        expect(there === null).toBe(dimensionOf(from) !== dimensionOf(to));
      }),
    );
  });
});
