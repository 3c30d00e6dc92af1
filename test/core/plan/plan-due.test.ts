import { expect, test } from 'vitest';
import { planDue } from '../../../lib/core/plan/plan-due.ts';

const MINUTE_MS = 60_000;

test.each([
  { name: 'of a tenth of the capacity less is not', before: [10, 30], now: [9, 30], due: null },
  { name: 'of more than a tenth less is', before: [10, 30], now: [8.9, 30], due: 'capacity moved' },
  { name: 'of more than a tenth more is too', before: [9, 30], now: [10.1, 30], due: 'capacity moved' },
  { name: 'of capacity that is not known any more is not', before: [10, 30], now: [null, 30], due: null },
  // Twice 300 counts in ten minutes: their difference has a standard deviation of 24.5, and 2.5 of these are 6.1 a minute.
  { name: 'of load that moved as chance moves it is not', before: [10, 30], now: [10, 36], due: null },
  { name: 'of load that moved by more is', before: [10, 30], now: [10, 37], due: 'load moved' },
  { name: 'of a tenth of a large load is not', before: [10, 30_000], now: [10, 32_900], due: null },
  { name: 'of more than a tenth of it is', before: [10, 30_000], now: [10, 33_400], due: 'load moved' },
  { name: 'of work that has ended is', before: [10, 30], now: [10, 0], due: 'load moved' },
  { name: 'where nothing ever comes is not', before: [0, 0], now: [0, 0], due: null },
] as const)('a plan $name due', ({ before, now, due }) => {
  const plan = { madeAtMs: 0, basis: { slots: before[0], tasksPerMin: before[1] } };
  const basis = { slots: now[0], tasksPerMin: now[1] };
  expect(planDue(plan, basis, { nowMs: 5 * MINUTE_MS, minutes: 10 })).toBe(due);
  expect(planDue(plan, basis, { nowMs: 5 * MINUTE_MS - 1, minutes: 10 })).toBeNull();
});
