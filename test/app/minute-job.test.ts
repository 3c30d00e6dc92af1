import { beforeEach, describe, expect, test } from 'vitest';
import { acceptBatch } from '../../lib/app/accept-batch.ts';
import type { AnalyzeDeps } from '../../lib/app/analyze-minutes.ts';
import { publishTransitions } from '../../lib/app/publish-transitions.ts';
import { readLedger } from '../../lib/app/read-ledger.ts';
import { type MinuteJobDeps, runMinuteJob } from '../../lib/app/run-minute-job.ts';
import { chunkIndex } from '../../lib/core/kpi/rollup-chunk.ts';
import type { FleetEvent } from '../../lib/core/model/event.ts';
import { MINUTE_MS } from '../../lib/core/model/time.ts';
import { actionClassNames } from '../../lib/core/remediate/action-class.ts';
import type { AlertMessage, BusMessage, DirectiveMessage } from '../../lib/ports/event-bus.ts';
import { type Stores, storesInMemory } from '../fixtures/dynamodb-tables.ts';

const START = 29_000_000;
const ms = (minutes: number) => (START + minutes) * MINUTE_MS;

let stores: Stores;
let nowMs: number;
let published: AlertMessage[];
let directed: DirectiveMessage[];
beforeEach(async () => {
  nowMs = ms(0);
  published = [];
  directed = [];
  stores = storesInMemory(() => nowMs);
  await stores.keys.save('hash', {
    id: 'key_0',
    name: 'k',
    system: 'default',
    scopes: ['admin'],
    createdAtMs: 0,
    expiresAtMs: null,
  });
});

const bus = {
  publish: async (messages: readonly BusMessage[]) => {
    for (const message of messages) {
      if ('alert' in message) published.push(message);
      else if ('directive' in message) directed.push(message);
    }
  },
};

const modes = Object.fromEntries(actionClassNames.map((name) => [name, 'auto'])) as AnalyzeDeps['modes'];

let runs = 0;
/** Runs the job of the minute boundary `minutes` after the start, at that time. */
function run(minutes: number, deps: Partial<MinuteJobDeps> = {}, executionId = `run ${++runs}`) {
  nowMs = ms(minutes);
  return runMinuteJob(
    { ...stores, bus, modes, nowMs: () => nowMs, ...deps },
    { scheduledMs: ms(Math.floor(minutes)), executionId },
  );
}

let batches = 0;
/** Receives events at a time, `minutes` after the start. */
function receive(minutes: number, events: FleetEvent[], batchId?: string) {
  batches += 1;
  return acceptBatch(stores, {
    system: 'default',
    batchId,
    contentHash: batchId ?? `content ${batches}`,
    events: events.map((event, index) => ({ index, event })),
    refused: [],
    sender: 'key_1',
    ignored: {},
    receivedAtMs: ms(minutes),
    requestId: `request ${batches}`,
  });
}

function beat(agent: string, minutes: number, intervalMs = 15_000): FleetEvent {
  return { type: 'heartbeat', agent, atMs: ms(minutes), state: 'ready', intervalMs };
}

async function beatsByMinute(): Promise<number[]> {
  const counts: number[] = [];
  for (const chunk of await stores.rollups.read('default', START - 100, START + 100)) {
    const beats = [...chunk.presence.values()].reduce((sum, { counters }) => sum + counters.beats, 0);
    counts[chunk.minute - START] = (counts[chunk.minute - START] ?? 0) + beats;
  }
  return counts;
}

async function expectBalanced(received: number, pending = 0) {
  const ledger = (await readLedger(stores, 'default', { from: START - 60, to: START + 120 }, nowMs)).total;
  expect(ledger).toMatchObject({ received, pending, stored: received - pending, difference: 0 });
}

