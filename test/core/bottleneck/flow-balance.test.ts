import { expect, test } from 'vitest';
import { flowBalance } from '../../../lib/core/bottleneck/flow-balance.ts';

const ten = Array.from({ length: 10 }, (_, i) => i);
const unknown = ten.map(() => Number.NaN);
const completed = ten.map(() => 50);

test.each([
  { name: 'a queue that stays as long is in balance', queued: ten.map(() => 7), growth: 0, isBalanced: true },
  {
    name: 'a queue that grows by 2 in 50 tasks a minute is, too',
    queued: ten.map((i) => 2 * i),
    growth: 2,
    isBalanced: true,
  },
  { name: 'one that grows by 3 is not', queued: ten.map((i) => 3 * i), growth: 3, isBalanced: false },
  { name: 'nor is one that shrinks by 5', queued: ten.map((i) => 90 - 5 * i), growth: -5, isBalanced: false },
])('$name', ({ queued, growth, isBalanced }) => {
  const balance = flowBalance(queued, unknown, completed);
  expect(balance.growthPerMin).toBeCloseTo(growth, 9);
  expect(balance.imbalance).toBeCloseTo(growth / 50, 9);
  expect(balance.isBalanced).toBe(isBalanced);
});

test('where no queue is known, waits that get longer tell of it: 6 s a minute at 50 tasks a minute are 5 tasks', () => {
  const balance = flowBalance(
    unknown,
    ten.map((i) => 6_000 * i),
    completed,
  );
  expect(balance.growthPerMin).toBeCloseTo(5, 9);
  expect(balance.isBalanced).toBe(false);
});

test('without a queue or waits nothing is said', () => {
  expect(flowBalance(unknown, unknown, completed)).toEqual({ imbalance: null, growthPerMin: null, isBalanced: true });
});
