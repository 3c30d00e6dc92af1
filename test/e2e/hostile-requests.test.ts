import { connect } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Endpoint } from '../../lib/api/endpoint.ts';
import { endpoints } from '../../lib/api/registry.ts';
import { Fleetpulse } from '../fixtures/fleetpulse.ts';
import { hostileOtlp } from '../fixtures/hostile-otlp.ts';
import { type HostileRequest, hostileRequests, shownRequest } from '../fixtures/hostile-request.ts';
import { faultOf } from '../fixtures/judge-answer.ts';
import { contentTypeOf } from '../fixtures/judge-otlp.ts';
import { connectionsTo, sendHttp } from '../fixtures/send-http.ts';

const START_MS = Date.parse('2026-03-02T10:00:00Z');
/** Requests an endpoint; `npm run bench -- hostile-requests` sends more. */
const RUNS = 60;
/** `npm run bench -- hostile-otlp` sends them for as long as one likes. */
const OTLP_REQUESTS = 400;
const named: [name: string, endpoint: Endpoint][] = Object.entries(endpoints);

let fleetpulse: Fleetpulse;
let key: string;
const connections = connectionsTo();

beforeAll(async () => {
  fleetpulse = await Fleetpulse.start(START_MS);
  const made = await fleetpulse.request('POST', '/v1/keys', {
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      name: 'hostile',
      scopes: ['ingest', 'read', 'control', 'admin'],
      limit: { eventsPerSecond: 1_000_000, burst: 100_000_000 },
    }),
  });
  key = made.body.key;
});
afterAll(async () => {
  connections.destroy();
  await fleetpulse.stop();
});

async function expectGoodRequestsToWork(): Promise<void> {
  const atMs = fleetpulse.cloud.nowMs();
  const sent = await fleetpulse.send([{ type: 'heartbeat', agent: 'honest', at: atMs }]);
  expect(sent).toMatchObject({ status: 202, body: { accepted: 1, rejected: [] } });
  expect(await fleetpulse.get('/v1/fleet')).toMatchObject({ status: 200 });
}

const names = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'a/b', 'a/ack', '../x', '@', 'x'.repeat(128)];

test('names that objects have of their own, and paths, are names like others, from the event to every answer', async () => {
  const endedAt = fleetpulse.cloud.nowMs() - 1_000;
  const events = names.flatMap((name) => [
    { type: 'agent', agent: name, pool: name, skills: { [name]: 0.5 }, params: JSON.parse(`{"__proto__":"kept"}`) },
    {
      ...{ type: 'task', agent: name, task: name, taskType: name, status: 'completed', endedAt, durationMs: 5 },
      ...{ model: name, workflow: name, parent: name, delegatedBy: name },
    },
    { type: 'metric', name, value: 7, at: endedAt },
    { type: 'heartbeat', agent: name, at: endedAt },
    { type: 'change', at: endedAt, kind: 'deploy', pool: name, version: name },
    { type: 'workflow', workflow: name, workflowType: name, status: 'completed', startedAt: endedAt - 5, endedAt },
  ]);
  expect(await fleetpulse.send(events)).toMatchObject({ status: 202, body: { accepted: events.length, rejected: [] } });
  await fleetpulse.advanceTo(fleetpulse.cloud.nowMs() + 60_000);
  const { pools } = (await fleetpulse.get('/v1/pools')).body;
  expect(pools.map(({ pool }: { pool: string }) => pool)).toEqual(expect.arrayContaining(names));
  for (const name of names) {
    const agent = await fleetpulse.request('GET', `/v1/agents/${encodeURIComponent(name)}`);
    expect(agent).toMatchObject({ status: 200, body: { agent: name, pool: name, totals: { completed: 1 } } });
    const named = `name=${encodeURIComponent(name)}`;
    expect((await fleetpulse.get(`/v1/metrics?${named}`)).body.metrics).toMatchObject([{ name, n: 1, last: 7 }]);
    const listed = (await fleetpulse.get(`/v1/tasks?task=${encodeURIComponent(name)}`)).body.tasks;
    expect(listed).toMatchObject([{ task: name, agent: name, taskType: name }]);
    const workflow = (await fleetpulse.request('GET', `/v1/workflows/${encodeURIComponent(name)}`)).body;
    expect(workflow).toMatchObject({ workflow: name, workflowType: name, tree: [{ task: name, pool: name }] });
    for (const kind of ['agent', 'pool', 'taskType']) {
      const scope = encodeURIComponent(`${kind}:${name}`);
      const series = await fleetpulse.get(`/v1/series?kpi=average_response_time&scope=${scope}&step=1h`);
      expect(series).toMatchObject({ status: 200, body: { scope: `${kind}:${name}` } });
      expect(series.body.points.some(({ value }: { value: number | null }) => value !== null)).toBe(true);
    }
  }
  expect(await fleetpulse.get('/v1/fleet?__proto__=1')).toMatchObject({ status: 400 });
  expect(await fleetpulse.get('/v1/agents/valueOf')).toMatchObject({ status: 404 });
});