describe('the minute job', () => {
  test('counts what was received by the end of its minute, and leaves the rest pending', async () => {
    await receive(0.5, [beat('a', 0.1), beat('a', 0.4)]);
    await receive(0.9, [beat('a', 1.2)]);
    await expectBalanced(3, 3);
    await run(1);
    expect(await beatsByMinute()).toEqual([2]);
    await expectBalanced(3, 1);
    await run(2);
    expect(await beatsByMinute()).toEqual([2, 1]);
    await expectBalanced(3);
  });

  test('loses nothing when its first run comes hours after the first events', async () => {
    await receive(0.5, [beat('a', 0.1)]);
    await receive(1.5, [beat('a', 1.1)]);
    nowMs = ms(200);
    await expectBalanced(2, 2);
    await run(200);
    expect(await beatsByMinute()).toEqual([1, 1]);
    await expectBalanced(2);
  });

  test('works for a system that has no key, once it has sent something', async () => {
    const outcome = await acceptBatch(stores, {
      ...{ system: 'of-tokens', sender: 'subject', batchId: undefined, contentHash: 'x', refused: [], ignored: {} },
      events: [{ index: 0, event: beat('a', 0.2) }],
      ...{ receivedAtMs: ms(0.5), requestId: 'r' },
    });
    expect(outcome.status).toBe('accepted');
    expect(await run(1)).toEqual([
      { system: 'default', status: 'done', minutes: expect.any(Number) },
      { system: 'of-tokens', status: 'done', minutes: expect.any(Number) },
    ]);
    expect(await stores.rollups.read('of-tokens', START, START)).toHaveLength(1);
  });

  test('adds an event that comes an hour late to its own minute, once', async () => {
    await receive(0.5, [beat('a', 0.1)]);
    for (let minute = 1; minute <= 5; minute++) await run(minute);
    nowMs = ms(60);
    await receive(60.2, [beat('a', 0.2)], '00000000-0000-4000-8000-000000000001');
    await expectBalanced(2, 1);
    for (const minute of [61, 61, 62]) await run(minute);
    expect((await beatsByMinute())[0]).toBe(2);
    expect(await stores.journal.dirtyMarks('default')).toEqual([]);
    await expectBalanced(2);
  });

  test('catches up every minute it missed', async () => {
    await run(1);
    for (let minute = 1; minute < 40; minute++) await receive(minute + 0.5, [beat('a', minute + 0.2)]);
    expect(await run(40)).toEqual([{ system: 'default', status: 'done', minutes: 39 }]);
    expect((await beatsByMinute()).filter((beats) => beats === 1)).toHaveLength(39);
    await expectBalanced(39);
  });

  test('changes nothing when a run is repeated, or an old one comes after a newer', async () => {
    await receive(0.5, [beat('a', 0.1)]);
    await run(1);
    await run(2);
    const before = await stores.rollups.read('default', START - 5, START + 5);
    await run(2);
    await run(1);
    expect(await stores.rollups.read('default', START - 5, START + 5)).toEqual(before);
    expect((await stores.log.progress('default')).doneThrough).toBe(START + 1);
  });

  test('counts a minute once when the fleet outgrows its chunks while the minute is open', async () => {
    const agents = Array.from({ length: 300 }, (_, i) => `a-${i}`);
    // Of two chunks the first stays empty in that minute, and what the only one held must go.
    const second = agents.filter((agent) => chunkIndex(agent, 2) === 1).slice(0, 3);
    await receive(
      0.5,
      second.map((agent) => beat(agent, 0.1)),
    );
    await run(1);
    await receive(
      1.5,
      agents.map((agent) => beat(agent, 1.1)),
    );
    await run(2);
    expect(await beatsByMinute()).toEqual([3, 300]);
    await expectBalanced(303);
  });

  test('leaves a system alone that another run is working on', async () => {
    await stores.log.take('default', 'somebody else', ms(1), ms(2));
    expect(await run(1)).toEqual([{ system: 'default', status: 'busy' }]);
    expect(await run(3)).toMatchObject([{ status: 'done' }]);
  });

  test('stops without a trace when a newer run has taken over in the meantime', async () => {
    await receive(0.5, [beat('a', 0.1)]);
    const overtaken: Partial<Stores> = {
      rollups: {
        ...stores.rollups,
        save: async (system, chunk, fence) => {
          await stores.log.take('default', 'newer', ms(3), ms(4));
          return stores.rollups.save(system, chunk, fence);
        },
      },
    };
    expect(await run(1, overtaken)).toEqual([{ system: 'default', status: 'busy' }]);
    expect((await stores.log.progress('default')).doneThrough).toBeNull();
    await run(5);
    expect((await beatsByMinute())[0]).toBe(1);
    await expectBalanced(1);
  });

  test('keeps the events of a sender whose clock is a year ahead for one of them', async () => {
    const wild: FleetEvent = beat('a', 365 * 1_440);
    expect(await receive(0.5, [beat('a', 0.1), wild, beat('a', 1.1)])).toMatchObject({
      accepted: 2,
      rejected: [{ index: 1, code: 'in_future' }],
    });
    for (let minute = 1; minute <= 8; minute++) await run(minute);
    expect(await beatsByMinute()).toEqual([1, 1]);
    expect(await stores.journal.dirtyMarks('default')).toEqual([]);
  });

  test('waits for the batch of a mark that was left by a crash, and takes it when it is sent again', async () => {
    await stores.journal.markDirty('default', { bucket: START, batchId: 'content x' }, ms(20));
    await run(21);
    expect(await stores.journal.dirtyMarks('default')).toHaveLength(1);
    await receive(21.5, [beat('a', 0.1)]);
    await run(22);
    expect((await beatsByMinute())[0]).toBe(1);
  });
});

