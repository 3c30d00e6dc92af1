import { expect, test } from 'vitest';
import { valueOn } from '../../../lib/sim/scenario/curve.ts';

test.each([
  { name: 'before the first point', at: 0, expected: 68 },
  { name: 'at a point', at: 2, expected: 68 },
  { name: 'between two points', at: 3, expected: 71 },
  { name: 'at the last point', at: 6, expected: 80 },
  { name: 'beyond the last point', at: 60, expected: 80 },
])('a curve says $expected $name', ({ at, expected }) => {
  const curve = [
    [2, 68],
    [6, 80],
  ] as const;
  expect(valueOn(curve, at)).toBeCloseTo(expected, 12);
});
