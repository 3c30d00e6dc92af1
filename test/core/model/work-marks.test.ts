import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Batch } from '../../../lib/core/model/batch.ts';
import type { TaskEvent } from '../../../lib/core/model/event.ts';
import { enterBatch, type Roster } from '../../../lib/core/model/roster.ts';
import { longestOf, markHeartbeat, markSample, markTask, noMarks } from '../../../lib/core/model/work-marks.ts';
import { arbitraryBatches } from '../../fixtures/arbitrary-batch.ts';

const DAY_MS = 86_400_000;
const SECOND_US = 1_000_000;

function rosterOf(batches: readonly Batch[]): Roster {
  const roster: Roster = new Map();
  for (const batch of batches) enterBatch(roster, batch);
  return new Map([...roster].sort());
}

test('a roster is the same in whatever order batches come, and however often', () => {
  // Two days' worth of minutes, so that the longest task of a day is that of the newest one now and then.
  const shuffled = arbitraryBatches(3_000).chain((batches) =>
    fc.tuple(fc.constant(batches), fc.shuffledSubarray([...batches, ...batches], { minLength: 2 * batches.length })),
  );
  fc.assert(
    fc.property(shuffled, ([batches, again]) => {
      expect(rosterOf(again)).toEqual(rosterOf(batches));
    }),
    { numRuns: 300 },
  );
});

describe('the longest task', () => {
  const task = (day: number, seconds: number, more: Partial<TaskEvent> = {}): TaskEvent => ({
    ...{
      type: 'task',
      agent: 'a',
      task: 't',
      taskType: 'default',
      status: 'completed',
      attempt: 1,
      priority: 'normal',
    },
    endedAtMs: day * DAY_MS + 5_000,
    serviceUs: seconds * SECOND_US,
    ...more,
  });
  const longest = (...tasks: TaskEvent[]) => longestOf(tasks.reduce(markTask, noMarks));

  test.each([
    { name: 'is that of two days', tasks: [task(7, 9), task(8, 4), task(8, 3)], seconds: 9 },
    { name: 'of the newest two', tasks: [task(6, 90), task(7, 9), task(8, 4)], seconds: 9 },
    { name: 'of the newest where none ended on the day before', tasks: [task(6, 90), task(8, 4)], seconds: 4 },
    { name: 'whichever comes first', tasks: [task(8, 4), task(7, 9), task(6, 90)], seconds: 9 },
    { name: 'that was completed', tasks: [task(8, 4), task(8, 90, { status: 'timeout' })], seconds: 4 },
  ])('$name', ({ tasks, seconds }) => {
    expect(longest(...tasks)).toBe(seconds * SECOND_US);
  });

  test('is not known without a completed one', () => {
    expect(longest(task(8, 4, { status: 'failed' }))).toBeNull();
  });
});

test('a rejected task is no work that was done', () => {
  const rejected = { type: 'task', status: 'rejected', endedAtMs: 5, serviceUs: 1 } as TaskEvent;
  expect(markTask(noMarks, rejected)).toEqual(noMarks);
});

test('a counter stands since the first heartbeat that had its greatest value', () => {
  const beat = (atMs: number, progress: number) =>
    ({ type: 'heartbeat', agent: 'a', atMs, state: 'busy', intervalMs: 60_000, progress }) as const;
  const marks = [beat(3, 7), beat(1, 6), beat(2, 7), beat(4, 7), beat(9, 2)].reduce(markHeartbeat, noMarks);
  expect(marks.progress).toEqual({ value: 7, sinceMs: 2 });
});

test.each([
  { name: 'of work by a task at work', load: { active: 1, queued: 0 }, told: 'loadedMs' },
  { name: 'of work by a task that waits', load: { queued: 2 }, told: 'loadedMs' },
  { name: 'of none by nothing at work', load: { active: 0 }, told: 'unloadedMs' },
  { name: 'nothing by an empty queue alone', load: { queued: 0 }, told: null },
  { name: 'nothing by its processor', load: { cpuPpm: 5 }, told: null },
])('a sample tells $name', ({ load, told }) => {
  const marks = markSample(noMarks, { type: 'sample', agent: 'a', atMs: 5, ...load });
  expect(marks).toEqual({ ...noMarks, sampleMs: 5, ...(told === null ? {} : { [told]: 5 }) });
});
