import { beforeEach, describe, expect, test } from 'vitest';
import { acceptBatch } from '../../lib/app/accept-batch.ts';
import { runMinuteJob } from '../../lib/app/run-minute-job.ts';
import type { FleetEvent } from '../../lib/core/model/event.ts';
import { MINUTE_MS } from '../../lib/core/model/time.ts';
import { actionClassNames, type Mode } from '../../lib/core/remediate/action-class.ts';
import type { BusMessage } from '../../lib/ports/event-bus.ts';
import { type Stores, storesInMemory } from '../fixtures/dynamodb-tables.ts';

const START = 29_000_000;
const ms = (minutes: number) => (START + minutes) * MINUTE_MS;
const agents = Array.from({ length: 6 }, (_, i) => `w-${i + 1}`);

let stores: Stores;
let minute: number;
let published: BusMessage[];
/** Minutes that were read as columns. */
let read: number[];
beforeEach(async () => {
  [minute, published, read] = [0, [], []];
  stores = storesInMemory(() => ms(minute));
  await stores.keys.save('hash', {
    ...{ id: 'key_0', name: 'k', system: 'default', scopes: ['admin'], createdAtMs: 0, expiresAtMs: null },
  });
  const { rollups } = stores;
  stores = {
    ...stores,
    rollups: {
      ...rollups,
      readColumns: (system, from, through) => {
        for (let at = from; at <= through; at++) read.push(at - START);
        return rollups.readColumns(system, from, through);
      },
    },
  };
});

const bus = {
  publish: async (messages: readonly BusMessage[]) => {
    published.push(...messages);
  },
};

function judge(more: Partial<Stores> = {}) {
  const modes = Object.fromEntries(actionClassNames.map((name): [string, Mode] => [name, 'observe']));
  const deps = { ...stores, bus, modes: modes as Record<(typeof actionClassNames)[number], Mode>, ...more };
  return runMinuteJob({ ...deps, nowMs: () => ms(minute) }, { scheduledMs: ms(minute), executionId: `run ${minute}` });
}

/** What happens in a minute: everybody's 20 tasks, of which some end with an error. */
async function report(failed: number, changes: FleetEvent[] = []) {
  const events = agents.flatMap((agent): FleetEvent[] => [
    { type: 'agent', agent, pool: 'writers', capacity: 4, atMs: ms(0) },
    { type: 'heartbeat', agent, state: 'ready', intervalMs: 15_000, atMs: ms(minute) + 45_000 },
    ...Array.from({ length: 20 }, (_, n): FleetEvent => {
      const ended =
        n < failed ? { status: 'failed' as const, error: { type: 'SchemaError' } } : { status: 'completed' as const };
      const times = {
        endedAtMs: ms(minute) + 1_000 + n * 2_500,
        serviceUs: 1e6 + n * 1e4,
        waitUs: 0,
        responseUs: 1e6 + n * 1e4,
      };
      const task = { task: `${agent}-${minute}-${n}`, taskType: n % 2 === 0 ? 'draft' : 'edit' };
      return { type: 'task', agent, ...task, ...ended, ...times, attempt: 1, priority: 'normal' };
    }),
  ]);
  const outcome = await acceptBatch(stores, {
    ...{ system: 'default', batchId: undefined, contentHash: `minute ${minute}`, sender: 'key_1', refused: [] },
    ...{ ignored: {}, requestId: `${minute}`, receivedAtMs: ms(minute + 0.99) },
    events: [...changes, ...events].map((event, index) => ({ index, event })),
  });
  expect(outcome.status).toBe('accepted');
  minute += 1;
}

async function pass(minutes: number, failed: number, changes: FleetEvent[] = []) {
  for (let i = 0; i < minutes; i++) {
    await report(failed, i === 0 ? changes : []);
    await judge();
  }
}

const deploy = (): FleetEvent => ({
  type: 'change',
  kind: 'deploy',
  pool: 'writers',
  version: '2.0',
  atMs: ms(minute),
});

async function poolFailing() {
  const records = await stores.alerts.open('default');
  return [...records.values()].map(({ alert }) => alert).find(({ rule }) => rule === 'pool-failing');
}

const dimensions = (alert: { causes?: { dimension: string }[] } | undefined) =>
  alert?.causes?.map(({ dimension }) => dimension);

describe('what is behind an alert', () => {
  test('is looked for in the run in which it begins to fire, and in no other', async () => {
    await pass(20, 0);
    expect(read).toEqual([]);
    await pass(2, 5, [deploy()]);
    expect((await poolFailing())?.state).toBe('pending');
    expect(read).toEqual([]);
    await pass(1, 5);
    expect(dimensions(await poolFailing())).toEqual(['change', 'errorType']);
    // A quarter of an hour that ends a minute before minute 20, and what is closed of the time since.
    expect(read).toEqual([...Array.from({ length: 15 }, (_, i) => 4 + i), 20]);
    await pass(4, 6);
    expect(dimensions(await poolFailing())).toEqual(['change', 'errorType']);
    expect(read).toHaveLength(16);
  });

  test('is in the message that tells of it first', async () => {
    await pass(20, 0);
    await pass(3, 5, [deploy()]);
    const [notice] = published.flatMap((it) => ('notice' in it ? [it.notice] : []));
    expect(notice?.alerts.map(dimensions)).toEqual([['change', 'errorType']]);
  });

  test('is looked for anew when it fires again', async () => {
    await pass(20, 0);
    await pass(3, 5, [deploy()]);
    await pass(5, 0);
    expect((await poolFailing())?.state).toBe('resolved');
    read = [];
    await pass(3, 6);
    expect(await poolFailing()).toMatchObject({ state: 'firing', reopened: 1 });
    expect(read.length).toBeGreaterThan(0);
    expect(dimensions(await poolFailing())).toContain('errorType');
  });

  test.each([
    { name: 'before its alerts are saved', what: 'save' },
    { name: 'before its messages are saved', what: 'saveGroup' },
  ] as const)('is the same when a run stops $name and is repeated', async ({ what }) => {
    await pass(20, 0);
    await pass(2, 5, [deploy()]);
    await report(5);
    const stopped = { ...stores.alerts, [what]: () => Promise.reject(new Error('stopped')) };
    await expect(judge({ alerts: stopped })).rejects.toThrow('stopped');
    minute += 2;
    await judge();
    expect(dimensions(await poolFailing())).toEqual(['change', 'errorType']);
    const told = published.flatMap((it) => ('notice' in it ? it.notice.alerts : []));
    const ofPool = told.filter(({ rule }) => rule === 'pool-failing');
    expect(ofPool.map(dimensions)).toEqual([['change', 'errorType']]);
  });
});
