import { beforeEach, describe, expect, test } from 'vitest';
import { type ClientOptions, createClient, type FleetpulseClient } from '../../lib/client/client.ts';
import { FakeClock } from './fake-clock.ts';
import { FakeServer } from './fake-server.ts';

const START_MS = Date.parse('2026-03-02T10:00:00Z');
let clock: FakeClock;
let server: FakeServer;
beforeEach(() => {
  clock = new FakeClock(START_MS);
  server = new FakeServer(clock);
});

function client(options: ClientOptions = {}): FleetpulseClient {
  return createClient({
    ...{ url: 'http://fleetpulse.test', key: 'fp_key', clock, fetch: server.fetch, gzip: false },
    ...{ random: () => 0.5, flushOnSignals: false, onError: () => {}, ...options },
  });
}

let tasks = 0;
function report(to: FleetpulseClient, count: number, agent = 'a-1'): void {
  for (let n = 0; n < count; n++) {
    tasks += 1;
    to.task({ agent, task: `t-${tasks}`, status: 'completed' });
  }
}

const sizes = () => server.requests.map(({ events }) => events.length);
/** Seconds from the start at which requests came. */
const times = () => server.requests.map(({ atMs }) => (atMs - START_MS) / 1_000);

describe('a batch goes out', () => {
  test('60 s after its oldest event', async () => {
    const it = client();
    report(it, 1);
    await clock.advance(30_000);
    report(it, 1);
    await clock.advance(29_999);
    expect(sizes()).toEqual([]);
    await clock.advance(1);
    expect(sizes()).toEqual([2]);
  });

  test('at the 26th agent', async () => {
    const it = client();
    for (let n = 1; n <= 25; n++) report(it, 2, `a-${n}`);
    await clock.advance(1_000);
    expect(sizes()).toEqual([]);
    report(it, 1, 'a-26');
    await clock.advance(0);
    expect(sizes()).toEqual([51]);
  });

  test('once a flush where 25 agents live on the host, however often they speak', async () => {
    const it = client();
    for (let second = 0; second < 300; second++) {
      report(it, 1, `a-${second % 25}`);
      await clock.advance(1_000);
    }
    // Each wait begins with the first event after the batch before.
    expect(times()).toEqual([60, 120, 180, 240, 300]);
  });

  test('as large as it may be after an outage, however many agents speak in it', async () => {
    const it = client();
    server.fate = () => ({ status: 503, retryAfter: '60' });
    for (let n = 0; n < 1_026; n++) report(it, 1, `a-${n % 100}`);
    await clock.advance(1_000);
    for (let n = 0; n < 1_000; n++) report(it, 1, `a-${n % 100}`);
    server.fate = () => ({ status: 202 });
    await clock.advance(120_000);
    expect(sizes()).toEqual([500, 500, 500, 500, 500, 26]);
  });

  test('at the 500th event', async () => {
    const it = client();
    report(it, 499);
    await clock.advance(1_000);
    expect(sizes()).toEqual([]);
    report(it, 1);
    await clock.advance(0);
    expect(sizes()).toEqual([500]);
  });

  test('at 256 KB', async () => {
    const it = client();
    const note = 'x'.repeat(64_000);
    for (let n = 0; n < 4; n++) it.event({ type: 'change', kind: 'deploy', at: START_MS, note });
    await clock.advance(1_000);
    expect(sizes()).toEqual([]);
    for (let n = 0; n < 2; n++) it.event({ type: 'change', kind: 'deploy', at: START_MS, note });
    await clock.advance(60_000);
    expect(sizes()).toEqual([4, 2]);
  });

  test.each([
    ['a failed task', (it: FleetpulseClient) => it.task({ agent: 'a', task: 't', status: 'failed' })],
    ['a task that timed out', (it: FleetpulseClient) => it.task({ agent: 'a', task: 't', status: 'timeout' })],
    ['a rejected task', (it: FleetpulseClient) => it.task({ pool: 'p', task: 't', status: 'rejected' })],
    ['an agent that stops', (it: FleetpulseClient) => it.heartbeat({ agent: 'a', state: 'stopped' })],
    ['an agent that drains', (it: FleetpulseClient) => it.heartbeat({ agent: 'a', state: 'draining' })],
    ['a new agent', (it: FleetpulseClient) => it.agent({ agent: 'a', pool: 'p' })],
  ])('10 ms after %s, with what came meanwhile', async (_, urgent) => {
    const it = client();
    report(it, 1);
    await clock.advance(5_000);
    urgent(it);
    await clock.advance(5);
    report(it, 1);
    await clock.advance(4);
    expect(sizes()).toEqual([]);
    await clock.advance(1);
    expect(sizes()).toEqual([3]);
    report(it, 1);
    await clock.advance(59_000);
    expect(sizes()).toEqual([3]);
  });

  test.each(['completed', 'cancelled'] as const)('not for a %s task', async (status) => {
    client().task({ agent: 'a', task: 't', status });
    await clock.advance(59_000);
    expect(sizes()).toEqual([]);
  });

  test('only when the one before has been answered', async () => {
    const it = client();
    server.fate = () => ({ status: 202, delayMs: 2_000 });
    report(it, 1_200);
    await clock.advance(1_999);
    expect(sizes()).toEqual([500]);
    await clock.advance(1);
    expect(sizes()).toEqual([500, 500]);
    await clock.advance(10_000);
    expect(sizes()).toEqual([500, 500]);
    await clock.advance(50_000);
    expect(sizes()).toEqual([500, 500, 200]);
  });
});

