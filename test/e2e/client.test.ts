import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type ClientOptions,
  type ClientProblem,
  createClient,
  type FleetpulseClient,
} from '../../lib/client/client.ts';
import { ADMIN_KEY, Fleetpulse } from '../fixtures/fleetpulse.ts';

const START_MS = Date.parse('2026-03-02T10:00:00Z');
const MINUTE_MS = 60_000;

let fleetpulse: Fleetpulse;
let problems: ClientProblem[];
beforeAll(async () => {
  fleetpulse = await Fleetpulse.start(START_MS);
  problems = [];
});
afterAll(() => fleetpulse.stop());

function client(options: ClientOptions = {}): FleetpulseClient {
  return createClient({
    ...{ url: fleetpulse.cloud.url, key: ADMIN_KEY, flushOnSignals: false },
    ...{ onError: (problem: ClientProblem) => problems.push(problem), ...options },
    clock: {
      nowMs: () => START_MS + 1_000,
      setTimeout: (callback, delayMs) => setTimeout(callback, delayMs),
      clearTimeout: (timer) => clearTimeout(timer as NodeJS.Timeout),
    },
  });
}

describe('what the client reports', () => {
  let it: FleetpulseClient;
  beforeAll(async () => {
    it = client();
    it.agent({ agent: 'writer-1', pool: 'writers', team: 'content', capacity: 2 });
    it.heartbeat({ agent: 'writer-1', state: 'busy', progress: 1 });
    it.sample({ agent: 'writer-1', cpu: 0.5, active: 1, capacity: 2 });
    it.event({ type: 'change', at: START_MS, kind: 'deploy', pool: 'writers', version: '2' });
    const write = it.wrap(
      async (task, n: number) => {
        task.addTokens({ input: 100, output: 20 });
        task.addCostUsd(0.01);
        if (n === 0) throw new RangeError('no topic');
        return n;
      },
      { agent: 'writer-1', taskType: 'article', inputHash: { salt: 's' } },
    );
    for (let n = 99; n >= 0; n--) await write(n).catch(() => {});
    it.task({ agent: 'writer-1', task: 'late', status: 'completed', endedAt: START_MS - 25 * 60 * MINUTE_MS });
    expect(await it.flush({ timeoutMs: 30_000 })).toBe(true);
    await fleetpulse.advanceTo(START_MS + 2 * MINUTE_MS);
  });
  afterAll(() => it.close());

  test('is in the ledger, event by event', async () => {
    expect(it.stats()).toMatchObject({
      ...{ enqueued: 105, accepted: 104, rejected: 1, dropped: 0, queued: 0 },
      rejectedByCode: { too_old: 1 },
    });
    expect((await fleetpulse.get(`/v1/ledger?from=${START_MS}`)).body).toMatchObject({ received: 105, stored: 104 });
    expect(problems).toMatchObject([{ code: 'rejected:too_old' }]);
  });

  test('makes the agent appear, with its pool and tasks', async () => {
    const { body } = await fleetpulse.get(`/v1/agents/writer-1?window=5m&at=${START_MS + MINUTE_MS}`);
    expect(body).toMatchObject({ agent: 'writer-1', pool: 'writers' });
    const { body: pools } = await fleetpulse.get('/v1/pools');
    expect(JSON.stringify(pools)).toContain('"writers"');
  });
});

describe('a batch whose receipt was lost on the way is counted once', () => {
  test.each<{
    name: string;
    events: number;
    report: (it: FleetpulseClient, n: number) => void;
    options?: ClientOptions;
  }>([
    {
      name: 'compressed',
      events: 40,
      report: (it, n) => it.task({ agent: 'writer-1', task: `lost-${n}`, status: 'completed', durationMs: 1 }),
    },
    {
      name: 'compressed, and then plain',
      events: 40,
      report: (it, n) => it.task({ agent: 'writer-1', task: `plain-${n}`, status: 'completed', durationMs: 1 }),
      options: {
        fetch: (url, init) =>
          fetch(url, {
            ...init,
            ...(init.body instanceof Uint8Array
              ? {
                  body: gunzipSync(init.body),
                  headers: { 'x-api-key': init.headers['x-api-key'] ?? '', 'content-type': 'application/json' },
                }
              : {}),
          }),
      },
    },
    { name: 'of a single event', events: 1, report: (it) => it.sample({ agent: 'writer-1', cpu: 0.25 }) },
    {
      name: 'without the time of any event',
      events: 1,
      report: (it) => it.event({ type: 'agent', agent: 'writer-2', pool: 'writers' }),
    },
  ])('$name', async ({ events, report, options }) => {
    const again = options?.fetch ?? fetch;
    let requests = 0;
    const it = client({
      random: () => 0,
      fetch: async (url, init) => {
        requests += 1;
        if (requests > 1) return again(url, init);
        await fetch(url, init);
        throw new TypeError('the connection broke');
      },
    });
    const before = (await fleetpulse.get(`/v1/ledger?from=${START_MS}`)).body;
    for (let n = 0; n < events; n++) report(it, n);
    expect(await it.flush({ timeoutMs: 30_000 })).toBe(true);
    expect(requests).toBe(2);
    expect(it.stats()).toMatchObject({ accepted: events, retries: 1 });
    const after = (await fleetpulse.get(`/v1/ledger?from=${START_MS}`)).body;
    expect(after.received - before.received).toBe(2 * events);
    expect(after.duplicate - before.duplicate).toBe(events);
    await it.close();
  });
});

test('what two hosts count at the same moment is counted twice', async () => {
  const before = (await fleetpulse.get(`/v1/ledger?from=${START_MS}`)).body;
  for (const host of [client(), client()]) {
    host.event({ type: 'metric', name: 'orders', kind: 'counter', value: 1, at: START_MS });
    expect(await host.close()).toBe(true);
  }
  const after = (await fleetpulse.get(`/v1/ledger?from=${START_MS}`)).body;
  expect(after).toMatchObject({ received: before.received + 2, duplicate: before.duplicate });
});
