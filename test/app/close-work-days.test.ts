import { expect, test } from 'vitest';
import { closeWorkDays } from '../../lib/app/close-work-days.ts';
import type { WorkCounter, WorkDay } from '../../lib/core/benchmark/work-day.ts';
import { foldBatch } from '../../lib/core/kpi/folding.ts';
import { emptyRollupChunk, type RollupChunk } from '../../lib/core/kpi/rollup-chunk.ts';
import type { TaskEvent } from '../../lib/core/model/event.ts';
import { DAY_MINUTES, type Minute, minuteOf, startOfMinute } from '../../lib/core/model/time.ts';
import { type Stores, storesInMemory } from '../fixtures/dynamodb-tables.ts';

const DAY_0 = minuteOf(Date.parse('2026-03-02T00:00:00Z'));
const SYSTEM = 'default';

function task(minute: Minute, seconds: number, rest: Partial<TaskEvent> = {}): TaskEvent {
  return {
    ...{ type: 'task', agent: 'a', task: 't', taskType: 'chat', status: 'completed', attempt: 1, priority: 'normal' },
    ...{ endedAtMs: startOfMinute(minute) + 5_000, responseUs: seconds * 1e6, serviceUs: seconds * 1e6 },
    ...rest,
  };
}

/** Stores in which the minutes of some tasks are done. */
async function storesWithTasks(tasks: readonly TaskEvent[], doneThrough: Minute): Promise<Stores> {
  const stores = storesInMemory(() => startOfMinute(doneThrough));
  for (const [minute, events] of Map.groupBy(tasks, ({ endedAtMs }) => minuteOf(endedAtMs))) {
    const chunk: RollupChunk = emptyRollupChunk(minute, 0, 1);
    foldBatch({ id: String(minute), events, receivedAtMs: startOfMinute(minute) } as never, () => chunk);
    await stores.rollups.save(SYSTEM, chunk, 1);
  }
  const lease = await stores.log.take(SYSTEM, 'test', 0, 1_000);
  if (!lease) throw new Error('no lease');
  await stores.log.saveProgress(SYSTEM, { ...lease.progress, doneThrough }, lease.fence);
  return stores;
}

async function daysOf(stores: Stores): Promise<WorkDay[]> {
  const days: WorkDay[] = [];
  for await (const day of stores.workDays.read(SYSTEM, DAY_0 - 20 * DAY_MINUTES, DAY_0 + 20 * DAY_MINUTES))
    days.push(structuredClone(day));
  return days;
}

/** Rows by who did what when, of the counters that are asked for. */
function rowsOf({ workers, taskTypes, rows, counters }: WorkDay, ...names: WorkCounter[]) {
  return Object.fromEntries(
    [...rows.hour].map((hour, i) => {
      const { agent, pool } = workers[rows.worker[i] as number] as { agent: string; pool: string };
      const key = `${agent}@${pool} ${taskTypes[rows.taskType[i] as number]} ${hour}`;
      return [key, names.map((name) => counters[name][i])];
    }),
  );
}

test('a day is summed up by agent, task type and hour, with what its pools turned away', async () => {
  const tasks = [
    task(DAY_0, 1),
    task(DAY_0 + 59, 2),
    task(DAY_0 + 60, 4, { status: 'failed' }),
    task(DAY_0 + 61, 8, { taskType: 'code' }),
    task(DAY_0 + DAY_MINUTES - 1, 16, { agent: 'b' }),
    { ...task(DAY_0 + 30, 1, { status: 'rejected', pool: 'writers' }), agent: '' },
    task(DAY_0 + DAY_MINUTES, 32),
  ];
  const stores = await storesWithTasks(tasks, DAY_0 + DAY_MINUTES + 3);
  expect(await closeWorkDays(stores, SYSTEM)).toBe(DAY_0 + DAY_MINUTES);
  const [day, ...others] = await daysOf(stores);
  expect(others).toEqual([]);
  expect(rowsOf(day as WorkDay, 'completed', 'failed', 'rejected', 'responseUs')).toEqual({
    'a@default chat 0': [2, 0, 0, 3e6],
    'a@default chat 1': [0, 1, 0, 4e6],
    'a@default code 1': [1, 0, 0, 8e6],
    'b@default chat 23': [1, 0, 0, 16e6],
    '@writers chat 0': [0, 0, 1, 0],
  });
});

test('what came late is in a day that is summed up again, and days that were missed are made up for', async () => {
  const days = [0, 1, 2, 3].map((day) => task(DAY_0 + day * DAY_MINUTES + 100, 1));
  const stores = await storesWithTasks(days, DAY_0 + 4 * DAY_MINUTES);
  expect(await closeWorkDays(stores, SYSTEM)).toBe(DAY_0 + 4 * DAY_MINUTES);
  expect((await daysOf(stores)).map(({ day }) => day)).toEqual([0, 1, 2, 3].map((day) => DAY_0 + day * DAY_MINUTES));

  const late = emptyRollupChunk(DAY_0 + 3 * DAY_MINUTES + 100, 0, 1);
  const event = task(late.minute, 9, { agent: 'late' });
  foldBatch({ id: 'late', events: [event], receivedAtMs: event.endedAtMs } as never, () => late);
  await stores.rollups.save(SYSTEM, { ...late, isLate: true }, 1);
  await closeWorkDays(stores, SYSTEM);
  expect(Object.keys(rowsOf((await daysOf(stores)).at(-1) as WorkDay, 'completed'))).toEqual([
    'a@default chat 1',
    'late@default chat 1',
  ]);
});

test('before a day is complete there is none', async () => {
  const stores = await storesWithTasks([task(DAY_0 + 5, 1)], DAY_0 + 10);
  expect(await closeWorkDays(stores, SYSTEM)).toBeNull();
  expect(await daysOf(stores)).toEqual([]);
});