test('an event is taken as it is when it is reported', async () => {
  const it = client();
  const fields = { agent: 'a-1', task: 't-1', status: 'completed' as const, costUsd: 1 };
  it.task(fields);
  fields.costUsd = 2;
  await clock.advance(60_000);
  expect(server.requests[0]?.events).toMatchObject([{ costUsd: 1, endedAt: START_MS }]);
});

describe('between attempts the client waits', () => {
  test('half of 0.5 s, 1 s, 2 s ... 30 s, when chance gives one half', async () => {
    const it = client();
    server.fate = () => ({ status: 503 });
    report(it, 500);
    await clock.advance(100_000);
    expect(times()).toEqual([0, 0.25, 0.75, 1.75, 3.75, 7.75, 15.75, 30.75, 45.75, 60.75, 75.75, 90.75]);
  });

  test.each([
    { retryAfter: '3', expected: 3 },
    { retryAfter: '900', expected: 60 },
    { retryAfter: new Date(START_MS + 7_000).toUTCString(), expected: 7 },
    { retryAfter: new Date(START_MS - 7_000).toUTCString(), expected: 0.25 },
    { retryAfter: 'soon', expected: 0.25 },
    { retryAfter: '0', expected: 0.25 },
  ])('at least Retry-After: $retryAfter', async ({ retryAfter, expected }) => {
    const it = client();
    server.fate = () => ({ status: server.requests.length === 1 ? 429 : 202, retryAfter });
    report(it, 500);
    await clock.advance(100_000);
    expect(times()).toEqual([0, expected]);
  });

  test('a minute when the key is refused, and asks for the key anew', async () => {
    const keys = ['old', 'old', 'new'];
    const used: string[] = [];
    const it = client({
      key: async () => keys.shift() ?? 'new',
      fetch: (url, init) => {
        used.push(init.headers['x-api-key'] ?? '');
        return server.fetch(url, init);
      },
    });
    server.fate = () => ({ status: used.at(-1) === 'new' ? 202 : 401 });
    report(it, 500);
    await clock.advance(200_000);
    expect({ used, times: times() }).toEqual({ used: ['old', 'old', 'new'], times: [0, 60, 120] });
    expect(it.stats()).toMatchObject({ accepted: 500, dropped: 0 });
  });

  test('and an urgent event does not make it impatient', async () => {
    const it = client();
    server.fate = () => ({ status: 503, retryAfter: '5' });
    it.task({ agent: 'a', task: 't', status: 'failed' });
    await clock.advance(1_000);
    it.task({ agent: 'a', task: 'u', status: 'failed' });
    await clock.advance(1_000);
    expect(times()).toEqual([0.01]);
  });
});

test('a socket that hangs is given up after 10 s, even if fetch ignores its signal', async () => {
  const it = client({ fetch: () => new Promise(() => {}) });
  report(it, 500);
  await clock.advance(9_999);
  expect(it.stats().retries).toBe(0);
  await clock.advance(1_000);
  expect(it.stats()).toMatchObject({ retries: 1, queued: 500 });
});

