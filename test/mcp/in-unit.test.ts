import { expect, test } from 'vitest';
import { inUnit } from '../../lib/mcp/in-unit.ts';

test.each([
  [0.0325, 'ratio', '3.25 %'],
  [1, 'ratio', '100 %'],
  [1 / 3, 'ratio', '33.33 %'],
  [1_066.5, 'ms', '1067 ms'],
  [12.3456, 'ms', '12.35 ms'],
  [0.000123456, 'usd', '0.0001235 USD'],
  [20, '1/min', '20 a minute'],
  [-0.5, 'points', '-0.5 points'],
  [1_234_567, 'tasks', '1234567 tasks'],
  [3, '', '3'],
  [null, 'ms', '-'],
  [undefined, 'ms', '-'],
])('%s %s is told as %s', (value, unit, told) => {
  expect(inUnit(value, unit)).toBe(told);
});
