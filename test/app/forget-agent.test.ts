import { beforeEach, describe, expect, test } from 'vitest';
import { acceptBatch } from '../../lib/app/accept-batch.ts';
import type { AnalyzeDeps } from '../../lib/app/analyze-minutes.ts';
import { forgetAgent } from '../../lib/app/forget-agent.ts';
import { readAlerts } from '../../lib/app/read-alerts.ts';
import { readFleet } from '../../lib/app/read-fleet.ts';
import { readSeries } from '../../lib/app/read-series.ts';
import { readTasks } from '../../lib/app/read-tasks.ts';
import { runMinuteJob } from '../../lib/app/run-minute-job.ts';
import type { FleetEvent } from '../../lib/core/model/event.ts';
import { MINUTE_MS } from '../../lib/core/model/time.ts';
import { actionClassNames } from '../../lib/core/remediate/action-class.ts';
import type { AlertMessage, BusMessage } from '../../lib/ports/event-bus.ts';
import { type Stores, storesInMemory } from '../fixtures/dynamodb-tables.ts';

const START = 29_000_000;
const ms = (minutes: number) => (START + minutes) * MINUTE_MS;
const modes = Object.fromEntries(actionClassNames.map((name) => [name, 'auto'])) as AnalyzeDeps['modes'];
const ann = { kind: 'key' as const, id: 'key_ann', name: 'ann' };

let stores: Stores;
let nowMs: number;
let published: AlertMessage[];
let batches = 0;
beforeEach(fresh);

async function fresh(): Promise<void> {
  [nowMs, published] = [ms(0), []];
  stores = storesInMemory(() => nowMs);
  await stores.fleet.knowSystem('default', ms(0));
}

const bus = {
  publish: async (messages: readonly BusMessage[]) => {
    for (const message of messages) if ('alert' in message) published.push(message);
  },
};

function run(minutes: number, deps: Stores = stores) {
  nowMs = ms(minutes);
  return runMinuteJob(
    { ...deps, bus, modes, nowMs: () => nowMs },
    { scheduledMs: nowMs, executionId: `run ${minutes}` },
  );
}

function receive(minutes: number, events: FleetEvent[]) {
  batches += 1;
  nowMs = ms(minutes);
  return acceptBatch(stores, {
    ...{ system: 'default', batchId: undefined, contentHash: `content ${batches}`, refused: [], ignored: {} },
    events: events.map((event, index) => ({ index, event })),
    ...{ sender: 'key_1', receivedAtMs: nowMs, requestId: `request ${batches}` },
  });
}

function forget(agent: string, minutes: number, reader: { pools?: string[] } = {}) {
  nowMs = Math.max(nowMs, ms(minutes));
  return forgetAgent(stores, { system: 'default', agent, who: ann, atMs: ms(minutes) }, reader);
}

/** What an agent of the pool "writers" reports in a minute: at 6 s, 12 s and 24 s. */
function work(agent: string, minute: number): FleetEvent[] {
  const times = { endedAtMs: ms(minute + 0.2), serviceUs: 1_000_000, responseUs: 1_000_000 };
  const task = {
    task: `${agent}-${minute}`,
    taskType: 'write',
    status: 'completed',
    attempt: 1,
    priority: 'normal',
  } as const;
  return [
    { type: 'agent', agent, pool: 'writers', capacity: 2, costPerHourUsd: 6 },
    { type: 'heartbeat', agent, atMs: ms(minute + 0.1), state: 'ready', intervalMs: 15_000 },
    { type: 'task', agent, ...task, ...times, costNanoUsd: 5 },
    { type: 'heartbeat', agent, atMs: ms(minute + 0.4), state: 'ready', intervalMs: 15_000 },
  ];
}

async function minuteOfWork(minute: number, agents: readonly string[]): Promise<void> {
  for (const agent of agents) await receive(minute + 0.9, work(agent, minute));
  await run(minute + 1);
}

const known = async () => [...(await stores.fleet.roster('default')).keys()].sort();
const fleetAt = (minutes: number, window = minutes) =>
  readFleet(stores, 'default', START + minutes - window, START + minutes);

