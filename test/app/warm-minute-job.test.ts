import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { acceptBatch } from '../../lib/app/accept-batch.ts';
import type { AnalyzeDeps } from '../../lib/app/analyze-minutes.ts';
import { JobMemory } from '../../lib/app/job-memory.ts';
import { readLedger } from '../../lib/app/read-ledger.ts';
import { runMinuteJob } from '../../lib/app/run-minute-job.ts';
import { AGENTS_PER_CHUNK } from '../../lib/core/kpi/complete-minutes.ts';
import type { FleetEvent } from '../../lib/core/model/event.ts';
import { MINUTE_MS } from '../../lib/core/model/time.ts';
import { actionClassNames } from '../../lib/core/remediate/action-class.ts';
import { arbitraryBatches, BASE_MINUTE } from '../fixtures/arbitrary-batch.ts';
import { spansOf, traceShape } from '../fixtures/arbitrary-trace.ts';
import { type Stores, storesInMemory } from '../fixtures/dynamodb-tables.ts';

const SYSTEM = 'default';
const MINUTES = 8;
const ms = (minutes: number) => (BASE_MINUTE + minutes) * MINUTE_MS;
const modes = Object.fromEntries(actionClassNames.map((name) => [name, 'auto'])) as AnalyzeDeps['modes'];
const bus = { publish: async () => {} };

/** One store, and the process that runs the minute job on it. */
class World {
  readonly stores: Stores;
  readonly #memory: JobMemory | undefined;
  readonly #clock: { nowMs: number };
  /** Bodies of batches that the job read. */
  read = 0;

