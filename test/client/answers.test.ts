import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  type ClientOptions,
  type ClientProblem,
  createClient,
  type FleetpulseClient,
} from '../../lib/client/client.ts';
import { type Reply, StubFleetpulse } from './stub-fleetpulse.ts';

let stub: StubFleetpulse;
let problems: ClientProblem[];
let clients: FleetpulseClient[];
beforeEach(async () => {
  stub = await StubFleetpulse.start();
  problems = [];
  clients = [];
});
afterEach(async () => {
  await Promise.all(clients.map((client) => client.close({ timeoutMs: 0 })));
  await stub.stop();
});

function client(options: ClientOptions = {}): FleetpulseClient {
  const made = createClient({
    ...{ url: stub.url, key: 'fp_key', flushOnSignals: false, random: () => 0 },
    onError: (problem) => problems.push(problem),
    ...options,
  });
  clients.push(made);
  return made;
}

function report(to: FleetpulseClient, count: number): void {
  for (let n = 1; n <= count; n++) to.task({ agent: 'a-1', task: `t-${n}`, status: 'completed', durationMs: 5 });
}

const json = (status: number, body: unknown, headers: Record<string, string> = {}): Reply => ({
  status,
  body: JSON.stringify(body),
  headers,
});

test('a batch carries the key, a random nonce and the events in order, and no id', async () => {
  const it = client();
  report(it, 3);
  expect(await it.flush()).toBe(true);
  const [batch] = stub.received;
  expect(batch?.headers).toMatchObject({ 'x-api-key': 'fp_key', 'content-type': 'application/json' });
  expect(batch).not.toHaveProperty('batchId');
  expect(batch?.nonce).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(batch?.events).toMatchObject([{ task: 't-1', type: 'task', durationMs: 5 }, { task: 't-2' }, { task: 't-3' }]);
  expect(it.stats()).toMatchObject({ enqueued: 3, sent: 3, accepted: 3, queued: 0, queuedBytes: 0, dropped: 0 });
});

test('a body above 1 KB travels as gzip under a content type that API Gateway takes for binary', async () => {
  const it = client();
  report(it, 50);
  await it.flush();
  expect(stub.received[0]?.headers).toMatchObject({
    'content-type': 'application/vnd.fleetpulse+gzip',
    'content-encoding': 'gzip',
  });
  expect(stub.tasks).toHaveLength(50);
});

test('two batches that say the same at the same moment are two', async () => {
  const it = client();
  const order = { type: 'metric', name: 'orders', kind: 'counter', value: 1, at: '2026-03-02T10:00:00Z' } as const;
  for (let n = 0; n < 2; n++) {
    it.event(order);
    await it.flush();
  }
  expect(stub.received.map(({ events }) => events)).toEqual([[order], [order]]);
  expect(new Set(stub.received.map(({ body }) => body)).size).toBe(2);
});

