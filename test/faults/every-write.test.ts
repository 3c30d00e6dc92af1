import { beforeAll, describe, expect, test } from 'vitest';
import { acceptBatch, type BatchOutcome } from '../../lib/app/accept-batch.ts';
import { readLedger } from '../../lib/app/read-ledger.ts';
import { runMinuteJob } from '../../lib/app/run-minute-job.ts';
import { MemoryTable } from '../../lib/aws/dynamodb/memory-table.ts';
import { eventTimeMs, type FleetEvent } from '../../lib/core/model/event.ts';
import { MINUTE_MS, minuteOf } from '../../lib/core/model/time.ts';
import { actionClassNames, type Mode } from '../../lib/core/remediate/action-class.ts';
import type { DirectiveRecord } from '../../lib/core/remediate/directive.ts';
import type { BusMessage } from '../../lib/ports/event-bus.ts';
import { createRandom } from '../../lib/sim/random.ts';
import { DynamodbInProcess, type TablesInMemory } from '../fixtures/dynamodb-in-process.ts';
import { DynamodbUnderTest, type Stores, storesOn, storesWith, type TableNames } from '../fixtures/dynamodb-tables.ts';
import { type Fault, type FaultPlan, FaultyProcess, type StoreCall, storeErrors } from '../fixtures/faulty-dynamodb.ts';
import { messageId } from '../fixtures/message-id.ts';
import { withLateAdded } from '../fixtures/rollup-chunks.ts';

const START = 29_000_000;
const SYSTEM = 'default';
const ms = (minutes: number) => (START + minutes) * MINUTE_MS;
const agents = Array.from({ length: 8 }, (_, i) => `w-${i + 1}`);
const [SLOW, SILENT] = ['w-3', 'w-8'];

const dynamodb = new DynamodbInProcess();

/** A request body: the same at every delivery. */
interface Body {
  batchId?: string;
  contentHash: string;
  events: FleetEvent[];
  /** Events that cannot be read. */
  unreadable?: number;
}

/** A world to start from. */
interface Past {
  tables: TablesInMemory;
  /** Events received so far. */
  received: number;
  told: ReadonlySet<string>;
}

const NOTHING: Past = {
  tables: { state: new MemoryTable(), rollups: new MemoryTable() },
  received: 0,
  told: new Set(),
};

/** One set of tables, and everything that happens on them: over the SDK what the process does that meets a fault. */
class World {
  readonly stores: Stores;
  readonly #tables: TablesInMemory;
  readonly #dynamodb: DynamodbInProcess | DynamodbUnderTest;
  readonly #names: TableNames;
  /** Ids of everything that the bus got. */
  readonly told: Set<string>;
  /** Events of all requests that began, and of those that were answered. */
  offered: number;
  answered: number;
  nowMs = ms(0);
  #requests = 0;

