import { expect, test } from 'vitest';
import { foldBatch } from '../../../lib/core/kpi/folding.ts';
import { emptyRollupChunk, type RollupChunk } from '../../../lib/core/kpi/rollup-chunk.ts';
import type { Batch } from '../../../lib/core/model/batch.ts';
import { MINUTE_MS, type Minute } from '../../../lib/core/model/time.ts';

const MINUTE = 29_000_000;

/** A batch of tasks that each ran for some minutes until the end of a minute, every one by an agent of its own. */
function ranFor(minutes: number, tasks: number): Batch {
  return {
    ...{ system: 'default', id: 'batch', contentHash: 'hash', sender: 'key_1', requestId: 'request' },
    ...{ bucket: MINUTE, receivedAtMs: MINUTE * MINUTE_MS, received: tasks, ignored: {}, rejected: {} },
    events: Array.from({ length: tasks }, (_, i) => ({
      ...{ type: 'task', agent: `a-${i}`, task: 't', taskType: 'default', status: 'completed' },
      ...{ attempt: 1, priority: 'normal', endedAtMs: (MINUTE + 1) * MINUTE_MS - 1 },
      serviceUs: minutes * MINUTE_MS * 1_000,
    })),
  };
}

function fold(batch: Batch) {
  const chunks = new Map<Minute, RollupChunk>();
  foldBatch(batch, (minute) => {
    const chunk = chunks.get(minute) ?? emptyRollupChunk(minute, 0, 1);
    chunks.set(minute, chunk);
    return chunk;
  });
  const rollups = [...chunks.values()].flatMap(({ tasks }) => [...tasks.values()]);
  const sum = (name: 'busyUs' | 'completed' | 'serviceUs') =>
    rollups.reduce((total, { counters }) => total + counters[name], 0);
  return { rollups: rollups.length, busyUs: sum('busyUs'), completed: sum('completed'), serviceUs: sum('serviceUs') };
}

test.each([
  { minutes: 1_440, tasks: 20 },
  { minutes: 2.5, tasks: 10_000 },
])('$tasks tasks of $minutes min are at work in every minute that they ran in', ({ minutes, tasks }) => {
  expect(fold(ranFor(minutes, tasks)).busyUs).toBe(tasks * minutes * MINUTE_MS * 1_000);
});

test('ten thousand tasks that each claim a day fill no more rollups than a batch may, and count in full otherwise', () => {
  const { rollups, completed, serviceUs } = fold(ranFor(1_440, 10_000));
  expect(rollups).toBeLessThanOrEqual(40_000);
  expect(completed).toBe(10_000);
  expect(serviceUs).toBe(10_000 * 1_440 * MINUTE_MS * 1_000);
});
