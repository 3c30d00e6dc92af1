import { beforeAll, describe, expect, test } from 'vitest';
import { acceptBatch } from '../../lib/app/accept-batch.ts';
import type { AnalyzeDeps } from '../../lib/app/analyze-minutes.ts';
import { readWindow } from '../../lib/app/read-window.ts';
import { runMinuteJob } from '../../lib/app/run-minute-job.ts';
import { chunkColumns } from '../../lib/core/kpi/chunk-columns.ts';
import { AGENTS_PER_CHUNK } from '../../lib/core/kpi/complete-minutes.ts';
import type { HistoryLevel, HistoryPoint } from '../../lib/core/kpi/history-point.ts';
import { POINTS_LOOKBACK_MINUTES, poolMinutePoints } from '../../lib/core/kpi/minute-points.ts';
import { tasksById } from '../../lib/core/kpi/task-table.ts';
import { type Tile, TileBuilder } from '../../lib/core/kpi/tile.ts';
import { floorTo, staleTiles } from '../../lib/core/kpi/tile-progress.ts';
import { workflowsById } from '../../lib/core/kpi/workflow-table.ts';
import type { FleetEvent, TaskEvent } from '../../lib/core/model/event.ts';
import { MINUTE_MS } from '../../lib/core/model/time.ts';
import { actionClassNames } from '../../lib/core/remediate/action-class.ts';
import { createRandom } from '../../lib/sim/random.ts';
import { type Stores, storesInMemory } from '../fixtures/dynamodb-tables.ts';

/** A little before midnight UTC. */
const START = floorTo(29_000_000, 1_440) + 1_440 - 97;
const MINUTES = 260;
const AGENTS = ['a', 'b', 'c', 'd', 'e'];
const ms = (minute: number) => minute * MINUTE_MS;
const modes = Object.fromEntries(actionClassNames.map((name) => [name, 'observe'])) as AnalyzeDeps['modes'];

let stores: Stores;
let nowMs = ms(START);
/** What was written to history, by level, scope and time. */
const history = new Map<string, HistoryPoint>();
const metrics = {
  async write(_system: string, level: HistoryLevel, points: readonly HistoryPoint[]) {
    for (const point of points) history.set(`${level} ${point.scope} ${point.at}`, structuredClone(point));
  },
  read: async () => [],
};

beforeAll(async () => {
  stores = storesInMemory(() => nowMs);
  await stores.fleet.knowSystem('default', ms(START));
  const random = createRandom(7, 'tiles');
  for (let minute = START; minute < START + MINUTES; minute++) {
    await receive(minute, eventsOf(random, minute));
    // Of any time before: closed minutes, tiled ones, and ones whose hour is summed up.
    if (minute % 9 === 0) await receive(minute, [task(random, 'late', minute - random.int(150) - 1)]);
    // Runs that are missed are caught up.
    if (minute % 50 < 4) continue;
    await runJob(minute + 1);
  }
  await runJob(START + MINUTES);
  await runJob(START + MINUTES);
}, 120_000);

function runJob(minute: number) {
  nowMs = ms(minute) + 1_000;
  const deps = { ...stores, metrics, bus: { publish: async () => {} }, modes, nowMs: () => nowMs };
  return runMinuteJob(deps, { scheduledMs: ms(minute), executionId: `run ${minute}` });
}

let batches = 0;
function receive(minute: number, events: readonly FleetEvent[]) {
  batches += 1;
  return acceptBatch(stores, {
    system: 'default',
    batchId: `batch ${batches}`,
    contentHash: `content ${batches}`,
    events: events.map((event, index) => ({ index, event })),
    refused: [],
    sender: 'key_1',
    ignored: {},
    receivedAtMs: ms(minute) + 30_000,
    requestId: `request ${batches}`,
  });
}

type Random = ReturnType<typeof createRandom>;

