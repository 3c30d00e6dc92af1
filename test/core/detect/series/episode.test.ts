import { expect, test } from 'vitest';
import { Episode } from '../../../../lib/core/detect/series/episode.ts';

const REFRACTORY_MS = 100;

function alarmsOf(surprises: readonly (readonly [atMs: number, surprise: number])[]): number[] {
  const episode = new Episode();
  return surprises.flatMap(([atMs, surprise]) =>
    episode.observe(atMs, { surprise, lingering: surprise, refractoryMs: REFRACTORY_MS }) ? [atMs] : [],
  );
}

test.each([
  {
    name: 'alarms once for what stays',
    surprises: [
      [0, 2],
      [1, 2],
      [50, 2],
      [100, 2],
    ],
    alarms: [0],
  },
  {
    name: 'alarms again when it gets worse by 0.7',
    surprises: [
      [0, 2],
      [1, 2.6],
      [2, 2.71],
    ],
    alarms: [0, 2],
  },
  {
    name: 'alarms again when the refractory time is over',
    surprises: [
      [0, 2],
      [100, 2],
      [101, 2],
    ],
    alarms: [0, 101],
  },
  {
    name: 'keeps quiet below 1.5',
    surprises: [
      [0, 1.49],
      [200, 1.5],
    ],
    alarms: [200],
  },
] as const)('$name', ({ surprises, alarms }) => {
  expect(alarmsOf(surprises)).toEqual(alarms);
});

test('an episode that has begun stays open until half of what began it is left', () => {
  const episode = new Episode();
  const isOpenAt = (atMs: number, surprise: number, lingering: number) => {
    episode.observe(atMs, { surprise, lingering, refractoryMs: REFRACTORY_MS });
    return episode.isOpen;
  };
  expect(isOpenAt(0, 0, 1)).toBe(false);
  expect(isOpenAt(1, 2, 2)).toBe(true);
  expect(isOpenAt(2, 0, 0.75)).toBe(true);
  expect(isOpenAt(3, 0, 0.74)).toBe(false);
  expect(isOpenAt(4, 0, 1)).toBe(false);
});
