import { expect, test } from 'vitest';
import { allowedUtilization } from '../../../lib/core/optimize/allowed-utilization.ts';
import { serversForWaitShare } from '../../../lib/core/queueing/erlang.ts';

test.each([3, 10, 30, 100])('at %i erlangs it asks for as many slots as Erlang C, give or take one', (load) => {
  const slots = load / allowedUtilization(load, 10_000);
  expect(Math.abs(Math.ceil(slots) - serversForWaitShare(load, 0.2))).toBeLessThanOrEqual(1);
});

test('where there are too few slots, it is that of the load that they can take', () => {
  // R + 1.062·√R = 4 at R = 2.366
  expect(allowedUtilization(10, 4)).toBeCloseTo(0.5916, 4);
});

test('it stays above 0 without load, and at most 0.95', () => {
  expect(allowedUtilization(0, 4)).toBeGreaterThan(0);
  expect(allowedUtilization(1e6, 1e6)).toBe(0.95);
});

test.each([
  [-1, 1],
  [Number.NaN, 1],
  [1, 0],
])('a load of %d on %d slots is refused', (load, slots) => {
  expect(() => allowedUtilization(load, slots)).toThrow(RangeError);
});
