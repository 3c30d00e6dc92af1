import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { chunkColumns } from '../../lib/core/kpi/chunk-columns.ts';
import { foldBatch } from '../../lib/core/kpi/folding.ts';
import { emptyRollupChunk, type RollupChunk } from '../../lib/core/kpi/rollup-chunk.ts';
import { noSigns } from '../../lib/core/kpi/signs.ts';
import { tasksById } from '../../lib/core/kpi/task-table.ts';
import { emptyTile, type Tile, TileBuilder } from '../../lib/core/kpi/tile.ts';
import { floorTo } from '../../lib/core/kpi/tile-progress.ts';
import { workflowsById } from '../../lib/core/kpi/workflow-table.ts';
import { enterBatch, type Roster } from '../../lib/core/model/roster.ts';
import { DAY_MINUTES, MINUTE_MS } from '../../lib/core/model/time.ts';
import type { TileStore } from '../../lib/ports/tile-store.ts';
import { arbitraryBatches, BASE_MINUTE } from '../fixtures/arbitrary-batch.ts';
import { type FreshStore, NOW_MS } from './fresh-store.ts';

const START = floorTo(BASE_MINUTE, 10);

/** A tile in which one agent was there for some minutes. */
function tile(from: number, length = 10, { agents = ['a'], minutes = 1 } = {}): Tile {
  const made = emptyTile(from, from + length);
  for (const agent of agents) {
    const row = made.agents.enter(agent, { ...noSigns, seen: from });
    made.agents.addUse(row, { ...noUse, thereMinutes: minutes });
  }
  return made;
}

const noUse = {
  ...{ thereMinutes: 0, expectedMinutes: 0, liveMinutes: 0, capacityMinutes: 0, capacitySlotUs: 0, busySlotUs: 0 },
  ...{ rateMinutes: 0, rateNanoUsd: 0, queuedMilliMinutes: 0 },
};

/** Everything that is in a tile. */
function contents({ agents, rejected, taskTypes, workflowTypes, ...rest }: Tile) {
  const [turnedAway, types, workflows] = [tasksById(rejected), tasksById(taskTypes), workflowsById(workflowTypes)];
  return { ...rest, agents: new Map(agents), turnedAway, types, workflows };
}

const minutesThere = (tiles: readonly Tile[]) =>
  tiles.flatMap(({ from, agents }) =>
    [...agents].map(([agent, { figures }]) => [from, agent, figures.use.thereMinutes]),
  );

