import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Priority, priorities } from '../../../lib/core/model/event.ts';
import { ArrivalMix } from '../../../lib/sim/engine/arrival-mix.ts';

function mixOf(arrivals: readonly Priority[]): ArrivalMix {
  const mix = new ArrivalMix();
  for (const priority of arrivals) mix.count(priority);
  return mix;
}

/** A hundred of each in turn, over and over: what counts less because it is longer ago is in the same mix. */
const even = mixOf(Array.from({ length: 2_000 }, (_, i) => priorities[i % 4] as Priority));

test('the least important are turned away first, and of those that are turned away in part a share', () => {
  const rejected = (share: number) => priorities.map((priority) => even.rejectedShare(priority, share));
  for (const [i, share] of [0, 0, 0, 0.5].entries()) expect(rejected(0.125)[i]).toBeCloseTo(share, 1);
  for (const [i, share] of [0, 0, 0.5, 1].entries()) expect(rejected(0.375)[i]).toBeCloseTo(share, 1);
  expect(rejected(0)).toEqual([0, 0, 0, 0]);
  expect(rejected(1)).toEqual([1, 1, 1, 1]);
});

test('what came long ago says nothing of what comes', () => {
  const mix = mixOf([...Array<Priority>(300).fill('low'), ...Array<Priority>(1_000).fill('high')]);
  expect(mix.rejectedShare('high', 0.3)).toBeCloseTo(0.3, 3);
});

test('laws: a priority is turned away only where all that is less important is, and never without need', () => {
  const arrivals = fc.array(fc.constantFrom(...priorities), { minLength: 1, maxLength: 300 });
  fc.assert(
    fc.property(arrivals, fc.double({ min: 0, max: 1, noNaN: true }), (came, share) => {
      const mix = mixOf(came);
      const rejected = priorities.map((priority) => mix.rejectedShare(priority, share));
      for (const [i, its] of rejected.entries()) {
        expect(its).toBeGreaterThanOrEqual(0);
        expect(its).toBeLessThanOrEqual(1);
        if (its > 1e-9 && i + 1 < rejected.length) expect(rejected[i + 1]).toBeGreaterThan(1 - 1e-6);
      }
    }),
  );
});
