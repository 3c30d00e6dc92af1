import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Timeline } from '../../lib/sim/timeline.ts';

test('law: things come by time, and at the same time in the order in which they were scheduled', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 20 })), (times) => {
      const timeline = new Timeline<number>();
      for (const [order, atMs] of times.entries()) timeline.schedule(atMs, order);
      const came = times.map(() => timeline.next()?.what);
      const expected = times.map((_, order) => order).sort((a, b) => (times[a] ?? 0) - (times[b] ?? 0) || a - b);
      expect(came).toEqual(expected);
      expect(timeline.next()).toBeUndefined();
    }),
  );
});

test('what is scheduled while others wait comes in its place', () => {
  const timeline = new Timeline<string>();
  timeline.schedule(1, 'first');
  timeline.schedule(5, 'last');
  expect(timeline.next()).toMatchObject({ what: 'first' });
  timeline.schedule(3, 'between');
  expect(timeline.next()).toMatchObject({ atMs: 3, what: 'between' });
  expect(timeline.next()).toMatchObject({ what: 'last' });
});
