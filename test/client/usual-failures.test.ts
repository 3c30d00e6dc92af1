import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createClient, type FleetpulseClient, UsualFailures } from '../../lib/client/client.ts';
import { createRandom } from '../../lib/sim/random.ts';
import { FakeClock } from './fake-clock.ts';
import { FakeServer } from './fake-server.ts';

const START_MS = Date.parse('2026-03-02T10:00:00Z');
const MINUTE_MS = 60_000;

/** Failures at an even rate, for so many flush intervals of a minute. */
function steady(perFlush: number, flushes: number): UsualFailures {
  const usual = new UsualFailures(MINUTE_MS);
  for (let n = 1; n <= perFlush * flushes; n++) {
    const atMs = (n * MINUTE_MS) / perFlush;
    usual.add(atMs, atMs);
  }
  return usual;
}

describe('the usual number of failures', () => {
  test('is zero at first, so that the first failure is too many', () => {
    const usual = new UsualFailures(MINUTE_MS);
    expect(usual.perFlush(START_MS)).toBe(0);
    expect(usual.isExceededBy(1, START_MS)).toBe(true);
    expect(usual.isExceededBy(0, START_MS)).toBe(false);
  });

  test.each([0.25, 1, 20])('at %d in an interval is that, within what one failure weighs', (perFlush) => {
    const mean = steady(perFlush, 100).perFlush(100 * MINUTE_MS);
    expect(Math.abs(mean - perFlush)).toBeLessThan(Math.LN2 / 5);
  });

  test('is exceeded by the fourth that waits where one comes in each interval', () => {
    const [usual, nowMs] = [steady(1, 100), 100 * MINUTE_MS];
    expect([1, 2, 3, 4].map((waiting) => usual.isExceededBy(waiting, nowMs))).toEqual([false, false, false, true]);
  });

  test('halves in five intervals', () => {
    const usual = steady(8, 100);
    const nowMs = 100 * MINUTE_MS;
    expect(usual.perFlush(nowMs + 5 * MINUTE_MS)).toBeCloseTo(usual.perFlush(nowMs) / 2, 9);
  });

  const failures = fc.array(fc.integer({ min: 0, max: 3_600_000 }), { maxLength: 40 });

  test('does not depend on when failures are told, as each has its own moment', () => {
    fc.assert(
      fc.property(failures, fc.integer({ min: 1, max: 600_000 }), (atMs, flushMs) => {
        const [atOnce, late] = [new UsualFailures(flushMs), new UsualFailures(flushMs)];
        for (const ms of atMs.toSorted((a, b) => a - b)) atOnce.add(ms, ms);
        for (const ms of atMs) late.add(ms, 3_600_000);
        expect(late.perFlush(3_600_000)).toBeCloseTo(atOnce.perFlush(3_600_000), 9);
      }),
    );
  });

  test('is a number from zero, whatever the clock and the interval', () => {
    const moment = fc.integer({ min: -1e13, max: 1e13 });
    const interval = fc.oneof(fc.constantFrom(0, Number.POSITIVE_INFINITY), fc.integer({ min: 1, max: 1e9 }));
    fc.assert(
      fc.property(fc.array(fc.tuple(moment, moment)), moment, interval, (told, nowMs, flushMs) => {
        const usual = new UsualFailures(flushMs);
        for (const [failedMs, toldMs] of told) usual.add(failedMs, toldMs);
        expect(usual.perFlush(nowMs)).toBeGreaterThanOrEqual(0);
        expect(usual.perFlush(nowMs)).toBeLessThanOrEqual(told.length);
        expect(usual.isExceededBy(3 * told.length + 1, nowMs)).toBe(true);
      }),
    );
  });
});

describe('the client', () => {
  const AGENTS = 25;

  function host() {
    const clock = new FakeClock(START_MS);
    const server = new FakeServer(clock);
    const client = createClient({
      ...{ url: 'http://fleetpulse.test', key: 'fp_key', clock, fetch: server.fetch, gzip: false },
      ...{ flushOnSignals: false },
    });
    return { clock, server, client };
  }

  const fail = (client: FleetpulseClient, task: string) => client.task({ agent: 'a-0', task, status: 'failed' });

  /** An hour of 25 agents that each beat, sample themselves twice and do two tasks a minute, of which 2 % fail. */
  async function liveAnHour({ clock, client }: ReturnType<typeof host>, seed: number): Promise<void> {
    const random = createRandom(seed, 'calm host');
    for (let n = 0; n < AGENTS; n++) client.agent({ agent: `a-${n}`, pool: 'p' });
    const acts = Array.from({ length: 60 * AGENTS * 5 }, (_, n) => ({
      atMs: random.uniform(0, 60 * MINUTE_MS),
      agent: `a-${n % AGENTS}`,
      kind: Math.floor(n / AGENTS) % 5,
    })).sort((a, b) => a.atMs - b.atMs);
    let atMs = 0;
    for (const [n, act] of acts.entries()) {
      await clock.advance(act.atMs - atMs);
      atMs = act.atMs;
      if (act.kind === 0) client.heartbeat({ agent: act.agent });
      else if (act.kind <= 2) client.sample({ agent: act.agent, cpu: random.uniform() });
      else {
        const status = random.uniform() < 0.02 ? 'failed' : 'completed';
        client.task({ agent: act.agent, task: `t-${n}`, status });
      }
    }
    await clock.advance(60 * MINUTE_MS - atMs);
  }

  test.each([1, 2, 3, 4])('of a calm host of 25 agents sends about once a minute (%d)', async (seed) => {
    const calm = host();
    await liveAnHour(calm, seed);
    const perMin = calm.server.requests.length / 60;
    expect(perMin).toBeGreaterThanOrEqual(1);
    expect(perMin).toBeLessThanOrEqual(1.15);
  });

  test('sends a sudden wave at once, and the failures of everyday with the flush', async () => {
    const { clock, server, client } = host();
    for (let minute = 0; minute < 60; minute++) {
      fail(client, `daily-${minute}`);
      await clock.advance(MINUTE_MS);
    }
    server.requests.length = 0;
    const nowMs = clock.nowMs();
    fail(client, 'as every day');
    await clock.advance(10_000);
    expect(server.requests).toEqual([]);
    for (let n = 1; n <= 3; n++) fail(client, `wave-${n}`);
    await clock.advance(10);
    expect(server.requests.map(({ atMs, events }) => [atMs - nowMs, events.length])).toEqual([[10_010, 4]]);
  });

  test('never lets a failure wait longer than the flush', async () => {
    const { clock, server, client } = host();
    const reportedMs = new Map<string, number>();
    const random = createRandom(7, 'failures');
    for (let n = 0; n < 400; n++) {
      reportedMs.set(`t-${n}`, clock.nowMs());
      fail(client, `t-${n}`);
      await clock.advance(random.exponential(n < 200 ? 30_000 : 2_000));
    }
    await clock.advance(MINUTE_MS);
    const waits = server.requests.flatMap(({ atMs, events }) =>
      events.map(({ task }) => atMs - (reportedMs.get(task) ?? 0)),
    );
    expect(waits).toHaveLength(400);
    expect(Math.max(...waits)).toBeLessThanOrEqual(MINUTE_MS);
  });

  test('reports an agent that stops at once, whatever fails', async () => {
    const { clock, server, client } = host();
    for (let minute = 0; minute < 60; minute++) {
      fail(client, `daily-${minute}`);
      await clock.advance(MINUTE_MS);
    }
    server.requests.length = 0;
    client.heartbeat({ agent: 'a-0', state: 'stopped' });
    await clock.advance(10);
    expect(server.requests).toHaveLength(1);
  });
});
