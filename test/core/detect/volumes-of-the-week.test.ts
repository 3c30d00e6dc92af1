import { describe, expect, test } from 'vitest';
import { MOST_QUARTERS, volumesAtThisTime } from '../../../lib/core/detect/volumes-of-the-week.ts';
import { WatchedFleet } from '../../fixtures/watched-fleet.ts';

const doing = (tasks: number) => ({ work: () => ({ tasks }) });

describe('what is done at the same time every day', () => {
  // Twenty tasks a minute of each of two agents, and forty in the ninth hour of the first day.
  const fleet = new WatchedFleet({ writers: 2 }).pass(8 * 60, doing(20));
  const first = fleet.copy().pass(8, doing(40));
  const day = fleet.pass(60, doing(40)).pass(23 * 60, doing(20));

  test('is told on the first day', () => {
    expect(first.told()).toContain('load-surge');
  });

  test('and not on the next, half an hour earlier or later', () => {
    expect(day.copy().pass(30, doing(40)).told()).toEqual([]);
    expect(day.copy().pass(25, doing(20)).pass(20, doing(40)).told()).toEqual([]);
  });

  test('but at another time of day', () => {
    expect(day.copy().pass(120, doing(20)).pass(8, doing(40)).told()).toEqual(['load-surge']);
  });

  test('and where it is much more than then', () => {
    expect(day.copy().pass(8, doing(60)).told()).toEqual(['load-surge']);
  });

  test('a pool that rests at night is not told to do too little then', () => {
    const rests = new WatchedFleet({ writers: 2 }).pass(8 * 60, doing(20));
    expect(rests.copy().pass(8, doing(8)).told()).toEqual(['volume-drop']);
    const next = rests.pass(60, doing(8)).pass(23 * 60, doing(20));
    expect(next.copy().pass(8, doing(8)).told()).toEqual([]);
    // Next to nothing is told all the same.
    expect(next.copy().pass(8, doing(0)).told()).toEqual(['work-stopped']);
  });
});

test('the same time is looked for a day and a week ago, half an hour around it', () => {
  const perMinute = Array.from({ length: MOST_QUARTERS }, (_, i) => i);
  // The newest of them is of now: one day is 96 quarters of an hour.
  const last = MOST_QUARTERS - 1;
  expect(volumesAtThisTime({ quarter: 1_000, perMinute }, 15_000)).toEqual([
    { least: last - 96 - 2, most: last - 96 + 2 },
    { least: last - 7 * 96 - 2, most: last - 7 * 96 + 2 },
  ]);
  expect(volumesAtThisTime({ quarter: 1_000, perMinute: perMinute.slice(-50) }, 15_000)).toEqual([]);
  expect(volumesAtThisTime({ quarter: 1_000, perMinute: perMinute.map(() => null) }, 15_000)).toEqual([]);
});