describe('an agent that is forgotten', () => {
  test('is gone at once, for the present and the past, and is not known a second time', async () => {
    for (let minute = 0; minute < 3; minute++) await minuteOfWork(minute, ['a', 'b']);
    expect(await forget('a', 3.5)).toEqual({ status: 'forgotten', pool: 'writers', atMs: ms(3.5) });
    expect(await known()).toEqual(['b']);
    for (const at of [2, 3]) {
      expect((await fleetAt(at)).agents.map(({ entry }) => entry.agent)).toEqual(['b']);
    }
    expect((await fleetAt(3)).pools).toMatchObject([{ pool: 'writers', present: [{ agent: 'b' }] }]);
    const series = {
      scope: { kind: 'agent', id: 'a' },
      withPool: true,
      from: START,
      to: START + 3,
      stepMinutes: 1,
    } as const;
    expect(await readSeries(stores, 'default', series)).toBeNull();
    expect((await readTasks(stores, 'default', START, START + 4)).map(({ agent }) => agent)).toEqual(['b', 'b', 'b']);
    expect(await forget('a', 3.6)).toEqual({ status: 'unknown' });
    expect(await forget('nobody', 3.6)).toEqual({ status: 'unknown' });
    const [entry, ...others] = await stores.audit.read('default', { fromMs: 0, toMs: ms(9), limit: 10 });
    expect(others).toEqual([]);
    expect(entry).toMatchObject({
      ...{ who: ann, action: 'agent.forget', target: 'a', outcome: 'done' },
      before: { pool: 'writers', firstSeenAt: new Date(ms(0)).toISOString() },
    });
  });

  test('leaves the sums of its pool and of the fleet as they were, also when the job has run on', async () => {
    for (let minute = 0; minute < 3; minute++) await minuteOfWork(minute, ['a', 'b']);
    const before = await fleetAt(3);
    await forget('a', 3.01);
    for (let minute = 3; minute < 7; minute++) {
      const after = await fleetAt(3);
      expect(after.figures).toEqual(before.figures);
      expect(after.pools.map(({ pool, figures }) => [pool, figures])).toEqual(
        before.pools.map(({ pool, figures }) => [pool, figures]),
      );
      await minuteOfWork(minute, ['b']);
    }
    // From then on it is not missed: nothing is expected of it.
    const { use } = (await fleetAt(7, 3)).figures;
    expect(use).toMatchObject({ thereMinutes: 3, expectedMinutes: 3, liveMinutes: 3 });
  });

  test('is for keys of its pool only', async () => {
    await minuteOfWork(0, ['a']);
    expect(await forget('a', 1.1, { pools: ['readers'] })).toEqual({ status: 'unknown' });
    expect(await known()).toEqual(['a']);
    expect(await forget('a', 1.1, { pools: ['writers'] })).toMatchObject({ status: 'forgotten' });
    expect(await known()).toEqual([]);
  });

  test('is not brought back by what it reported before, however late that comes', async () => {
    for (let minute = 0; minute < 3; minute++) await minuteOfWork(minute, ['a', 'b']);
    await receive(3.3, work('a', 3).slice(0, 2));
    await forget('a', 3.5);
    await receive(3.6, [{ type: 'heartbeat', agent: 'a', atMs: ms(3.5), state: 'ready', intervalMs: 15_000 }]);
    await minuteOfWork(3, ['b']);
    expect(await known()).toEqual(['b']);
    nowMs = ms(600);
    await receive(600.1, work('a', 1));
    await run(601);
    expect(await known()).toEqual(['b']);
    // It did the work, late or not.
    const { figures } = await readFleet(stores, 'default', START, START + 3);
    expect(figures.tasks.counters.completed).toBe(7);
  });

  test('is a new agent when it reports again, with figures of its own from then on', async () => {
    for (let minute = 0; minute < 3; minute++) await minuteOfWork(minute, ['a', 'b']);
    await forget('a', 3.3);
    await receive(3.45, work('a', 3).slice(3));
    await run(4);
    const back = (await stores.fleet.roster('default')).get('a');
    expect(back).toMatchObject({ firstSeenMs: ms(3.4), firstBeatMs: ms(3.4), description: null });
    for (let minute = 4; minute < 6; minute++) await minuteOfWork(minute, ['a', 'b']);
    const { agents, figures } = await fleetAt(6);
    expect(agents.map(({ entry, pool, figures: own }) => [entry.agent, pool, own.tasks.counters.completed])).toEqual([
      ['a', 'writers', 2],
      ['b', 'writers', 5],
    ]);
    expect(figures.tasks.counters.completed).toBe(10);
    const scope = { kind: 'agent', id: 'a' } as const;
    const steps = await readSeries(stores, 'default', {
      scope,
      withPool: true,
      from: START,
      to: START + 6,
      stepMinutes: 1,
    });
    if (!Array.isArray(steps)) throw new Error('there is a series');
    expect(steps.map((step) => step.tasks.counters.completed)).toEqual([0, 0, 0, 0, 1, 1]);
    expect((await readTasks(stores, 'default', START, START + 6)).filter(({ agent }) => agent === 'a')).toHaveLength(2);
  });

  test('may say anew what it is in the minute in which it was forgotten', async () => {
    await minuteOfWork(0, ['a']);
    await receive(1.05, work('a', 1).slice(0, 1));
    await forget('a', 1.3);
    await receive(1.5, [{ type: 'agent', agent: 'a', pool: 'editors' }, ...work('a', 1).slice(3)]);
    await run(2);
    expect((await stores.fleet.roster('default')).get('a')).toMatchObject({
      ...{ firstSeenMs: ms(1.3) + 1, lastSeenMs: ms(1.4), description: { pool: 'editors' } },
    });
  });

  test('is gone although the minute job did not run for days', async () => {
    await minuteOfWork(0, ['a', 'b']);
    await forget('a', 1.1);
    await run(2 * 1_440 + 60);
    expect(await known()).toEqual(['b']);
  });

  test('is gone although its clock is ahead', async () => {
    await receive(0.2, [
      { type: 'heartbeat', agent: 'a', atMs: ms(0.2) + 10 * MINUTE_MS, state: 'ready', intervalMs: 15_000 },
    ]);
    for (let minute = 1; minute <= 11; minute++) await run(minute);
    await receive(11.2, [
      { type: 'heartbeat', agent: 'a', atMs: ms(11.2) + 10 * MINUTE_MS, state: 'ready', intervalMs: 15_000 },
    ]);
    await run(12);
    expect(await forget('a', 12.1)).toMatchObject({ status: 'forgotten', atMs: ms(12.1) });
    for (let minute = 13; minute <= 15; minute++) {
      expect(await known()).toEqual([]);
      await run(minute);
    }
    expect(await known()).toEqual([]);
  });

  test('ends its alerts: for readers at once, and once for those who are told', async () => {
    for (let minute = 0; minute < 2; minute++) await minuteOfWork(minute, ['a', 'b', 'c']);
    for (let minute = 2; minute < 5; minute++) await minuteOfWork(minute, ['b', 'c']);
    const alertsNow = async () =>
      (await readAlerts(stores, 'default', ms(0), nowMs + 1)).map(({ scope, state }) => [scope.agent, state]);
    expect(await alertsNow()).toEqual([['a', 'firing']]);
    expect((await fleetAt(5)).firing).toHaveLength(1);
    await forget('a', 5);
    expect(await alertsNow()).toEqual([['a', 'resolved']]);
    expect((await fleetAt(5)).firing).toEqual([]);
    for (let minute = 5; minute < 8; minute++) await minuteOfWork(minute, ['b', 'c']);
    expect(published.map(({ alert, transition }) => [alert.scope.agent, transition.state])).toEqual([
      ['a', 'firing'],
      ['a', 'resolved'],
    ]);
    expect(await alertsNow()).toEqual([['a', 'resolved']]);
    // Until then it might fire again.
    for (let minute = 8; minute < 23; minute++) await minuteOfWork(minute, ['b', 'c']);
    expect([...(await stores.alerts.open('default')).keys()]).toEqual([]);
  });

  test('is no slow agent of the pool "default", where nobody knows it any more', async () => {
    const tasks = (agent: string, minute: number, ms_: number): FleetEvent[] =>
      Array.from({ length: 20 }, (_, n) => {
        const [first] = work(agent, minute).filter((event) => event.type === 'task');
        if (first?.type !== 'task') throw new Error('work has a task');
        const serviceUs = (ms_ + n) * 1_000;
        return { ...first, task: `${agent}-${minute}-${n}`, serviceUs, responseUs: serviceUs };
      });
    for (let minute = 0; minute < 4; minute++) {
      if (minute === 3) await forget('slow', 3.95);
      for (const agent of ['d', 'e', 'f']) {
        await receive(minute + 0.9, [
          { type: 'heartbeat', agent, atMs: ms(minute + 0.8), state: 'ready', intervalMs: 15_000 },
          ...tasks(agent, minute, 100),
        ]);
      }
      await receive(minute + 0.9, [...work('slow', minute), ...tasks('slow', minute, 2_000)]);
      await run(minute + 1);
    }
    expect(published.filter(({ alert }) => alert.scope.agent === 'slow')).toEqual([]);
  });
});

