import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LEAST_ALARMING } from '../../../../lib/core/detect/series/episode.ts';
import { Excursion } from '../../../../lib/core/detect/series/excursion.ts';

const spokenOf = (distances: readonly number[]) => {
  const excursion = new Excursion();
  return distances.flatMap((distance, i) => (excursion.observe(distance) > 0 ? [i] : []));
};

test.each([
  { name: 'keeps quiet below four standard deviations', distances: [0, 3.9, 2], spoken: [] },
  { name: 'speaks where an excursion begins, and not again while it lasts', distances: [1, 5, 5, 6, 4], spoken: [1] },
  { name: 'speaks again when it goes 1.4 times as far', distances: [5, 6.9, 7, 9.7, 9.8], spoken: [0, 2, 4] },
  { name: 'is the same excursion until it is below 1.5', distances: [5, 1.5, 5, 1.4, 5], spoken: [0, 4] },
  {
    name: 'speaks once of a series that moves for the first time',
    distances: [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
    spoken: [0],
  },
])('$name', ({ distances, spoken }) => {
  expect(spokenOf(distances)).toEqual(spoken);
});

test('five standard deviations are 24 / 25 of what begins an episode', () => {
  expect(new Excursion().observe(5)).toBeCloseTo((24 / 25) * LEAST_ALARMING, 12);
});

test('the further the louder, and never as loud as what begins an episode', () => {
  const far = fc.oneof(fc.double({ min: 4, max: 1e12, noNaN: true }), fc.constant(Number.POSITIVE_INFINITY));
  fc.assert(
    fc.property(far, far, (one, other) => {
      const [nearer, further] = [one, other].sort((a, b) => a - b).map((it) => new Excursion().observe(it));
      expect(nearer).toBeGreaterThan(0);
      expect(further).toBeGreaterThanOrEqual(nearer!);
      expect(further).toBeLessThan(LEAST_ALARMING);
    }),
  );
});

test('restored from its state, it goes on with the excursion under way', () => {
  const excursion = new Excursion();
  excursion.observe(10);
  const after = new Excursion(excursion.state());
  expect([13, 14].map((distance) => after.observe(distance) > 0)).toEqual([false, true]);
});