describe('what may pass is tried again, byte for byte', () => {
  test.each<{ name: string; reply: Reply; options?: ClientOptions }>([
    { name: '408', reply: json(408, {}) },
    { name: '425', reply: json(425, {}) },
    { name: '429', reply: json(429, { message: 'Too Many Requests' }) },
    { name: '500', reply: json(500, {}) },
    { name: '502 with HTML', reply: { status: 502, body: '<html>', headers: { 'content-type': 'text/html' } } },
    { name: '503', reply: json(503, { detail: 'the store is busy' }) },
    { name: 'a connection that is cut', reply: 'cut' },
    { name: 'a socket that hangs', reply: 'hang', options: { requestTimeoutMs: 100 } },
    { name: 'a page of a portal with status 200', reply: { status: 200, body: '<html>Please sign in</html>' } },
    { name: 'JSON that is no receipt', reply: json(202, []) },
    { name: 'an empty 202', reply: { status: 202, body: '' } },
  ])('$name', async ({ reply, options }) => {
    const it = client(options);
    stub.replies = [reply, reply];
    report(it, 2);
    expect(await it.flush({ timeoutMs: 20_000 })).toBe(true);
    expect(stub.received.map(({ body }) => body)).toEqual(Array(3).fill(stub.received[0]?.body));
    expect(it.stats()).toMatchObject({ enqueued: 2, sent: 2, accepted: 2, retries: 2, dropped: 0, failedBatches: 0 });
    expect(problems).toHaveLength(1);
  });

  test('with what it says of drops, and compressed', async () => {
    const it = client();
    it.event(null as never);
    stub.replies = [json(503, {}), json(503, {})];
    report(it, 40);
    expect(await it.flush({ timeoutMs: 20_000 })).toBe(true);
    expect(stub.received.map(({ headers }) => headers['content-encoding'])).toEqual(['gzip', 'gzip', 'gzip']);
    expect(stub.received[0]?.events.at(-1)).toMatchObject({ name: 'fleetpulse.client.dropped', value: 1 });
    expect(stub.received.map(({ body }) => body)).toEqual(Array(3).fill(stub.received[0]?.body));
  });

  test('a server that is not there yet', async () => {
    const placeholder = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => placeholder.once('listening', resolve));
    const { port } = placeholder.address() as AddressInfo;
    await new Promise((resolve) => placeholder.close(resolve));
    const it = client({ url: `http://127.0.0.1:${port}`, random: () => 0.2 });
    report(it, 1);
    expect(await it.flush({ timeoutMs: 50 })).toBe(false);
    expect(it.stats()).toMatchObject({ accepted: 0, queued: 1 });
    expect(problems[0]).toMatchObject({ code: 'network', message: expect.stringContaining('ECONNREFUSED') });
  });
});

describe('what will not pass is dropped and told', () => {
  test.each([400, 404, 405, 409, 415, 422])('%i', async (status) => {
    const it = client();
    stub.replies = [json(status, { title: 'no', detail: 'because it is wrong' })];
    report(it, 2);
    expect(await it.flush()).toBe(true);
    expect(it.stats()).toMatchObject({
      ...{ enqueued: 2, accepted: 0, dropped: 2, queued: 0, failedBatches: 1, retries: 0 },
      droppedByType: { task: 2 },
      droppedByReason: { [`http_${status}`]: 2 },
    });
    expect(problems).toEqual([{ code: `http_${status}`, message: `status ${status}: because it is wrong`, events: 2 }]);
  });

  test('a redirect, because it would carry the key to another host', async () => {
    const other = await StubFleetpulse.start();
    const it = client();
    stub.replies = [{ status: 307, headers: { location: `${other.url}/v1/events` }, body: '' }];
    report(it, 1);
    await it.flush();
    expect(other.received).toEqual([]);
    expect(it.stats().droppedByReason).toEqual({ http_307: 1 });
    await other.stop();
  });

  test('the next batch says how many events were dropped', async () => {
    const it = client({ agent: 'a-9' });
    stub.replies = [json(400, {})];
    report(it, 3);
    await it.flush();
    report(it, 1);
    await it.flush();
    expect(stub.received[1]?.events).toMatchObject([
      { type: 'task', task: 't-1' },
      { type: 'metric', name: 'fleetpulse.client.dropped', kind: 'counter', value: 3, agent: 'a-9' },
    ]);
    report(it, 1);
    await it.flush();
    expect(stub.received[2]?.events).toMatchObject([{ type: 'task' }]);
    expect(it.stats()).toMatchObject({ enqueued: 5, accepted: 2, dropped: 3, rejected: 0 });
  });
});

describe('413', () => {
  test('splits the batch in two, each a batch of its own, down to what is too large by itself', async () => {
    const it = client();
    const tooLarge = json(413, { detail: 'send smaller batches' });
    // Of 4 events, then of the first 2, then the first alone.
    stub.replies = [tooLarge, tooLarge, tooLarge];
    report(it, 4);
    expect(await it.flush()).toBe(true);
    expect(stub.received.map(({ events }) => events.map(({ task }) => task ?? 'drops'))).toEqual([
      ['t-1', 't-2', 't-3', 't-4'],
      ['t-1', 't-2'],
      ['t-1'],
      ['t-2'],
      ['t-3', 't-4'],
    ]);
    expect(new Set(stub.received.map(({ nonce }) => nonce)).size).toBe(5);
    expect(it.stats()).toMatchObject({ enqueued: 4, accepted: 3, dropped: 1, droppedByReason: { http_413: 1 } });
  });

  test('does not split what may have been stored before', async () => {
    const it = client();
    stub.replies = ['cut', json(413, {})];
    report(it, 4);
    await it.flush();
    expect(new Set(stub.received.map(({ body }) => body)).size).toBe(1);
    expect(it.stats()).toMatchObject({ accepted: 0, dropped: 4 });
  });
});

