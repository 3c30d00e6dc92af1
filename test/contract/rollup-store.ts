import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type ChunkColumns, chunkColumns } from '../../lib/core/kpi/chunk-columns.ts';
import { foldBatch } from '../../lib/core/kpi/folding.ts';
import { emptyRollupChunk, type RollupChunk, taskRollupKey } from '../../lib/core/kpi/rollup-chunk.ts';
import { emptyTaskRollup } from '../../lib/core/kpi/task-rollup.ts';
import { tasksById } from '../../lib/core/kpi/task-table.ts';
import { TileBuilder } from '../../lib/core/kpi/tile.ts';
import { workflowsById } from '../../lib/core/kpi/workflow-table.ts';
import type { RollupStore } from '../../lib/ports/rollup-store.ts';
import { arbitraryBatches, BASE_MINUTE } from '../fixtures/arbitrary-batch.ts';
import { type FreshStore, NOW_MS } from './fresh-store.ts';

function chunk(minute: number, index = 0): RollupChunk {
  const made = emptyRollupChunk(minute, index, 2);
  made.batches.add(`batch of ${minute}`);
  return made;
}

/** What figures are made of columns, which may leave out counters that are 0. */
function figuresOf(columns: ChunkColumns) {
  const builder = new TileBuilder(columns.minute, columns.minute + 1, new Map());
  builder.add([columns], undefined);
  const { agents, rejected, taskTypes, workflowTypes, metrics } = builder.finish();
  const [turnedAway, types, workflows] = [tasksById(rejected), tasksById(taskTypes), workflowsById(workflowTypes)];
  return { agents: new Map(agents), turnedAway, types, workflows, metrics };
}

export function rollupStoreContract(fresh: FreshStore<RollupStore>): void {
  test('gives back every counter, sketch and heartbeat of what was saved', async () => {
    const { store } = await fresh(NOW_MS);
    for (const batches of fc.sample(arbitraryBatches(1, 10), { numRuns: 10, seed: 5 })) {
      const saved = emptyRollupChunk(BASE_MINUTE, 0, 1);
      for (const batch of batches) foldBatch(batch, (minute) => (minute === BASE_MINUTE ? saved : null));
      expect(await store.save('default', saved, 1)).toBe(true);
      expect(await store.read('default', BASE_MINUTE, BASE_MINUTE)).toEqual([saved]);
      const [columns] = await store.readColumns('default', BASE_MINUTE, BASE_MINUTE);
      expect(columns && figuresOf(columns)).toEqual(figuresOf(chunkColumns(saved)));
      expect(await store.readChunkColumns('default', BASE_MINUTE, 0)).toEqual([columns]);
      const { agents, pools, types, counters } = (columns as ChunkColumns).tasks;
      const [{ minute, tasks } = {}] = await store.readTasks('default', BASE_MINUTE, BASE_MINUTE);
      expect({ minute, ...tasks }).toMatchObject({ minute: BASE_MINUTE, agents, pools, types, counters });
    }
  });

  test('reads the minutes that were asked for, across hours, and of one system', async () => {
    const { store } = await fresh(NOW_MS);
    const hour = Math.ceil(BASE_MINUTE / 60) * 60;
    const minutes = [hour - 2, hour - 1, hour, hour + 9, hour + 10, hour + 61];
    for (const minute of minutes) for (const index of [0, 1]) await store.save('default', chunk(minute, index), 1);
    await store.save('other', chunk(hour), 1);
    const read = await store.read('default', hour - 1, hour + 10);
    expect(read.map(({ minute, index }) => `${minute - hour}#${index}`).sort()).toEqual(
      ['-1#0', '-1#1', '0#0', '0#1', '9#0', '9#1', '10#0', '10#1'].sort(),
    );
  });

  test('keeps a chunk that is larger than an item, and what it was while it is written again', async () => {
    const { store } = await fresh(NOW_MS);
    const large = (fill: string): RollupChunk => {
      const made = chunk(BASE_MINUTE);
      made.batches.add(fill);
      for (let i = 0; i < 12_000; i++) {
        const type = createHash('sha512').update(`${fill}${i}`).digest('base64url');
        made.tasks.set(taskRollupKey('a', '', type), emptyTaskRollup('a', '', type));
      }
      return made;
    };
    const [first, second] = [large('first'), large('second')];
    expect(await store.save('default', first, 1)).toBe(true);
    expect(await store.read('default', BASE_MINUTE, BASE_MINUTE)).toEqual([first]);
    expect(await store.save('default', second, 1)).toBe(true);
    expect(await store.read('default', BASE_MINUTE, BASE_MINUTE)).toEqual([second]);
    expect(await store.save('default', first, 0)).toBe(false);
    expect(await store.read('default', BASE_MINUTE, BASE_MINUTE)).toEqual([second]);
    expect(await store.save('default', chunk(BASE_MINUTE), 2)).toBe(true);
    expect(await store.read('default', BASE_MINUTE, BASE_MINUTE)).toEqual([chunk(BASE_MINUTE)]);
  });

  test('keeps what came late beside what was on time', async () => {
    const { store } = await fresh(NOW_MS);
    const onTime = chunk(BASE_MINUTE);
    onTime.storedByAccount.set('1 key', 3);
    const late: RollupChunk = { ...chunk(BASE_MINUTE), isLate: true };
    late.storedByAccount.set('2 key', 1);
    late.tasks.set(taskRollupKey('a', '', 'triage'), emptyTaskRollup('a', '', 'triage'));
    const alone: RollupChunk = { ...chunk(BASE_MINUTE, 1), isLate: true };
    for (const its of [onTime, late, alone]) expect(await store.save('default', its, 1)).toBe(true);
    const all = await store.read('default', BASE_MINUTE, BASE_MINUTE);
    expect(all).toHaveLength(3);
    expect(all).toEqual(expect.arrayContaining([onTime, late, alone]));
    expect(await store.readChunkColumns('default', BASE_MINUTE, 0)).toHaveLength(2);
    expect(await store.readChunkColumns('default', BASE_MINUTE, 1)).toHaveLength(1);
    const { batches, storedByAccount, duplicateByAccount } = onTime;
    const marks = { minute: BASE_MINUTE, chunks: 2, batches, storedByAccount, duplicateByAccount };
    const nothing = { batches: new Set(), storedByAccount: new Map(), duplicateByAccount: new Map() };
    expect((await store.readClosed('default', BASE_MINUTE)).sort((a, b) => a.index - b.index)).toEqual([
      { ...marks, index: 0, late },
      { ...marks, ...nothing, index: 1, late: alone },
    ]);
  });

  test('keeps what a later lease holder wrote', async () => {
    const { store } = await fresh(NOW_MS);
    const later = chunk(BASE_MINUTE);
    later.batches.add('more');
    expect(await store.save('default', chunk(BASE_MINUTE), 3)).toBe(true);
    expect(await store.save('default', later, 4)).toBe(true);
    expect(await store.save('default', chunk(BASE_MINUTE), 3)).toBe(false);
    expect(await store.read('default', BASE_MINUTE, BASE_MINUTE)).toEqual([later]);
  });

  test('no longer gives a minute that is past its time, although it may not be deleted yet', async () => {
    const { store, setNow } = await fresh(NOW_MS);
    await store.save('default', chunk(BASE_MINUTE), 1);
    setNow(NOW_MS + 15 * 86_400_000);
    expect(await store.read('default', BASE_MINUTE, BASE_MINUTE)).toEqual([]);
  });
}