function task(random: Random, agent: string, minute: number): TaskEvent {
  const serviceUs = Math.round(random.logNormal(20_000_000, 1));
  return {
    ...{ type: 'task', agent, task: `t${random.int(1e9)}`, taskType: random.uniform() < 0.5 ? 'x' : 'y' },
    ...{ status: random.uniform() < 0.9 ? 'completed' : 'failed', endedAtMs: ms(minute) + random.int(60_000) },
    ...{ serviceUs, responseUs: serviceUs + 1_000, waitUs: 1_000, attempt: 1, priority: 'normal' },
    ...{ qualityPpm: random.int(1e6), costNanoUsd: random.int(1e6) },
  };
}

function eventsOf(random: Random, minute: number): FleetEvent[] {
  const atMs = () => ms(minute) + random.int(60_000);
  const own = AGENTS.flatMap((agent, i): FleetEvent[] => {
    // b is gone for an hour, c has stopped, d never beats.
    if (agent === 'b' && minute > START + 60 && minute < START + 130) return [];
    if (agent === 'c' && minute > START + 100) return [];
    const state = agent === 'c' && minute === START + 100 ? 'stopped' : 'ready';
    const events: FleetEvent[] = [];
    if (minute === START)
      events.push({ type: 'agent', agent, pool: i < 3 ? 'p' : 'q', capacity: 2, costPerHourUsd: 1 });
    if (agent !== 'd') events.push({ type: 'heartbeat', agent, atMs: ms(minute) + 59_000, state, intervalMs: 60_000 });
    if (random.uniform() < 0.4) events.push(task(random, agent, minute));
    if (agent === 'e' && minute % 7 < 3) {
      events.push({ type: 'sample', agent, atMs: atMs(), active: 1, capacity: 2, queued: random.int(5) });
    }
    return events;
  });
  const workflow: FleetEvent = {
    ...{ type: 'workflow', workflow: `w${minute}`, workflowType: 'order', status: 'completed' },
    ...{ startedAtMs: ms(minute), endedAtMs: atMs() },
  };
  const metric: FleetEvent = {
    ...{ type: 'metric', name: 'carts', value: random.int(9), atMs: atMs(), kind: 'gauge', direction: 'none' },
  };
  return [...own, workflow, metric];
}

async function entriesAt(to: number) {
  const roster = await stores.fleet.roster('default');
  return new Map([...roster].filter(([, entry]) => entry.firstSeenMs < ms(to)));
}

/** Computed from the minutes alone. */
async function minuteByMinute(from: number, to: number): Promise<Tile> {
  const builder = new TileBuilder(from, to, await entriesAt(to));
  builder.add((await stores.rollups.read('default', START - 20, to - 1)).map(chunkColumns), undefined);
  return builder.finish();
}

function comparable(tile: Tile) {
  const sorted = <Value>(map: Iterable<[string, Value]>) => [...map].sort(([a], [b]) => (a < b ? -1 : 1));
  // What came late changes how the agent was in the quarter of an hour after it, not when it was last heard of later on.
  const agents = sorted(tile.agents).map(([agent, of]) => (agent === 'late' ? [agent, of.figures] : [agent, of]));
  return {
    agents,
    rejected: sorted(tasksById(tile.rejected)),
    taskTypes: sorted(tasksById(tile.taskTypes)),
    workflowTypes: sorted(workflowsById(tile.workflowTypes)),
    metrics: sorted(tile.metrics),
    loads: sorted(tile.loads).filter(([, levels]) => levels.size > 0),
  };
}

