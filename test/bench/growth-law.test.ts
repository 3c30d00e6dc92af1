import fc from 'fast-check';
import { expect, test } from 'vitest';
import { growthLaw, sizeAt, valueAt, worstMisfit } from '../../bench/scale/growth-law.ts';

const between = (min: number, max: number) => fc.double({ min, max, noNaN: true });
const SIZES = [100, 300, 1_000, 3_000, 10_000];

test('a law is found again from points on it, with what it takes whatever the size', () => {
  fc.assert(
    fc.property(between(0, 1), between(0.3, 1.6), between(0.01, 100), (share, exponent, scale) => {
      // The fixed part is up to as much as what the smallest size adds.
      const law = { fixed: share * scale * 100 ** exponent, factor: scale, exponent };
      const points = SIZES.map((size) => ({ size, value: valueAt(law, size) }));
      const found = growthLaw(points);
      expect(worstMisfit(found, points)).toBeLessThan(0.005);
      expect(found.exponent).toBeCloseTo(exponent, 1);
      expect(valueAt(found, 100_000) / valueAt(law, 100_000)).toBeCloseTo(1, 1);
      expect(sizeAt(found, valueAt(found, 5_000)) / 5_000).toBeCloseTo(1, 6);
    }),
  );
});

test('what hardly grows in small fleets is not taken for slow growth in large ones', () => {
  const points = [100, 300, 1_000].map((size) => ({ size, value: 200 + 0.05 * size }));
  expect(valueAt(growthLaw(points), 100_000)).toBeGreaterThan(0.9 * 5_200);
});

test('two sizes lie on a line', () => {
  const points = [
    { size: 100, value: 30 },
    { size: 200, value: 50 },
  ];
  const { fixed, factor, exponent } = growthLaw(points);
  expect([fixed, factor, exponent]).toEqual([expect.closeTo(10), expect.closeTo(0.2), 1]);
});

test('what gets less with size grows by nothing, and comes to no more anywhere', () => {
  const law = growthLaw([
    { size: 100, value: 5 },
    { size: 200, value: 4 },
    { size: 400, value: 3 },
  ]);
  expect(law.factor).toBe(0);
  expect(sizeAt(law, 100)).toBe(Number.POSITIVE_INFINITY);
});

test('one size, or a value of zero, is no law', () => {
  expect(() => growthLaw([{ size: 100, value: 3 }])).toThrow(RangeError);
  expect(() =>
    growthLaw([
      { size: 100, value: 0 },
      { size: 200, value: 3 },
    ]),
  ).toThrow('above zero');
});
