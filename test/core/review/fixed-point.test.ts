import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fixedPoint } from '../../../lib/core/review/fixed-point.ts';

const ends = { near: 1e-9, rounds: 90 };

describe('the fixed point of a map', () => {
  it('is found in far fewer uses of a map that shrinks slowly than by the map alone', () => {
    let uses = 0;
    const map = (at: Float64Array) => {
      uses += 1;
      return at.map((its, i) => 3 + i + 0.99 * (its - 3 - i));
    };
    const found = fixedPoint(map, Float64Array.of(1, 1), ends);
    expect(found[0]).toBeCloseTo(3, 6);
    expect(found[1]).toBeCloseTo(4, 6);
    // The map alone needs 2,000 for that.
    expect(uses).toBeLessThan(20);
  });

  it('of any map that shrinks differently in two directions is where the map leaves it', () => {
    const rate = fc.double({ min: 0, max: 0.9, noNaN: true });
    fc.assert(
      fc.property(rate, rate, (one, other) => {
        const map = (at: Float64Array) => Float64Array.of(1 + one * (at[0]! - 1), 2 + other * (at[1]! - 2));
        const found = fixedPoint(map, Float64Array.of(5, 0.1), ends);
        expect(Math.abs(found[0]! - 1)).toBeLessThan(1e-6);
        expect(Math.abs(found[1]! - 2)).toBeLessThan(1e-6);
      }),
    );
  });

  it('is sought among positive numbers only', () => {
    const seen: number[] = [];
    const map = (at: Float64Array) => {
      seen.push(at[0]!);
      return at.map((its) => its * 0.9 + 1e-6);
    };
    expect(fixedPoint(map, Float64Array.of(1), ends)[0]).toBeCloseTo(1e-5, 6);
    expect(Math.min(...seen)).toBeGreaterThan(0);
  });

  it('is the start itself where the map moves nothing', () => {
    expect([...fixedPoint((at) => at.slice(), Float64Array.of(2, 7), ends)]).toEqual([2, 7]);
  });
});