  private constructor(stores: Stores, memory: JobMemory | undefined, clock: { nowMs: number }) {
    [this.stores, this.#memory, this.#clock] = [stores, memory, clock];
  }

  static async create(memory?: JobMemory): Promise<World> {
    const clock = { nowMs: ms(0) };
    const stores = storesInMemory(() => clock.nowMs);
    await stores.fleet.knowSystem(SYSTEM, ms(0));
    return new World(stores, memory, clock);
  }

  async receive(minute: number, id: string, events: readonly FleetEvent[]): Promise<void> {
    this.#clock.nowMs = ms(minute);
    await acceptBatch(this.stores, {
      ...{ system: SYSTEM, batchId: id, contentHash: id, refused: [], sender: 'key_1', ignored: {}, requestId: id },
      events: events.map((event, index) => ({ index, event })),
      receivedAtMs: ms(minute),
    });
  }

  async forget(minute: number, agent: string): Promise<void> {
    const entry = (await this.stores.fleet.roster(SYSTEM)).get(agent);
    if (entry) await this.stores.fleet.forget(SYSTEM, { atMs: Math.max(ms(minute), entry.lastSeenMs), entry });
  }

  /** @param dies before which of its writes; never without it */
  async run(minute: number, { dies = Number.POSITIVE_INFINITY, memory = this.#memory }: Run = {}): Promise<void> {
    this.#clock.nowMs = ms(minute);
    let writes = 0;
    const mortal = <Store extends object>(store: Store): Store =>
      new Proxy(store, {
        get: (target, name) => {
          const method = Reflect.get(target, name);
          if (!/^(save|set$|clear)/.test(String(name))) return method;
          return (...args: unknown[]) => {
            if (writes++ >= dies) throw new Error('killed');
            return (method as (...args: unknown[]) => unknown)(...args);
          };
        },
      });
    const stores = Object.fromEntries(
      Object.entries(this.stores).map(([name, store]) => [name, typeof store === 'object' ? mortal(store) : store]),
    ) as Stores;
    const journal: Stores['journal'] = {
      ...stores.journal,
      read: async (...args) => {
        const batches = await this.stores.journal.read(...args);
        this.read += batches.length;
        return batches;
      },
      clearDirty: (...args) => stores.journal.clearDirty(...args),
    };
    const deps = { ...stores, journal, bus, modes, nowMs: () => ms(minute), ...(memory ? { memory } : {}) };
    // A run that was killed holds its lease until it has run out; the schedule tries the same one again at once.
    const run = { scheduledMs: ms(minute), executionId: `run ${minute}` };
    await runMinuteJob(deps, run).catch((error: Error) => {
      if (error.message !== 'killed') throw error;
    });
  }

  /** Everything that a run saves. */
  async state() {
    const chunks = await this.stores.rollups.read(SYSTEM, BASE_MINUTE - 60, BASE_MINUTE + 60);
    const { total } = await readLedger(
      this.stores,
      SYSTEM,
      { from: BASE_MINUTE - 60, to: BASE_MINUTE + 60 },
      this.#clock.nowMs,
    );
    const totals = await this.stores.totals.read(SYSTEM);
    return {
      chunks: chunks.sort((a, b) => a.minute - b.minute || a.index - b.index),
      ledger: total,
      carried: await this.stores.carry.read(SYSTEM),
      roster: await this.stores.fleet.roster(SYSTEM),
      // Where the very first run is killed, counting begins with the next, some empty minutes later.
      totals: totals && { ...totals, sinceMs: 0 },
      alerts: await this.stores.alerts.open(SYSTEM),
      changes: await this.stores.fleet.changes(SYSTEM, ms(-60), ms(60)),
      marks: await this.stores.journal.dirtyMarks(SYSTEM),
    };
  }
}

interface Run {
  dies?: number;
  memory?: JobMemory;
}

interface Turn {
  /** The job of the minute is not run at all. */
  isMissed: boolean;
  /** Before it, a run of the same minute is killed at this write. */
  dies: number | null;
  /** Before it, another process runs the job. */
  isElsewhere: boolean;
  isRepeated: boolean;
  forgets: string | null;
}

const turn: fc.Arbitrary<Turn> = fc.record({
  isMissed: fc.nat(5).map((n) => n === 0),
  dies: fc.option(fc.nat(14), { freq: 2 }),
  isElsewhere: fc.nat(7).map((n) => n === 0),
  isRepeated: fc.nat(5).map((n) => n === 0),
  forgets: fc.option(fc.constantFrom('a-1', 'b-2'), { freq: 3 }),
});
const calm: Turn = { isMissed: false, dies: null, isElsewhere: false, isRepeated: false, forgets: null };

describe('a minute job that remembers its last run', () => {
  test('saves the same as one that remembers nothing, however runs are killed, missed, repeated or moved', async () => {
    await fc.assert(
      fc.asyncProperty(
        arbitraryBatches(MINUTES, 10),
        fc.array(traceShape(MINUTES), { maxLength: 2 }),
        fc.array(fc.nat(100), { minLength: 12, maxLength: 12 }),
        fc.array(turn, { minLength: MINUTES, maxLength: MINUTES }),
        async (batches, shapes, seeds, turns) => {
          const spans = shapes.flatMap((shape, trace) => spansOf(shape, trace));
          const arrivals = batches.map(({ events, bucket }, i) => {
            const seed = seeds[i % seeds.length] ?? 0;
            const own = spans.filter((_, at) => seed % 3 === 0 && at % batches.length === i);
            const late = seed % 5 === 0 ? seed % 4 : 0;
            return { id: `batch-${i}`, events: [...events, ...own], at: bucket - BASE_MINUTE + late };
          });
          const [cold, warm] = [await World.create(), await World.create(new JobMemory())];
          const both = (work: (world: World) => Promise<void>) => Promise.all([work(cold), work(warm)]);
          for (let minute = 1; minute <= MINUTES + 5; minute++) {
            for (const { id, events } of arrivals.filter((it) => it.at === minute - 1)) {
              await both((world) => world.receive(minute - 0.5, id, events));
            }
            const { isMissed, dies, isElsewhere, isRepeated, forgets } = turns[minute - 1] ?? calm;
            if (forgets) await both((world) => world.forget(minute - 0.4, forgets));
            if (isMissed) continue;
            if (dies !== null) await warm.run(minute, { dies });
            if (isElsewhere) await warm.run(minute, { memory: new JobMemory() });
            await both((world) => world.run(minute));
            if (isRepeated) await both((world) => world.run(minute));
          }
          expect(await warm.state()).toEqual(await cold.state());
        },
      ),
      // Each shrinking step plays two worlds anew.
      { numRuns: 12, endOnFailure: true },
    );
  }, 240_000);

  const beats = (minute: number, agents: number, first = 0): FleetEvent[] =>
    Array.from({ length: agents }, (_, i) => ({
      ...{ type: 'heartbeat', agent: `agent-${first + i}`, atMs: ms(minute), state: 'ready', intervalMs: 60_000 },
    }));

  test('reads each batch once, and looks back on nothing that it knows', async () => {
    const warm = await World.create(new JobMemory());
    for (let minute = 1; minute <= 6; minute++) {
      await warm.receive(minute - 0.5, `batch-${minute}`, beats(minute - 0.6, 2));
      await warm.run(minute);
    }
    expect(warm.read).toBe(6);
  });

  test('knows of agents that only another process has heard of', async () => {
    const warm = await World.create(new JobMemory());
    for (let minute = 1; minute <= 6; minute++) {
      await warm.receive(minute - 0.5, `batch-${minute}`, beats(minute - 0.6, 2));
      await warm.run(minute);
    }
    await warm.receive(6.2, 'late', beats(0.5, 1, 2));
    await warm.run(6, { memory: new JobMemory() });
    await warm.run(7);
    expect([...(await warm.stores.fleet.roster(SYSTEM)).keys()].sort()).toEqual(['agent-0', 'agent-1', 'agent-2']);
  });

  test('splits minutes anew when its fleet outgrows them', async () => {
    const [cold, warm] = [await World.create(), await World.create(new JobMemory())];
    for (const world of [cold, warm]) {
      for (let minute = 1; minute <= 5; minute++) {
        await world.receive(minute - 0.5, `few-${minute}`, beats(minute - 0.6, AGENTS_PER_CHUNK));
        if (minute === 3) await world.receive(2.6, 'more', beats(2.5, 2, AGENTS_PER_CHUNK));
        await world.run(minute);
      }
    }
    const state = await warm.state();
    expect(state.chunks.map(({ chunks }) => chunks)).toContain(2);
    expect(state).toEqual(await cold.state());
  });
});
