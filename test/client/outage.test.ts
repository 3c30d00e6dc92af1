import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type ClientStats, createClient, type FetchLike } from '../../lib/client/client.ts';
import { FakeClock } from './fake-clock.ts';
import { FakeServer, type Fate } from './fake-server.ts';

const START_MS = Date.parse('2026-03-02T10:00:00Z');
const SECOND_MS = 1_000;

function expectAccounted({ enqueued, accepted, rejected, dropped, queued, ...of }: ClientStats): void {
  expect(accepted + rejected + dropped + queued).toBe(enqueued);
  const sum = (counts: Record<string, number>) => Object.values(counts).reduce((total, count) => total + count, 0);
  expect(sum(of.droppedByType)).toBe(dropped);
  expect(sum(of.droppedByReason)).toBe(dropped);
  expect(sum(of.rejectedByCode)).toBe(rejected);
}

async function heapUsedBytes(): Promise<number> {
  setFlagsFromString('--expose-gc');
  const gc = runInNewContext('gc') as () => void;
  await setImmediate();
  gc();
  return process.memoryUsage().heapUsed;
}

test('an hour without a server at 1,000 events a second leaves the host unharmed and every event accounted for', async () => {
  const unhandled: unknown[] = [];
  const notice = (reason: unknown) => unhandled.push(reason);
  process.on('unhandledRejection', notice);
  const clock = new FakeClock(START_MS);
  const server = new FakeServer(clock);
  let isDown = true;
  let attempts = 0;
  const refuse: FetchLike = async () => {
    attempts += 1;
    throw new TypeError('fetch failed');
  };
  const client = createClient({
    ...{ url: 'http://fleetpulse.test', key: 'fp_key', agent: 'reporter', clock, gzip: false, random: () => 0.5 },
    ...{ flushOnSignals: false, onError: () => {} },
    fetch: (url, init) => (isDown ? refuse(url, init) : server.fetch(url, init)),
  });

  const offerSecond = (second: number) => {
    for (let n = 0; n < 1_000; n++) {
      const agent = `a-${n % 40}`;
      if (n % 10 === 0) client.sample({ agent, cpu: 0.5 });
      else
        client.task({
          agent,
          task: `t-${second}-${n}`,
          status: n % 50 === 1 ? 'failed' : 'completed',
          durationMs: 12.5,
        });
    }
  };
  for (let second = 0; second < 60; second++) {
    offerSecond(second);
    await clock.advance(SECOND_MS);
  }
  const afterAMinute = await heapUsedBytes();
  for (let second = 60; second < 3_600; second++) {
    offerSecond(second);
    await clock.advance(SECOND_MS);
    if (second % 600 !== 0) continue;
    const stats = client.stats();
    expect(stats.queued).toBeLessThanOrEqual(10_000);
    expect(stats.queuedBytes).toBeLessThanOrEqual(8 * 1_024 * 1_024);
    expectAccounted(stats);
  }
  const afterAnHour = await heapUsedBytes();
  expect(afterAnHour - afterAMinute).toBeLessThan(8 * 1_024 * 1_024);
  const down = client.stats();
  expect(down).toMatchObject({ enqueued: 3_600_000, accepted: 0 });
  expect(down.queued).toBeGreaterThan(9_000);
  // Every half of 30 s at the longest: patience is not lost when a batch is pushed out.
  expect(attempts).toBeLessThan(300);
  expect(clock.timers).toBeLessThanOrEqual(1);

  isDown = false;
  await clock.advance(120 * SECOND_MS);
  const up = client.stats();
  expectAccounted(up);
  expect(up).toMatchObject({ enqueued: 3_600_000, rejected: 0, queued: 0 });
  const reports = server.events.filter((event) => event.type === 'metric');
  expect(reports.map(({ name, agent }) => [name, agent])).toContainEqual(['fleetpulse.client.dropped', 'reporter']);
  expect(reports.reduce((sum, { value }) => sum + value, 0)).toBe(up.dropped);
  expect(server.events.length - reports.length).toBe(up.accepted);
  process.off('unhandledRejection', notice);
  expect(unhandled).toEqual([]);
}, 120_000);

const fate: fc.Arbitrary<Fate> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ status: fc.constant(202), rejects: fc.nat(3), delayMs: fc.nat(15_000) }) },
  fc.record({ status: fc.constant(null), stores: fc.boolean(), delayMs: fc.nat(15_000) }),
  fc.record({
    status: fc.constantFrom(400, 401, 403, 404, 408, 409, 413, 415, 422, 425, 429, 500, 502, 503, 504),
    retryAfter: fc.constantFrom('', '1', '5', '100', 'soon'),
  }),
  // Stored, but the answer came from something in between.
  fc.record({ status: fc.constantFrom(408, 500, 502, 504), stores: fc.constant(true) }),
);

const step = fc.record({
  offers: fc.array(
    fc.record({
      kind: fc.constantFrom('task', 'failed', 'sample', 'bad'),
      agent: fc.nat(5),
      noteLength: fc.constantFrom(0, 0, 0, 50, 400),
    }),
    { maxLength: 12 },
  ),
  waitMs: fc.constantFrom(0, 5, 100, 3_000, 70_000),
});

test('whatever is answered, every event is accounted for, and none is stored in two batches', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 15 }),
      fc.array(fate, { maxLength: 25 }),
      fc.float(),
      async (steps, fates, draw) => {
        const clock = new FakeClock(START_MS);
        const server = new FakeServer(clock);
        server.fate = () => fates.shift() ?? { status: 202 };
        const client = createClient({
          ...{ url: 'http://fleetpulse.test', key: 'fp_key', clock, fetch: server.fetch, gzip: false },
          ...{ flushOnSignals: false, onError: () => {}, random: () => Math.abs(draw % 1) || 0 },
          ...{ maxQueueEvents: 20, maxQueueBytes: 4_000, batchAgents: 4, batchEvents: 6 },
        });
        let offered = 0;
        for (const { offers, waitMs } of steps) {
          for (const { kind, agent, noteLength } of offers) {
            offered += 1;
            const version = 'v'.repeat(noteLength);
            if (kind === 'bad') client.event(null as never);
            else if (kind === 'sample') client.sample({ agent: `a-${agent}`, active: offered });
            else {
              const status = kind === 'failed' ? 'failed' : 'completed';
              client.task({ agent: `a-${agent}`, task: `t-${offered}`, status, version });
            }
            expectAccounted(client.stats());
          }
          await clock.advance(waitMs);
          expectAccounted(client.stats());
          expect(client.stats().queued).toBeLessThanOrEqual(20);
          expect(client.stats().queuedBytes).toBeLessThanOrEqual(4_000);
        }
        await clock.advance(3_600_000);
        const stats = client.stats();
        expectAccounted(stats);
        expect(stats).toMatchObject({ enqueued: offered, queued: 0, queuedBytes: 0 });
        const tasks = server.events.flatMap((event) => (event.type === 'task' ? [event.task] : []));
        expect(tasks.length).toBe(new Set(tasks).size);
        // What a receipt confirmed is stored; more may be, where the receipt was lost.
        const stored = server.events.filter(({ type }) => type !== 'metric').length;
        expect(stored).toBeGreaterThanOrEqual(stats.accepted);
      },
    ),
    { numRuns: 300 },
  );
});