describe('flush', () => {
  test('does not wait for the backoff, but for what the server asked for', async () => {
    const it = client({ random: () => 1 });
    server.fate = () => ({ status: server.requests.length === 1 ? 503 : 202 });
    report(it, 500);
    await clock.advance(1);
    const flushed = it.flush();
    await clock.advance(1);
    expect(await flushed).toBe(true);

    server.fate = () => ({ status: 503, retryAfter: '5' });
    report(it, 1);
    const refused = it.flush({ timeoutMs: 3_000 });
    await clock.advance(1);
    // Known at once: the next attempt would come too late.
    expect(await refused).toBe(false);
    expect(await it.flush({ timeoutMs: 3_000 })).toBe(false);
    expect(it.stats()).toMatchObject({ accepted: 500, queued: 1 });
  });

  test('tries again until its time is over, and leaves the rest in the queue', async () => {
    const it = client();
    server.fate = () => ({ status: 503 });
    report(it, 1);
    const flushed = it.flush({ timeoutMs: 3_000 });
    await clock.advance(3_000);
    expect(await flushed).toBe(false);
    expect(times()).toEqual([0, 0.25, 0.75, 1.75]);
    server.fate = () => ({ status: 202 });
    await clock.advance(60_000);
    expect(it.stats()).toMatchObject({ accepted: 1, queued: 0 });
  });
});

describe('the queue is bounded', () => {
  const down = () => ({ status: 503 });
  const kept = async (it: FleetpulseClient) => {
    server.fate = () => ({ status: 202 });
    await clock.advance(120_000);
    expect(it.stats().queued).toBe(0);
    return server.events.flatMap((event) => ('task' in event ? [event.task] : [event.type]));
  };

  test('samples and heartbeats go first, then the oldest; never the newest', async () => {
    const it = client({ maxQueueEvents: 4 });
    it.task({ agent: 'a', task: 't-1', status: 'completed' });
    it.sample({ agent: 'a', cpu: 0.5 });
    it.task({ agent: 'a', task: 't-2', status: 'completed' });
    server.fate = down;
    it.task({ agent: 'a', task: 't-3', status: 'completed' });
    it.task({ agent: 'a', task: 't-4', status: 'completed' });
    expect(it.stats()).toMatchObject({ queued: 4, dropped: 1, droppedByType: { sample: 1 } });
    it.task({ agent: 'a', task: 't-5', status: 'completed' });
    it.heartbeat({ agent: 'a' });
    expect(it.stats()).toMatchObject({ queued: 4, dropped: 3, droppedByType: { sample: 1, task: 2 } });
    expect(await kept(it)).toEqual(['t-3', 't-4', 'metric', 't-5', 'heartbeat']);
  });

  test('a batch that waits for its next attempt is the oldest, and goes as a whole', async () => {
    const it = client({ maxQueueEvents: 4 });
    server.fate = down;
    report(it, 2, 'early');
    await clock.advance(1);
    report(it, 2, 'late');
    expect(it.stats()).toMatchObject({ queued: 4, dropped: 0 });
    report(it, 1, 'newest');
    expect(it.stats()).toMatchObject({ queued: 3, dropped: 2, failedBatches: 1 });
  });

  test('a batch that is under way is not dropped, and there is room for the newest still', async () => {
    const it = client({ maxQueueEvents: 4 });
    server.fate = () => ({ status: 202, delayMs: 5_000 });
    report(it, 2, 'under-way');
    await clock.advance(1);
    report(it, 9);
    expect(it.stats()).toMatchObject({ queued: 4, dropped: 7 });
    await clock.advance(5_000);
    expect(it.stats()).toMatchObject({ accepted: 2 });
  });

  test('an event of more than half of the bytes is dropped, and less is kept within them', async () => {
    const it = client({ maxQueueBytes: 2_000 });
    server.fate = down;
    it.event({ type: 'change', kind: 'deploy', at: START_MS, note: 'x'.repeat(1_000) });
    expect(it.stats()).toMatchObject({ dropped: 1, droppedByReason: { too_large: 1 } });
    for (let n = 0; n < 100; n++) {
      report(it, 1);
      expect(it.stats().queuedBytes).toBeLessThanOrEqual(2_000);
    }
    expect(it.stats().queued).toBeGreaterThan(10);
  });

  test('what has waited for 23 h is dropped, because it would be refused', async () => {
    const it = client();
    server.fate = down;
    report(it, 500);
    await clock.advance(23 * 3_600_000 - 60_000);
    report(it, 1);
    expect(it.stats()).toMatchObject({ queued: 501, dropped: 0 });
    await clock.advance(120_000);
    expect(it.stats()).toMatchObject({ queued: 1, dropped: 500, droppedByReason: { expired: 500 } });
  });
});