test('events that were rejected one by one are counted by code, told once, and not sent again', async () => {
  const it = client();
  const rejected = [
    { index: 0, code: 'too_old', message: 'events[0].endedAt is more than 24 hours ago' },
    { index: 2, code: 'too_old', message: 'events[2].endedAt is more than 24 hours ago' },
    { index: 7, code: 'invalid_field', message: 'there is no such event' },
  ];
  stub.replies = [json(202, { accepted: 1, rejected, duplicate: false })];
  report(it, 3);
  await it.flush();
  expect(it.stats()).toMatchObject({ enqueued: 3, accepted: 1, rejected: 2, rejectedByCode: { too_old: 2 } });
  expect(problems.map(({ code }) => code)).toEqual(['rejected:too_old', 'rejected:invalid_field']);
  expect(stub.received).toHaveLength(1);
});

describe('nothing reaches the host', () => {
  test('an event that is not JSON is counted and told', async () => {
    const it = client();
    const circular: Record<string, unknown> = { type: 'task' };
    circular['self'] = circular;
    const throwing = {
      get agent(): string {
        throw new Error('not now');
      },
    };
    for (const bad of [circular, null, undefined, 7, 'x', [], {}, { type: 1 }, { type: 'task', costUsd: 1n }]) {
      it.event(bad as never);
    }
    it.task(throwing as never);
    it.task(undefined as never);
    it.heartbeat(null as never);
    // The last two lack what Fleetpulse asks for; that is for it to say.
    expect(it.stats()).toMatchObject({ enqueued: 12, dropped: 10, droppedByReason: { invalid: 10 }, queued: 2 });
    expect(problems).toHaveLength(1);
  });

  test('an onError that throws or rejects', async () => {
    for (const onError of [
      () => Promise.reject(new Error('async')),
      () => {
        throw new Error('sync');
      },
    ]) {
      const it = client({ onError });
      stub.replies = [json(400, {})];
      report(it, 1);
      expect(await it.flush()).toBe(true);
    }
  });

  test.each<{ name: string; options: ClientOptions; told: number }>([
    { name: 'no url', options: { url: '' }, told: 0 },
    { name: 'no key', options: { key: '' }, told: 1 },
    { name: 'a url that is none', options: { url: 'fleetpulse.example' }, told: 1 },
    { name: 'a key with a line end', options: { key: 'fp_\nkey' }, told: 1 },
  ])('with $name it does nothing, and wrapped functions run', async ({ options, told }) => {
    const it = client(options);
    report(it, 3);
    it.beat('a-1')();
    expect(await it.wrap((_, n: number) => n + 1)(1)).toBe(2);
    expect(await it.acknowledge('d-1', { applied: true })).toBe(false);
    expect(await it.flush()).toBe(true);
    expect(it.stats()).toMatchObject({ enqueued: 0, queued: 0 });
    expect(await it.close()).toBe(true);
    expect(problems).toHaveLength(told);
  });

  test('what comes after close is counted as dropped', async () => {
    const it = client();
    report(it, 1);
    expect(await it.close()).toBe(true);
    report(it, 2);
    expect(it.stats()).toMatchObject({ enqueued: 3, accepted: 1, dropped: 2, droppedByReason: { closed: 2 } });
  });

  test('close gives up in time, and counts what it leaves', async () => {
    const it = client();
    stub.replies = ['hang'];
    report(it, 2);
    expect(await it.close({ timeoutMs: 100 })).toBe(false);
    expect(it.stats()).toMatchObject({ enqueued: 2, dropped: 2, queued: 0, droppedByReason: { closed: 2 } });
  });
});