describe('a window that is put together from tiles', () => {
  test('is the same as one that is computed from its minutes, wherever it begins and ends', async () => {
    const { tiles } = await stores.log.progress('default');
    expect(tiles?.to).toBe(floorTo(START + MINUTES - 1 - 5, 10));
    // Some of them are yet to be written anew.
    expect(tiles?.late).not.toEqual([]);
    const random = createRandom(3, 'windows');
    const windows = Array.from({ length: 40 }, () => {
      const from = START + random.int(MINUTES - 2);
      return [from, from + 1 + random.int(START + MINUTES - from - 1)] as const;
    });
    for (const [from, to] of [[START, START + MINUTES] as const, ...windows]) {
      const window = await readWindow(stores, 'default', { from, to }, await entriesAt(to), tiles ?? null);
      expect({ from, to, ...comparable(window) }).toEqual({ from, to, ...comparable(await minuteByMinute(from, to)) });
    }
  });

  test('has the same figures in history, minute by minute and hour by hour', async () => {
    const { tiles } = await stores.log.progress('default');
    const stale = tiles ? staleTiles(tiles) : [];
    const hours = new Set([...history.values()].map(({ at }) => floorTo(at, 60)));
    let compared = 0;
    for (const hour of hours) {
      for (const [at, length, level] of [
        [hour, 60, 'hour'],
        [hour + 17, 1, 'minute'],
      ] as const) {
        if (at < START || at + length > (tiles?.to ?? 0)) continue;
        if ([...stale].some((start) => start + 10 > at && start < at + length)) continue;
        const { agents, taskTypes } = await minuteByMinute(at, at + length);
        for (const [agent, { figures }] of agents) {
          const point = history.get(`${level} agent:${agent} ${at}`);
          if (figures.use.thereMinutes > 0) expect(point?.figures).toEqual(figures);
          compared += 1;
        }
        for (const [type, tasks] of tasksById(taskTypes)) {
          expect(history.get(`${level} taskType:${type} ${at}`)?.figures?.tasks).toEqual(tasks);
        }
      }
    }
    expect(compared).toBeGreaterThan(20);
  });
});

test('pools are told minute by minute before history has them as it will tell them', async () => {
  const { tiles } = await stores.log.progress('default');
  const stale = tiles ? staleTiles(tiles) : [];
  const [from, to] = [START + 40, START + 140];
  const chunks = await stores.rollups.read('default', from - POINTS_LOOKBACK_MINUTES, to - 1);
  const found = poolMinutePoints(chunks, { from, to }, await entriesAt(START + MINUTES), new Set(['p', 'q', 'nobody']));
  expect(found.get('nobody')).toEqual([]);
  let compared = 0;
  for (const point of [...found.values()].flat()) {
    const { scope, at, figures } = point;
    if ([...stale].some((start) => at >= start && at < start + 10)) continue;
    expect(figures).toEqual(history.get(`minute ${scope} ${at}`)?.figures);
    compared += 1;
  }
  expect(compared).toBeGreaterThan(100);
});

test('a fleet of several chunks is summed up whole', async () => {
  const own = storesInMemory(() => nowMs);
  await own.fleet.knowSystem('default', ms(START));
  const agents = Array.from({ length: AGENTS_PER_CHUNK + 50 }, (_, i) => `agent-${i}`);
  for (let minute = START; minute < START + 16; minute++) {
    // It outgrows its chunk on the way.
    const some = agents.slice(0, minute < START + 6 ? 100 : undefined);
    await acceptBatch(own, {
      ...{
        system: 'default',
        batchId: `${minute}`,
        contentHash: `${minute}`,
        refused: [],
        sender: 'key_1',
        ignored: {},
      },
      events: some.map((agent, index) => ({
        index,
        event: { type: 'heartbeat', agent, atMs: ms(minute) + 1, state: 'ready', intervalMs: 60_000 },
      })),
      ...{ receivedAtMs: ms(minute) + 1, requestId: `${minute}` },
    });
    nowMs = ms(minute + 1) + 1_000;
    const deps = { ...own, metrics, bus: { publish: async () => {} }, modes, nowMs: () => nowMs };
    await runMinuteJob(deps, { scheduledMs: ms(minute + 1), executionId: `run ${minute}` });
  }
  const from = floorTo(START, 10);
  const [tile] = await own.tiles.read('default', 10, from, from + 10);
  const beats = [...(tile?.agents ?? [])].reduce((sum, [, { figures }]) => sum + figures.presence.counters.beats, 0);
  const minutes = Array.from({ length: from + 10 - START }, (_, i) => (START + i < START + 6 ? 100 : agents.length));
  expect(beats).toBe(minutes.reduce((a, b) => a + b, 0));
});