describe('of several systems', () => {
  const systems = ['acme', 'beta', 'default'];
  beforeEach(async () => {
    for (const system of ['acme', 'beta']) await stores.fleet.knowSystem(system, ms(0));
  });

  /** Stores of which one fails for acme. */
  const failing = (fail: () => Promise<never>): Partial<Stores> => ({
    journal: {
      ...stores.journal,
      dirtyMarks: (system) => (system === 'acme' ? fail() : stores.journal.dirtyMarks(system)),
    },
  });
  const broken = () => failing(() => Promise.reject(new Error('acme cannot be read')));
  const doneThrough = () => Promise.all(systems.map(async (system) => (await stores.log.progress(system)).doneThrough));

  test('one that fails keeps no other from its turn, and the run fails when all had theirs', async () => {
    const told: unknown[] = [];
    const failed = await run(1, { ...broken(), tell: (outcome) => told.push(outcome) }).catch((error) => error);
    expect(failed).toBeInstanceOf(AggregateError);
    expect(failed.message).toBe('acme: Error: acme cannot be read');
    expect(told).toEqual([
      { system: 'acme', status: 'failed', error: new Error('acme cannot be read') },
      { system: 'beta', status: 'done', minutes: expect.any(Number) },
      { system: 'default', status: 'done', minutes: expect.any(Number) },
    ]);
    expect(await doneThrough()).toEqual([null, START, START]);
  });

  test('one whose progress cannot be read keeps no other from its turn either', async () => {
    const unreadable = (system: string) =>
      system === 'acme' ? Promise.reject(new Error('no JSON')) : stores.log.progress(system);
    const log = { ...stores.log, progress: unreadable };
    await expect(run(1, { ...broken(), log })).rejects.toThrow('acme cannot be read');
    expect(await doneThrough()).toEqual([null, START, START]);
  });

  test('one that takes all of the time, minute after minute, has the others before it', async () => {
    for (const minute of [1, 2, 3]) {
      const killed = await new Promise<string>((resolve) => {
        const stuck = failing(() => {
          resolve('killed after 50 s');
          return new Promise(() => {});
        });
        void run(minute, stuck).then(() => resolve('ended'));
      });
      expect(killed).toBe('killed after 50 s');
      // Its very first turn is before theirs.
      const others = minute === 1 ? null : START + minute - 1;
      expect(await doneThrough()).toEqual([null, others, others]);
    }
  });

  test('the run that is tried again leaves alone those for which it ended well, so that the next one finds them free', async () => {
    await expect(run(1, broken(), 'first')).rejects.toThrow('acme');
    const taken: string[] = [];
    const log: Stores['log'] = {
      ...stores.log,
      take: (system, ...rest) => {
        taken.push(system);
        return stores.log.take(system, ...rest);
      },
    };
    expect(await run(1, { log }, 'first')).toEqual([
      { system: 'beta', status: 'done', minutes: 0 },
      { system: 'default', status: 'done', minutes: 0 },
      { system: 'acme', status: 'done', minutes: expect.any(Number) },
    ]);
    expect(taken).toEqual(['acme']);
    await run(2);
    await run(1, { log }, 'first');
    expect(taken).toEqual(['acme']);
  });

  test('one that failed is free for the next run at once', async () => {
    await expect(run(1, broken())).rejects.toThrow('acme');
    expect(await run(1.5)).toContainEqual({ system: 'acme', status: 'done', minutes: expect.any(Number) });
  });
});

describe('alerts', () => {
  async function fleetOfFour(untilMinute: number, silent: Record<string, number> = {}) {
    for (let minute = 0; minute < untilMinute; minute++) {
      const alive = ['a', 'b', 'c', 'd'].filter((agent) => minute < (silent[agent] ?? Number.POSITIVE_INFINITY));
      await receive(
        minute + 0.95,
        alive.map((agent) => beat(agent, minute + 0.9)),
      );
      await run(minute + 1);
    }
  }

  test('are published once when they fire and once when they resolve', async () => {
    await fleetOfFour(5, { d: 2 });
    await receive(
      5.95,
      ['a', 'b', 'c', 'd'].map((agent) => beat(agent, 5.9)),
    );
    await run(6);
    await run(7);
    expect(published.map(({ alert, transition }) => `${alert.scope.agent} ${transition.state}`)).toEqual([
      'd firing',
      'd resolved',
      // At 7 min nobody has reported for 66 s.
      expect.stringContaining('undefined firing'),
    ]);
  });

  test('that could not be published are published by the next run, under the same id', async () => {
    await fleetOfFour(4);
    await receive(
      4.95,
      ['a', 'b', 'c'].map((agent) => beat(agent, 4.9)),
    );
    const failing = { publish: () => Promise.reject(new Error('the bus is down')) };
    const job = { ...stores, bus: failing, modes, nowMs: () => ms(5) };
    await expect(runMinuteJob(job, { scheduledMs: ms(5), executionId: 'x' })).rejects.toThrow('the bus is down');
    const unsent = [...(await stores.alerts.open('default')).values()].flatMap((it) => it.unsent.map(({ id }) => id));
    expect(unsent).toHaveLength(1);
    await publishTransitions({ ...stores, bus }, 'default', 100);
    await publishTransitions({ ...stores, bus }, 'default', 100);
    expect(published.map(({ transition }) => transition.id)).toEqual(unsent);
  });
});