describe('whatever is sent, the answer is never a 5xx, and has the form that is promised', () => {
  test.each(named)('%s', async (_, endpoint) => {
    const requests = hostileRequests(endpoint, key, fleetpulse.cloud.nowMs());
    await fc.assert(
      fc.asyncProperty(requests, async (request) => {
        const fault = faultOf(await sendHttp(fleetpulse.cloud.url, request, connections), endpoint);
        if (fault !== null) throw new Error(`${fault}\n${shownRequest(request)}`);
      }),
      { numRuns: RUNS },
    );
    await expectGoodRequestsToWork();
  });
});

/** What a server answers to bytes that are sent to it as they are, until either side ends. */
function answerTo(bytes: string): Promise<string> {
  const { hostname, port } = new URL(fleetpulse.cloud.url);
  return new Promise((resolve) => {
    let answer = '';
    const socket = connect(Number(port), hostname, () => socket.end(bytes));
    socket.on('data', (chunk) => {
      answer += chunk.toString('latin1');
    });
    socket.on('error', () => {});
    socket.once('close', () => resolve(answer));
  });
}

describe('what is hardly HTTP is refused or cut off', () => {
  const post = (headers: string) => `POST /v1/events HTTP/1.1\r\nhost: a\r\nconnection: close\r\n${headers}\r\n\r\n`;
  test.each([
    { name: 'no request at all', bytes: '\u0000\u0001\u0002\r\n\r\n' },
    { name: 'TLS', bytes: '\u0016\u0003\u0001\u0002\u0000\u0001' },
    { name: 'no version', bytes: 'GET /v1/fleet\r\n\r\n' },
    { name: 'a path with NUL', bytes: 'GET /v1/\u0000 HTTP/1.1\r\nhost: a\r\n\r\n' },
    { name: 'CONNECT', bytes: 'CONNECT else.where:443 HTTP/1.1\r\nhost: else.where\r\n\r\n' },
    { name: 'a negative length', bytes: post('content-length: -1') },
    { name: 'an absurd length', bytes: post('content-length: 99999999999999999999') },
    { name: 'a length of 1 TB', bytes: post('content-length: 1099511627776') },
    { name: 'two lengths', bytes: post('content-length: 1\r\ncontent-length: 2') },
    { name: 'a length and chunks', bytes: `${post('content-length: 4\r\ntransfer-encoding: chunked')}0\r\n\r\n` },
    { name: 'chunks that are none', bytes: `${post('transfer-encoding: chunked')}zz\r\n` },
    { name: 'half a body', bytes: `${post('content-type: application/json\r\ncontent-length: 100')}{"events":` },
    { name: 'headers of 100 KB', bytes: post(`x: ${'y'.repeat(100_000)}`) },
    { name: 'an upgrade', bytes: 'GET /v1/fleet HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: h2c\r\n\r\n' },
  ])('$name', async ({ bytes }) => {
    expect(await answerTo(bytes)).toMatch(/^($|HTTP\/1\.1 4\d\d )/);
    await expectGoodRequestsToWork();
  });
});

describe('OTLP by a grammar, right in most places and spoilt in some', () => {
  test('is answered as promised, in the encoding that it came in', async () => {
    const atMs = fleetpulse.cloud.nowMs();
    const statuses = new Map<number, number>();
    for (let seed = 1; seed <= OTLP_REQUESTS; seed++) {
      const { signal, encoding, bytes, contentEncoding, spoilt } = hostileOtlp(seed, atMs);
      const endpoint = { traces: endpoints.sendTraces, metrics: endpoints.sendMetrics, logs: endpoints.sendLogs }[
        signal
      ];
      const request: HostileRequest = {
        ...{ method: 'POST', target: endpoint.path, body: bytes },
        headers: [
          ['x-api-key', key],
          ['content-type', contentTypeOf[encoding]],
          ...(contentEncoding === undefined ? [] : [['content-encoding', contentEncoding] as const]),
        ],
      };
      const exchange = await sendHttp(fleetpulse.cloud.url, request, connections);
      const { status, headers } = exchange.answer;
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      expect([seed, spoilt, faultOf(exchange, endpoint)]).toEqual([seed, spoilt, null]);
      // Refusals of the protocol itself, and nothing that an exporter would send again.
      expect([seed, status]).toEqual([seed, expect.toSatisfy((it: number) => [200, 400, 413, 415].includes(it))]);
      if (status === 200) expect([seed, headers['content-type']]).toEqual([seed, contentTypeOf[encoding]]);
    }
    expect(Math.min(statuses.get(200) ?? 0, statuses.get(400) ?? 0)).toBeGreaterThan(OTLP_REQUESTS / 10);
    await expectGoodRequestsToWork();
  });
});

test('and of all that nothing is lost: the ledger balances when the minutes are complete', async () => {
  await fleetpulse.advanceTo(START_MS + 20 * 60_000);
  await expectGoodRequestsToWork();
  await fleetpulse.advanceTo(START_MS + 25 * 60_000);
  const { body } = await fleetpulse.get(`/v1/ledger?from=${START_MS - 60_000}`);
  expect(body).toMatchObject({ difference: 0, pending: 0 });
  // One good event at least beside what was sent to each endpoint.
  expect(body.stored).toBeGreaterThan(named.length + names.length);
  expect(await fleetpulse.get('/v1/agents/honest')).toMatchObject({ status: 200 });
  expect(fleetpulse.printed.filter((line) => /failed|error/i.test(line))).toEqual([]);
});
