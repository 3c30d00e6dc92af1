import { describe, expect, test } from 'vitest';
import { oddDays } from '../../../lib/core/benchmark/odd-days.ts';
import { createRandom } from '../../../lib/sim/random.ts';

const usual = { least: 0.1, fewest: 20 };

/** Ninety days of standard deviation 1.5 %, with what is added to some of them. */
function index(added: Record<number, number>, tasks = 1_000) {
  const random = createRandom(1, 'odd days');
  const days = Array.from({ length: 90 }, (_, day) => day);
  const values = days.map((day) => random.normal(0, 0.015) + (added[day] ?? 0));
  return { days, values, tasks: days.map(() => tasks) };
}

describe('odd days', () => {
  test.each([
    { name: 'are single ones, also the first and the last', added: { 0: 0.5, 40: -0.4, 89: 0.8 }, odd: [0, 40, 89] },
    { name: 'may be two in a row', added: { 40: 0.5, 41: 0.3 }, odd: [40, 41] },
    { name: 'are not three in a row: that is a change', added: { 40: 0.5, 41: 0.5, 42: 0.5 }, odd: [] },
    { name: 'are not what is no further off than days are', added: { 40: 0.03 }, odd: [] },
  ])('$name', ({ added, odd }) => {
    expect(oddDays(index(added), usual)).toEqual(odd);
  });

  test('are none of a few tasks', () => {
    expect(oddDays(index({ 40: 0.5 }, 19), usual)).toEqual([]);
  });
});
