import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runFleet } from '../../examples/dispatcher/fleet.ts';
import { createClient, type FetchLike, type TaskEvent } from '../../lib/client/client.ts';
import { createRandom } from '../../lib/sim/random.ts';
import { FakeClock } from '../client/fake-clock.ts';
import { ADMIN_KEY, Fleetpulse } from '../fixtures/fleetpulse.ts';

const MINUTE_MS = 60_000;
const START_MS = Date.parse('2026-03-02T10:00:00Z');
const agents = Array.from({ length: 8 }, (_, i) => ({ agent: `writers-${i + 1}`, pool: 'writers', slots: 2 }));
const SLOW = 'writers-1';
const SLOW_FROM = 6;
const SLOW_UNTIL = 24;
const END = 38;

let fleetpulse: Fleetpulse;
const clock = new FakeClock(START_MS);
const printed: { minute: number; line: string }[] = [];
const ended: TaskEvent[] = [];
const problems: string[] = [];
let underWay = 0;

const minuteNow = () => (clock.nowMs() - START_MS) / MINUTE_MS;

/** Notes what is reported, and what is under way: simulated time stands still for it. */
const watched: FetchLike = async (url, init) => {
  underWay += 1;
  try {
    if (url.endsWith('/v1/events')) {
      const { events } = JSON.parse(init.body as string) as { events: TaskEvent[] };
      ended.push(...events.filter(({ type }) => type === 'task'));
    }
    const { body, ...others } = init;
    const response = await fetch(url, { ...others, ...(body === undefined ? {} : { body }) });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text: async () => text };
  } finally {
    underWay -= 1;
  }
};

beforeAll(async () => {
  fleetpulse = await Fleetpulse.start(START_MS);
  const random = createRandom(7, 'dispatcher');
  const client = createClient({
    ...{ url: fleetpulse.cloud.url, key: ADMIN_KEY, clock, fetch: watched, flushMs: 10_000, gzip: false },
    flushOnSignals: false,
    onError: ({ code, message }) => problems.push(`${code}: ${message}`),
  });
  runFleet({
    ...{ client, clock, agents, random: () => random.uniform(0, 1), load: 0.6, meanTaskMs: 1_500 },
    untilMs: START_MS + END * MINUTE_MS,
    slownessOf: (agent) => (agent === SLOW && minuteNow() >= SLOW_FROM && minuteNow() < SLOW_UNTIL ? 8 : 1),
    print: (line) => printed.push({ minute: minuteNow(), line }),
  });
  for (let second = 1; second <= END * 60; second++) {
    await clock.advance(1_000);
    while (underWay > 0) await sleep(1);
    if (second % 60 === 0) await fleetpulse.advanceTo(START_MS + second * 1_000);
    if (second % 60 === 0) console.error(second / 60, performance.now(), printed.slice(-2));
  }
});
afterAll(() => fleetpulse.stop());

/** Of the tasks that began in [from, to) minutes: the share of one agent, and the mean response time of all. */
function between(from: number, to: number): { shareOfSlow: number; meanMs: number } {
  const began = ended.filter(({ startedAt }) => {
    const minute = (Number(startedAt) - START_MS) / MINUTE_MS;
    return minute >= from && minute < to;
  });
  const sumMs = began.reduce((sum, { endedAt, queuedAt }) => sum + Number(endedAt) - Number(queuedAt), 0);
  return {
    shareOfSlow: began.filter(({ agent }) => agent === SLOW).length / began.length,
    meanMs: sumMs / began.length,
  };
}

test('the dispatcher hears of a slow agent within five minutes, and leads work around it', () => {
  const first = printed.find(({ line }) => line.startsWith('obeys route'));
  expect(first?.line).toContain(`"${SLOW}":0.05`);
  expect(first?.minute).toBeGreaterThan(SLOW_FROM);
  expect(first?.minute).toBeLessThan(SLOW_FROM + 5);
});

test('the slow agent then gets next to nothing, and tasks are as quick as before', () => {
  const [before, led] = [between(2, SLOW_FROM), between(SLOW_FROM + 6, SLOW_UNTIL)];
  expect(before.shareOfSlow).toBeGreaterThan(0.08);
  expect(led.shareOfSlow).toBeLessThan(0.02);
  expect(led.shareOfSlow).toBeGreaterThan(0);
  expect(led.meanMs).toBeLessThan(1.15 * before.meanMs);
});

test('when the agent is well again it gets its work back, and the directive ends', () => {
  expect(printed.at(-1)?.line).toMatch(/-route-\w+ is (expired|rolled_back): as before$/);
  expect(between(END - 4, END).shareOfSlow).toBeGreaterThan(0.08);
});

test('the effect of the directive is measured, because the dispatcher has acknowledged it: it helped', async () => {
  const { body } = await fleetpulse.get('/v1/directives?target=writers');
  const route = body.directives.findLast(({ kind }: { kind: string }) => kind === 'route');
  expect(route).toMatchObject({ applied: true, ackedBy: 'dispatcher', effect: { verdict: 'helped' } });
  expect(problems).toEqual([]);
});