  /** @param emulated an emulator and empty tables of it, instead of the memory of this process */
  constructor({ tables, received, told }: Past, emulated?: { dynamodb: DynamodbUnderTest; names: TableNames }) {
    this.#tables = copyOf(tables);
    this.#dynamodb = emulated?.dynamodb ?? dynamodb;
    this.#names = emulated?.names ?? dynamodb.named(this.#tables);
    [this.offered, this.answered, this.told] = [received, received, new Set(told)];
    const nowMs = () => this.nowMs;
    this.stores = emulated
      ? storesOn(emulated.dynamodb.client, emulated.names, nowMs)
      : storesWith(this.#tables, nowMs);
  }

  past(): Past {
    return { tables: copyOf(this.#tables), received: this.answered, told: new Set(this.told) };
  }

  /** A process that meets one fault at most: at its write number `at`, from 0. */
  faulty(fault: Fault | null, at: number, retries: boolean): { process: FaultyProcess; stores: Stores } {
    let writes = 0;
    const plan: FaultPlan = (call) => (call.isWrite && writes++ === at ? fault : null);
    const process = new FaultyProcess(this.#dynamodb, plan, { retries });
    return { process, stores: storesOn(process.client, this.#names, () => this.nowMs) };
  }

  async deliver(body: Body, minutes: number, stores = this.stores): Promise<BatchOutcome> {
    this.#requests += 1;
    const unreadable = body.unreadable ?? 0;
    this.offered += body.events.length + unreadable;
    const outcome = await acceptBatch(stores, {
      ...{ system: SYSTEM, batchId: body.batchId, contentHash: body.contentHash },
      events: body.events.map((event, index) => ({ index, event })),
      refused: Array.from({ length: unreadable }, (_, i) => ({
        ...{ index: body.events.length + i, code: 'invalid_field', message: 'not a number' },
      })),
      ...{ sender: 'key_1', ignored: {}, receivedAtMs: ms(minutes), requestId: `request ${this.#requests}` },
    });
    this.answered += body.events.length + unreadable;
    if (outcome.status === 'accepted') expect(await this.#journalEvents(body, outcome.batchId)).toBe(outcome.accepted);
    return outcome;
  }

  /** How many events of a batch the journal holds now; null without the batch. */
  async #journalEvents({ events }: Body, batchId: string): Promise<number | null> {
    const newest = minuteOf(Math.max(...events.map((event) => eventTimeMs(event) ?? 0)));
    const batch = (await this.stores.journal.read(SYSTEM, newest)).find(({ id }) => id === batchId);
    return batch ? batch.events.length : null;
  }

  run(minutes: number, stores = this.stores) {
    const modes = Object.fromEntries(actionClassNames.map((name) => [name, 'auto'])) as Record<
      (typeof actionClassNames)[number],
      Mode
    >;
    this.nowMs = ms(minutes);
    const bus = {
      publish: async (messages: readonly BusMessage[]) => {
        for (const message of messages) this.told.add(messageId(message));
      },
    };
    const deps = { ...stores, bus, modes, nowMs: () => this.nowMs };
    return runMinuteJob(deps, { scheduledMs: ms(minutes), executionId: `run ${minutes}` });
  }

  /** Everything that a count, a figure or a person could be wrong by. */
  async state() {
    const [from, through, fromMs, toMs] = [START - 10, START + 60, ms(-10), ms(60)];
    const chunks = withLateAdded(await this.stores.rollups.read(SYSTEM, from, through));
    const { total } = await readLedger(this.stores, SYSTEM, { from, to: through }, this.nowMs);
    const { received, duplicate, difference, pending, ...ledger } = total;
    expect({ difference, pending, marks: await this.stores.journal.dirtyMarks(SYSTEM) }).toEqual({
      ...{ difference: 0, pending: 0, marks: [] },
    });
    // Each delivery counts once where it was answered, and once or not at all where it was not.
    expect(received).toBeGreaterThanOrEqual(this.answered);
    expect(received).toBeLessThanOrEqual(this.offered);
    return {
      ...{ chunks, ledger, told: [...this.told].sort() },
      roster: await this.stores.fleet.roster(SYSTEM),
      totals: await this.stores.totals.read(SYSTEM),
      changes: await this.stores.fleet.changes(SYSTEM, fromMs, toMs),
      openAlerts: await this.stores.alerts.open(SYSTEM),
      alerts: await this.stores.alerts.history(SYSTEM, fromMs, toMs),
      openDirectives: await this.stores.directives.open(SYSTEM),
      directives: await this.stores.directives.history(SYSTEM, fromMs, toMs),
      recentDirectives: await this.stores.directives.recent(SYSTEM, fromMs),
      doneThrough: (await this.stores.log.progress(SYSTEM)).doneThrough,
    };
  }
}

function copyOf({ state, rollups }: TablesInMemory): TablesInMemory {
  return { state: state.copy(), rollups: rollups.copy() };
}

/** One minute of work of everybody who reports. */
function work(minute: number, how: { slow?: boolean; silent?: boolean } = {}): FleetEvent[] {
  return agents
    .filter((agent) => !(how.silent && agent === SILENT))
    .flatMap((agent): FleetEvent[] => {
      const tasks = Array.from({ length: 20 }, (_, n): FleetEvent => {
        const serviceUs = ((how.slow && agent === SLOW ? 8_000 : 1_000) + 10 * n) * 1_000;
        const times = { endedAtMs: ms(minute) + 9_000 + n * 2_000, serviceUs, waitUs: 20_000 };
        const what = { task: `${agent}-${minute}-${n}`, taskType: 'write', status: 'completed' as const };
        const more = { responseUs: serviceUs + 20_000, attempt: 1, priority: 'normal' as const };
        return { type: 'task', agent, ...what, ...times, ...more };
      });
      return [
        { type: 'agent', agent, pool: 'writers', capacity: 4, atMs: ms(0) },
        { type: 'heartbeat', agent, atMs: ms(minute) + 50_000, state: 'ready', intervalMs: 15_000 },
        ...tasks,
      ];
    });
}

function body(name: string, events: FleetEvent[], more: Partial<Body> = {}): Body {
  return { contentHash: `hash of ${name}`, events, ...more };
}

/** Ten good minutes, the last of them without one agent. */
async function tenMinutes(world = new World(NOTHING)): Promise<World> {
  await world.stores.keys.save('hash', {
    ...{ id: 'k', name: 'k', system: SYSTEM, scopes: ['admin'], createdAtMs: 0, expiresAtMs: null },
  });
  for (let minute = 0; minute < 10; minute++) {
    await world.deliver(body(`minute ${minute}`, work(minute, { silent: minute >= 8 })), minute + 0.99);
    await world.run(minute + 1);
  }
  return world;
}

/** And one more, of which nothing is analyzed yet: one agent is slow, one is back, and some of minute 2 comes now. */
async function elevenMinutes(empty?: World): Promise<World> {
  const world = await tenMinutes(empty);
  const change: FleetEvent = { type: 'change', atMs: ms(10.2), kind: 'deploy', pool: 'writers' };
  await world.deliver(body('minute 10', [...work(10, { slow: true }), change]), 10.99);
  const late = work(2)
    .filter(({ type }) => type === 'task')
    .slice(0, 3);
  await world.deliver(body('late', [{ type: 'sample', agent: 'w-2', atMs: ms(2.5), active: 1 }, ...late]), 10.995);
  return world;
}

/** Fills more than one item of the journal: names that do not compress. */
function manyTasks(): FleetEvent[] {
  const random = createRandom(1, 'names');
  const name = () => Array.from({ length: 120 }, () => random.int(36).toString(36)).join('');
  return Array.from({ length: 4_500 }, (_, n): FleetEvent => {
    const agent = agents[n % agents.length] ?? '';
    const what = { task: name(), taskType: 'write', status: 'completed' as const, attempt: 1 };
    return { type: 'task', agent, ...what, endedAtMs: ms(10) + n, priority: 'normal' };
  });
}

interface Trial {
  name: string;
  /** Whether the SDK repeats calls that failed in passing. */
  retries: boolean;
  fault: (world: World) => Fault;
  /** Whether a run that failed is tried again before the next one is due. */
  again: boolean;
}

/**
 * The ways in which the write number `at` can go wrong. The store's errors take turns: they differ in what the SDK makes
 * of them, not in what they leave behind.
 * @param overtaker the sender's or the schedule's second try, which comes in between
 */
function trialsOf(at: number, overtaker: (world: World) => Promise<unknown>): Trial[] {
  const errorAt = (i: number) => storeErrors[(at + i) % storeErrors.length] ?? 'timeout';
  const lost = [false, true].flatMap((retries, i): Trial[] => {
    const [before, after] = [errorAt(i), errorAt(i + 2)];
    // What was throttled was not carried out.
    const unheard = after === 'throttled' ? 'timeout' : after;
    const how = retries ? 'with retries of the SDK' : 'without retries of the SDK';
    return [
      {
        ...{ name: `its request lost (${before}), ${how}`, retries, again: true },
        fault: () => ({ what: 'request-lost', error: before }),
      },
      {
        ...{ name: `its answer lost (${unheard}), ${how}`, retries, again: false },
        fault: () => ({ what: 'answer-lost', error: unheard }),
      },
    ];
  });
  const killed = (['before', 'after'] as const).map((when, i): Trial => {
    const again = (at + i) % 2 === 0;
    const name = `the process killed ${when} it, ${again ? 'tried again' : 'left to the next'}`;
    return { name, retries: true, again, fault: () => ({ what: 'killed', when }) };
  });
  const overtaken: Trial = {
    ...{ name: 'another in the meantime', retries: true, again: true },
    fault: (world) => ({
      what: 'overtaken',
      by: async () => {
        await overtaker(world);
      },
    }),
  };
  return [...lost, ...killed, overtaken];
}

interface Request {
  name: string;
  body: Body;
  /** Minutes after the start. */
  at: number;
  /** What was delivered before. */
  before?: Body;
  writes: number;
}

const requests: Request[] = [
  { name: 'a batch', body: body('plain', work(10)), at: 10.5, writes: 2 },
  { name: 'a batch with an id', body: body('own id', work(10), { batchId: 'id-1' }), at: 10.5, writes: 3 },
  {
    ...{ name: 'a batch of which some is refused', at: 10.5, writes: 3 },
    body: body(
      'mixed',
      [...work(10), { type: 'heartbeat', agent: 'w-1', atMs: ms(25.6), state: 'ready', intervalMs: 1 }],
      {
        unreadable: 2,
      },
    ),
  },
  { name: 'a batch in parts', body: body('large', manyTasks()), at: 10.5, writes: 4 },
  { name: 'a late batch', body: body('late', work(3)), at: 10.5, writes: 3 },
  { name: 'a late batch with an id', body: body('late id', work(3), { batchId: 'id-2' }), at: 10.5, writes: 4 },
  { name: 'a late batch in parts', body: body('late parts', manyTasks(), { batchId: 'id-3' }), at: 19.5, writes: 6 },
  { name: 'a second delivery', body: body('twice', work(10)), before: body('twice', work(10)), at: 10.6, writes: 3 },
  {
    ...{ name: 'a late second delivery', body: body('minute 3', work(3)), at: 10.5, writes: 2 },
  },
  { name: 'a batch without a valid event', body: body('invalid', [], { unreadable: 3 }), at: 10.5, writes: 1 },
];

describe('ingest loses and doubles nothing', () => {
  let past: Past;
  beforeAll(async () => {
    past = (await tenMinutes()).past();
  });

  test.each(requests)(
    'of $name, whatever happens at each of its $writes writes',
    async (request) => {
      const deliverAll = async (trial: Trial | null, at: number) => {
        const world = new World(past);
        if (request.before) await world.deliver(request.before, request.at - 0.1);
        const { process, stores } = world.faulty(trial?.fault(world) ?? null, at, trial?.retries ?? true);
        let outcome = await world.deliver(request.body, request.at, stores).catch(() => null);
        // Without an answer, or with a 503, the sender tries again.
        if (outcome === null || process.isKilled) outcome = await world.deliver(request.body, request.at + 0.03);
        const minute = Math.ceil(request.at);
        await world.run(minute);
        await world.run(minute + 1);
        const state = await world.state();
        // A request that leaves nothing in the journal is a new one at each delivery.
        if (outcome.status === 'nothing') state.ledger.rejected = {};
        return { process, state: { outcome: { ...outcome, duplicate: null }, ...state } };
      };
      const sound = await deliverAll(null, -1);
      const writes = sound.process.calls.filter(({ isWrite }) => isWrite);
      expect(writes).toHaveLength(request.writes);
      for (const [at, write] of writes.entries()) {
        for (const trial of trialsOf(at, (world) => world.deliver(request.body, request.at + 0.01))) {
          const { process, state } = await deliverAll(trial, at);
          const where = `${describeCall(write)}: ${trial.name}`;
          expect(process.met, where).toHaveLength(1);
          expect({ where, ...state }).toEqual({ where, ...sound.state });
        }
      }
    },
    120_000,
  );
});

describe('the minute job loses and doubles nothing', () => {
  let past: Past;
  beforeAll(async () => {
    past = (await elevenMinutes()).past();
  });

  test('whatever happens at each of its writes', async () => {
    const runAll = async (trial: Trial | null, at: number) => {
      const world = new World(past);
      const { process, stores } = world.faulty(trial?.fault(world) ?? null, at, trial?.retries ?? true);
      const failed = await world.run(11, stores).then(
        () => false,
        () => true,
      );
      if (failed && trial?.again) await world.run(11);
      for (const minute of [11, 12]) {
        await world.deliver(body(`minute ${minute}`, work(minute)), minute + 0.99);
        await world.run(minute + 1);
      }
      return { process, state: await world.state() };
    };
    const sound = await runAll(null, -1);
    const writes = sound.process.calls.filter(({ isWrite }) => isWrite);
    const written = new Set(writes.map(({ key }) => key.split('#')[0]));
    const items = ['MINUTES', 'ROLLUP', 'LEDGER', 'ROSTERSEEN', 'TOTALS', 'CHANGES', 'DIRTY', 'ALERTS', 'ALERTLOG'];
    for (const item of [...items, 'DIRECTIVES', 'OPENDIRECTIVES', 'DIRECTIVESVERSION']) expect(written).toContain(item);
    for (const [at, write] of writes.entries()) {
      const trials = trialsOf(at, (world) => world.run(11));
      const tried = await Promise.all(trials.map(async (trial) => ({ trial, ...(await runAll(trial, at)) })));
      for (const { trial, process, state } of tried) {
        const where = `${describeCall(write)}: ${trial.name}`;
        expect(process.met, where).toHaveLength(1);
        // A run that makes up for another plans with what it knows by then, not with what that one knew.
        const shown = trial.again ? (it: State) => it : withoutWeights;
        expect({ where, ...shown(state) }).toEqual({ where, ...shown(sound.state) });
      }
    }
  }, 900_000);

  test('on an emulator of DynamoDB as on tables in memory', async () => {
    const emulator = await DynamodbUnderTest.start('native');
    try {
      const ofEach = async (world: World, fault: Fault | null, at: number) => {
        const { process, stores } = world.faulty(fault, at, true);
        await world.run(11, stores).catch(() => undefined);
        await world.run(12);
        await world.run(13);
        // Where a fault hits is up to which of several calls at once goes first.
        const calls = fault === null ? process.calls.map(describeCall).sort() : [];
        return { calls, state: await world.state() };
      };
      for (const [fault, at] of [
        [null, -1],
        [{ what: 'killed', when: 'after' }, 20],
        [{ what: 'answer-lost', error: 'timeout' }, 30],
      ] as const) {
        const emulated = await elevenMinutes(
          new World(NOTHING, { dynamodb: emulator, names: await emulator.tables() }),
        );
        expect(await ofEach(emulated, fault, at)).toEqual(await ofEach(new World(past), fault, at));
      }
    } finally {
      await emulator.close();
    }
  });

  test('of what comes in while a run that began earlier is still at work', async () => {
    const more = body('later', [{ type: 'sample', agent: 'w-2', atMs: ms(2.6), active: 2 }]);
    const runAll = async (at: number) => {
      const world = new World(past);
      const by = async () => {
        await world.deliver(more, 10.998);
        await world.run(11);
      };
      if (at < 0) await by();
      const { process, stores } = world.faulty({ what: 'overtaken', by }, at, true);
      await world.run(11, stores);
      await world.run(12);
      const { chunks, ledger, roster, totals } = await world.state();
      return { process, state: { chunks, ledger, roster, totals } };
    };
    const sound = await runAll(-1);
    const world = new World(past);
    const probe = world.faulty(null, -1, true);
    await world.run(11, probe.stores);
    const writes = probe.process.calls.filter(({ isWrite }) => isWrite);
    for (const [at, write] of writes.entries()) {
      const { process, state } = await runAll(at);
      const where = describeCall(write);
      expect(process.met, where).toHaveLength(1);
      expect({ where, ...state }).toEqual({ where, ...sound.state });
    }
  }, 600_000);
});

type State = Awaited<ReturnType<World['state']>>;

function withoutWeights(state: State): State {
  const without = (records: DirectiveRecord[]): DirectiveRecord[] =>
    records.map((it) => {
      const directive = { ...it.directive };
      if ('params' in directive) Reflect.deleteProperty(directive, 'params');
      return { ...it, directive };
    });
  return { ...state, directives: without(state.directives), openDirectives: without(state.openDirectives) };
}

function describeCall({ operation, key }: StoreCall): string {
  return `${operation} ${key}`;
}
