import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runFleet } from '../../examples/dispatcher/fleet.ts';
import { createClient, type FetchLike, type TaskEvent } from '../../lib/client/client.ts';
import { createRandom } from '../../lib/sim/random.ts';
import { FakeClock } from '../client/fake-clock.ts';
import { ADMIN_KEY, Fleetpulse } from '../fixtures/fleetpulse.ts';

const MINUTE_MS = 60_000;
const START_MS = Date.parse('2026-03-02T10:00:00Z');
const agents = Array.from({ length: 6 }, (_, i) => ({ agent: `writers-${i + 1}`, pool: 'writers', slots: 4 }));
const SLOW = 'writers-1';
/** Minutes. The second time Fleetpulse is out of reach soon after it has directed something. */
const SLOW_FROM = 15;
const SLOW_UNTIL = 28;
const WELL_BY = 37;
const SLOW_AGAIN = 41;
const OUT_OF_REACH = 46;
const END = 63;

let fleetpulse: Fleetpulse;
const clock = new FakeClock(START_MS);
const printed: { minute: number; line: string }[] = [];
const ended: TaskEvent[] = [];
const problems: string[] = [];
let underWay = 0;

const isSlow = (minute: number) => (minute >= SLOW_FROM && minute < SLOW_UNTIL) || minute >= SLOW_AGAIN;
const minuteNow = () => (clock.nowMs() - START_MS) / MINUTE_MS;

/** Notes what is reported, and what is under way: simulated time stands still for it. */
const watched: FetchLike = async (url, init) => {
  if (minuteNow() >= OUT_OF_REACH) throw new TypeError('fetch failed');
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
    onError: ({ code, message }) =>
      problems.push(`${minuteNow() < OUT_OF_REACH ? 'in reach' : 'out of reach'} ${code}: ${message}`),
  });
  runFleet({
    ...{ client, clock, agents, random: () => random.uniform(0, 1), load: 0.6, meanTaskMs: 1_500 },
    untilMs: START_MS + END * MINUTE_MS,
    slownessOf: (agent) => (agent === SLOW && isSlow(minuteNow()) ? 8 : 1),
    print: (line) => printed.push({ minute: minuteNow(), line }),
  });
  for (let second = 1; second <= END * 60; second++) {
    await clock.advance(1_000);
    while (underWay > 0) await sleep(1);
    if (second % 60 === 0) await fleetpulse.advanceTo(START_MS + second * 1_000);
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
  const last = printed.findLast(({ minute }) => minute < WELL_BY);
  expect(last?.line).toMatch(/-route-\w+ is expired: as before$/);
  expect(between(WELL_BY, SLOW_AGAIN).shareOfSlow).toBeGreaterThan(0.05);
});

test('the effect of the directive is measured, because the dispatcher has acknowledged it: there was nothing left to help, because the dispatcher goes by pace', async () => {
  const { body } = await fleetpulse.get('/v1/directives?target=writers');
  const first = body.directives.findLast(({ kind }: { kind: string }) => kind === 'route');
  expect(first).toMatchObject({
    ...{ applied: true, ackedBy: expect.stringMatching(/^dispatcher/) },
    effect: { verdict: 'no_effect' },
  });
  expect(problems.filter((problem) => problem.startsWith('in reach'))).toEqual([]);
});

test('while Fleetpulse is out of reach a lease runs out by itself, a quarter of an hour after it was last renewed', () => {
  const obeyed = printed.findLast(({ line }) => line.startsWith('obeys route'));
  const last = printed.at(-1);
  expect(obeyed?.minute).toBeGreaterThan(SLOW_AGAIN);
  expect(obeyed?.minute).toBeLessThan(OUT_OF_REACH);
  expect(last?.line).toMatch(/-route-\w+ is expired: as before$/);
  const leaseEnds = Date.parse(/until (\S+)$/.exec(obeyed?.line ?? '')?.[1] ?? '');
  expect(START_MS + (last?.minute ?? 0) * MINUTE_MS).toBe(leaseEnds);
  expect(problems.some((problem) => problem.startsWith('out of reach network'))).toBe(true);
});