test('whenever it is forgotten while the minute job runs, it stays so', async () => {
  /** The stores, with something done before the call number `at`. */
  const interrupted = (at: number, act: () => Promise<unknown>) => {
    let calls = 0;
    const watch = <Store extends object>(store: Store): Store =>
      new Proxy(store, {
        get(target, name) {
          const method = target[name as keyof Store];
          if (typeof method !== 'function') return method;
          return async (...given: unknown[]) => {
            calls += 1;
            if (calls === at) await act();
            return method.apply(target, given);
          };
        },
      });
    const watched = Object.fromEntries(
      Object.entries(stores).map(([name, store]) => [name, typeof store === 'object' ? watch(store) : store]),
    ) as Stores;
    return { watched, calls: () => calls };
  };
  let at = 1;
  for (let met = Number.POSITIVE_INFINITY; at <= met; at++) {
    await fresh();
    await minuteOfWork(0, ['a', 'b']);
    await receive(1.9, work('a', 1));
    await receive(1.9, work('b', 1));
    const { watched, calls } = interrupted(at, () => forget('a', 2));
    await run(2, watched);
    met = calls();
    if (at > met) break;
    expect({ at, known: await known() }).toEqual({ at, known: ['b'] });
    for (let minute = 2; minute < 4; minute++) await minuteOfWork(minute, ['b']);
    expect({ at, known: await known() }).toEqual({ at, known: ['b'] });
    // Nobody has to hide it any more.
    const stored = await stores.fleet.roster('default');
    nowMs = ms(5 * 1_440);
    expect(await stores.fleet.roster('default')).toEqual(stored);
  }
  expect(at).toBeGreaterThan(20);
});
