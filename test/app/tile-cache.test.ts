import { beforeAll, expect, test } from 'vitest';
import { acceptBatch } from '../../lib/app/accept-batch.ts';
import type { AnalyzeDeps } from '../../lib/app/analyze-minutes.ts';
import { readWindow } from '../../lib/app/read-window.ts';
import { runMinuteJob } from '../../lib/app/run-minute-job.ts';
import { MemoryTable } from '../../lib/aws/dynamodb/memory-table.ts';
import { dynamoRollupStore } from '../../lib/aws/dynamodb/rollup-store.ts';
import { BoundedCache } from '../../lib/core/kpi/bounded-cache.ts';
import { tasksById } from '../../lib/core/kpi/task-table.ts';
import type { TileLength } from '../../lib/core/kpi/tile.ts';
import { TileCache } from '../../lib/core/kpi/tile-cache.ts';
import { floorTo } from '../../lib/core/kpi/tile-progress.ts';
import type { FleetEvent } from '../../lib/core/model/event.ts';
import { MINUTE_MS } from '../../lib/core/model/time.ts';
import { actionClassNames } from '../../lib/core/remediate/action-class.ts';
import { createRandom } from '../../lib/sim/random.ts';
import { type Stores, storesWith } from '../fixtures/dynamodb-tables.ts';

/** A little before a full hour. */
const START = floorTo(29_000_000, 60) - 13;
const MINUTES = 100;
const SYSTEMS = ['one', 'other'];
const ms = (minute: number) => minute * MINUTE_MS;
const modes = Object.fromEntries(actionClassNames.map((name) => [name, 'observe'])) as AnalyzeDeps['modes'];

let stores: Stores;
/** The same stores for a reader who keeps what it has read. */
let kept: Stores & { tileCache: TileCache };
/** How often tiles were read by one who reads all, and by one who keeps them. */
const read = { plain: 0, kept: 0 };
let nowMs = ms(START);

beforeAll(async () => {
  const table = new MemoryTable();
  stores = storesWith({ state: new MemoryTable(), rollups: table }, () => nowMs);
  const rollups = dynamoRollupStore(table, 14, () => nowMs, new BoundedCache(1e7));
  kept = { ...counted('kept'), rollups, tileCache: new TileCache(1e7) };
  for (const system of SYSTEMS) await stores.fleet.knowSystem(system, ms(START));
});

function counted(of: keyof typeof read): Stores {
  const tiles = {
    ...stores.tiles,
    read: (system: string, length: TileLength, from: number, to: number) => {
      read[of] += 1;
      return stores.tiles.read(system, length, from, to);
    },
  };
  return { ...stores, tiles };
}

let batches = 0;
async function receive(system: string, minute: number, event: FleetEvent): Promise<void> {
  batches += 1;
  await acceptBatch(stores, {
    ...{ system, batchId: `batch ${batches}`, contentHash: `content ${batches}`, sender: 'key_1', ignored: {} },
    ...{ events: [{ index: 0, event }], refused: [] },
    ...{ receivedAtMs: ms(minute) + 30_000, requestId: `request ${batches}` },
  });
}

function task(agent: string, minute: number, serviceUs: number): FleetEvent {
  return {
    ...{ type: 'task', agent, task: `${batches}`, taskType: 'x', status: 'completed', endedAtMs: ms(minute) + 1_000 },
    ...{ serviceUs, responseUs: serviceUs, attempt: 1, priority: 'normal' },
  };
}

async function windowAt(deps: Stores, system: string, from: number, to: number) {
  const roster = await stores.fleet.roster(system);
  const { tiles = null } = await stores.log.progress(system);
  const window = await readWindow(deps, system, { from, to }, roster, tiles);
  return { agents: [...window.agents], taskTypes: tasksById(window.taskTypes), loads: window.loads };
}

function completed({ agents }: Awaited<ReturnType<typeof windowAt>>): number {
  return agents.reduce((sum, [, { figures }]) => sum + figures.tasks.counters.completed, 0);
}

test('a reader who keeps what it has read sees what one sees who reads all, whatever comes late', async () => {
  const random = createRandom(11, 'kept');
  const plain = counted('plain');
  for (let minute = START; minute < START + MINUTES; minute++) {
    for (const [i, system] of SYSTEMS.entries()) {
      await receive(system, minute, task('a', minute, 1_000 + i));
      if (random.uniform() < 0.3) await receive(system, minute, task('late', minute - random.int(70), 2_000));
    }
    nowMs = ms(minute + 1) + 1_000;
    const deps = { ...stores, bus: { publish: async () => {} }, modes, nowMs: () => nowMs };
    await runMinuteJob(deps, { scheduledMs: ms(minute + 1), executionId: `run ${minute}` });
    for (const system of SYSTEMS) {
      const to = minute + 1 - random.int(4);
      const from = to - 1 - random.int(90);
      const whole = await windowAt(plain, system, from, to);
      expect({ system, from, to, ...(await windowAt(kept, system, from, to)) }).toEqual({ system, from, to, ...whole });
    }
  }
  expect(read.kept).toBeLessThan(read.plain / 2);
}, 120_000);

test('late events of a tile that was read show with the run that counts them', async () => {
  const [system] = SYSTEMS as [string];
  const [from, to] = [START + 5, START + 60];
  const before = completed(await windowAt(kept, system, from, to));
  await receive(system, START + MINUTES, task('a', START + 20, 5_000));
  nowMs = ms(START + MINUTES + 1) + 1_000;
  const deps = { ...stores, bus: { publish: async () => {} }, modes, nowMs: () => nowMs };
  await runMinuteJob(deps, { scheduledMs: ms(START + MINUTES + 1), executionId: 'run of the late task' });
  expect(completed(await windowAt(kept, system, from, to))).toBe(before + 1);
});
