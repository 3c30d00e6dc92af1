import { expect, test } from 'vitest';
import { periodOf } from '../../../bench/detect/period.ts';

test.each([
  { name: 'a day of hours', period: 24, expected: 24 },
  { name: 'one day of five-minute steps', period: 288, expected: 288 },
  { name: 'less than six points are no period', period: 4, expected: 125 },
  { name: 'more than 303 points are no period', period: 350, expected: 125 },
])('$name', ({ period, expected }) => {
  expect(periodOf(Array.from({ length: 20 * period }, (_, i) => Math.sin((2 * Math.PI * i) / period)))).toBe(expected);
});

test('a constant series has the usual width', () => {
  expect(periodOf(Array(500).fill(3))).toBe(125);
});
