import fc from 'fast-check';
import { expect, test } from 'vitest';
import { chooseOfTwo } from '../../lib/sim/power-of-two-choices.ts';
import { createRandom } from '../../lib/sim/random.ts';

test('of two agents the one with less work per slot is chosen, not the one with less work', () => {
  const [small, large] = [
    { outstanding: 2, slots: 1 },
    { outstanding: 4, slots: 4 },
  ];
  for (let seed = 0; seed < 20; seed += 1) {
    expect(chooseOfTwo([small, large], createRandom(seed, 'choice'))).toBe(large);
  }
});

test('law: the one busiest agent of several is never chosen', () => {
  fc.assert(
    fc.property(fc.integer(), fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1 }), (seed, loads) => {
      const busiest = { outstanding: 10, slots: 1 };
      const others = loads.map((outstanding) => ({ outstanding, slots: 1 }));
      expect(chooseOfTwo([busiest, ...others], createRandom(seed, 'choice'))).not.toBe(busiest);
    }),
  );
});

test('equal agents are chosen equally often: each of 10 in 10,000 within 4 standard deviations (120) of 1,000', () => {
  const agents = Array.from({ length: 10 }, (_, id) => ({ id, outstanding: 0, slots: 1 }));
  const random = createRandom(1, 'choice');
  const chosen = Map.groupBy(
    Array.from({ length: 10_000 }, () => chooseOfTwo(agents, random)),
    (agent) => agent?.id,
  );
  for (const [, times] of chosen) expect(Math.abs(times.length - 1_000)).toBeLessThan(120);
  expect(chosen.size).toBe(10);
});

test('a single agent is the choice, and without agents there is none', () => {
  const only = { outstanding: 3, slots: 1 };
  expect(chooseOfTwo([only], createRandom(1, 'choice'))).toBe(only);
  expect(chooseOfTwo([], createRandom(1, 'choice'))).toBeNull();
});