export function tileStoreContract(fresh: FreshStore<TileStore>): void {
  test('gives back every counter, sketch and sign of what was saved', async () => {
    const { store } = await fresh(NOW_MS);
    for (const batches of fc.sample(arbitraryBatches(10, 10), { numRuns: 15, seed: 3 })) {
      const roster: Roster = new Map();
      const chunks = new Map<number, RollupChunk>();
      for (const batch of batches) {
        enterBatch(roster, batch);
        foldBatch(batch, (minute) => {
          const chunk = chunks.get(minute) ?? emptyRollupChunk(minute, 0, 1);
          chunks.set(minute, chunk);
          return chunk;
        });
      }
      const builder = new TileBuilder(START, START + 10, roster);
      builder.add([...chunks.values()].filter(({ minute }) => minute < START + 10).map(chunkColumns), undefined);
      const saved = builder.finish();
      expect(saved.agents.size).toBeGreaterThan(0);
      expect(await store.save('default', saved, 1)).toBe(true);
      const [read, ...others] = await store.read('default', 10, START, START + 10);
      expect(others).toEqual([]);
      expect(read && contents(read)).toEqual(contents(saved));
    }
  });

  test('keeps what is no whole number, is below 0, or is larger than four bytes', async () => {
    const { store } = await fresh(NOW_MS);
    const saved = tile(START, 10, { agents: ['a', 'b', 'c', 'd'] });
    const uses = [{ busySlotUs: 0.1 }, { rateNanoUsd: -5 }, { capacitySlotUs: 2 ** 53 - 1 }, {}];
    for (const [row, use] of uses.entries()) saved.agents.addUse(row, { ...noUse, ...use });
    await store.save('default', saved, 1);
    const [read] = await store.read('default', 10, START, START + 10);
    expect(read && contents(read)).toEqual(contents(saved));
  });

  test('reads the tiles that start within what was asked for, of one length and one system', async () => {
    const { store } = await fresh(NOW_MS);
    const midnight = floorTo(START, DAY_MINUTES) + DAY_MINUTES;
    for (const from of [-20, -10, 0, 10, DAY_MINUTES]) await store.save('default', tile(midnight + from), 1);
    await store.save('default', tile(midnight, 60), 1);
    await store.save('default', tile(midnight, DAY_MINUTES), 1);
    await store.save('other', tile(midnight), 1);
    const starts = async (length: 10 | 60 | 1_440, from: number, to: number) =>
      (await store.read('default', length, midnight + from, midnight + to))
        .map((read) => [read.from - midnight, read.to - read.from])
        .sort(([a = 0], [b = 0]) => a - b);
    expect(await starts(10, -10, 10)).toEqual([-10, 0].map((from) => [from, 10]));
    expect(await starts(10, -20, DAY_MINUTES + 1)).toEqual([-20, -10, 0, 10, DAY_MINUTES].map((from) => [from, 10]));
    expect(await starts(60, -60, 60)).toEqual([[0, 60]]);
    expect(await starts(1_440, 0, 1)).toEqual([[0, DAY_MINUTES]]);
    expect(await starts(60, 60, 120)).toEqual([]);
  });

  test('keeps signs with the shortest tiles only', async () => {
    const { store } = await fresh(NOW_MS);
    const hour = floorTo(START, 60);
    for (const length of [10, 60]) await store.save('default', tile(hour, length), 1);
    const [[short], [long]] = [
      await store.read('default', 10, hour, hour + 1),
      await store.read('default', 60, hour, hour + 1),
    ];
    expect(short?.agents.get('a')?.signs).toEqual({ ...noSigns, seen: hour });
    expect(long?.agents.get('a')?.signs).toEqual(noSigns);
  });

  test('is written over whole, whether it takes more items than before or fewer', async () => {
    const { store } = await fresh(NOW_MS);
    const many = Array.from({ length: 2_500 }, (_, i) => createHash('sha256').update(`${i}`).digest('base64url'));
    const read = async () => minutesThere(await store.read('default', 10, START, START + 10)).sort();
    const there = (agents: readonly string[], minutes: number) => agents.map((agent) => [START, agent, minutes]).sort();
    for (const [minutes, agents] of [many.slice(0, 5), many, many.slice(7, 9), many.slice(0, 1_200)].entries()) {
      expect(await store.save('default', tile(START, 10, { agents, minutes }), 1 + minutes)).toBe(true);
      expect(await read()).toEqual(there(agents, minutes));
    }
  });

  test('keeps what a later lease holder wrote', async () => {
    const { store } = await fresh(NOW_MS);
    expect(await store.save('default', tile(START, 10, { minutes: 1 }), 3)).toBe(true);
    expect(await store.save('default', tile(START, 10, { minutes: 2 }), 4)).toBe(true);
    expect(await store.save('default', tile(START, 10, { minutes: 3 }), 3)).toBe(false);
    expect(minutesThere(await store.read('default', 10, START, START + 10))).toEqual([[START, 'a', 2]]);
  });

  test('no longer gives a tile that is past its time, although it may not be deleted yet', async () => {
    const { store, setNow } = await fresh(NOW_MS);
    const hour = floorTo(START, 60);
    for (const length of [10, 60]) await store.save('default', tile(hour, length), 1);
    setNow(NOW_MS + 15 * DAY_MINUTES * MINUTE_MS);
    expect(await store.read('default', 10, hour, hour + 10)).toEqual([]);
    expect(minutesThere(await store.read('default', 60, hour, hour + 60))).toEqual([[hour, 'a', 1]]);
  });

  test('refuses a tile of a length that is not kept', async () => {
    const { store } = await fresh(NOW_MS);
    await expect(store.save('default', tile(START, 20), 1)).rejects.toThrow(RangeError);
  });
}
