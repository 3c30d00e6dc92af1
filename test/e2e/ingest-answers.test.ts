import { randomBytes, randomUUID } from 'node:crypto';
import { request } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ADMIN_KEY, type Answer, Fleetpulse } from '../fixtures/fleetpulse.ts';

const START_MS = Date.parse('2026-03-02T10:00:00Z');
const JSON_TYPE = { 'content-type': 'application/json' };
const LINES_TYPE = { 'content-type': 'application/x-ndjson' };

let fleetpulse: Fleetpulse;
beforeAll(async () => {
  fleetpulse = await Fleetpulse.start(START_MS);
});
afterAll(() => fleetpulse.stop());

function post(body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = JSON_TYPE): Promise<Answer> {
  return fleetpulse.request('POST', '/v1/events', { body, headers });
}

let tasks = 0;
function task(more: Record<string, unknown> = {}): Record<string, unknown> {
  tasks += 1;
  return {
    type: 'task',
    agent: 'a-1',
    task: `t-${tasks}`,
    status: 'completed',
    endedAt: START_MS + 1_000,
    durationMs: 5,
    ...more,
  };
}

async function received(): Promise<number> {
  return (await fleetpulse.get(`/v1/ledger?from=${START_MS}`)).body.received;
}

/** Asserts the answer, and that nothing of the request was counted or stored. */
async function expectRefused(answer: Promise<Answer>, status: number, detail: RegExp): Promise<void> {
  const before = await received();
  const { status: got, headers, body } = await answer;
  expect({ got, detail: body.detail }).toEqual({ got: status, detail: expect.stringMatching(detail) });
  expect(headers.get('content-type')).toBe('application/problem+json');
  expect(body).toMatchObject({ type: 'about:blank', status, title: expect.any(String) });
  expect(await received()).toBe(before);
}

describe('a good batch', () => {
  test('is accepted as JSON, and the same body again is a duplicate', async () => {
    const body = JSON.stringify({ events: [task()] });
    expect((await post(body)).body).toMatchObject({
      accepted: 1,
      rejected: [],
      duplicate: false,
      directivesVersion: 0,
    });
    expect((await post(body)).body).toMatchObject({ accepted: 1, duplicate: true });
  });

  test('may be gzip under a type that is passed on as bytes, and is then the same batch', async () => {
    const body = JSON.stringify({ events: [task()] });
    const headers = { ...LINES_TYPE, 'content-encoding': 'gzip' };
    const first = await post(new Uint8Array(gzipSync(body)), headers);
    expect(first).toMatchObject({ status: 202, body: { accepted: 1, duplicate: false } });
    expect((await post(body)).body).toMatchObject({ duplicate: true, batchId: first.body.batchId });
  });

  test('may be one event a line, with its id in a header', async () => {
    const batchId = randomUUID();
    const body = `${JSON.stringify(task())}\n${JSON.stringify(task())}\n`;
    const answer = await post(body, { ...LINES_TYPE, 'idempotency-key': batchId });
    expect(answer).toMatchObject({ status: 202, body: { accepted: 2, batchId } });
  });

  test('keeps its valid events when others are not, and says which and why', async () => {
    const answer = await fleetpulse.send([
      task(),
      task({ status: 'done' }),
      task({ agent: 'bad agent!' }),
      task({ endedAt: START_MS - 25 * 3_600_000 }),
      task({ endedAt: START_MS + 16 * 60_000 }),
      { type: 'sample', agent: 'a-1', at: START_MS, cpu: 1.5 },
      { type: 'telemetry' },
      'text',
    ]);
    expect(answer.status).toBe(202);
    expect(answer.body.accepted).toBe(1);
    expect(answer.body.rejected).toEqual([
      { index: 1, code: 'invalid_field', message: expect.stringContaining('status must be one of completed') },
      { index: 2, code: 'invalid_field', message: expect.stringContaining('agent must be 1 to 128 characters') },
      { index: 3, code: 'too_old', message: expect.stringContaining('events[3].endedAt') },
      { index: 4, code: 'in_future', message: expect.stringContaining('events[4].endedAt') },
      { index: 5, code: 'invalid_field', message: expect.stringContaining('cpu must be a number from 0 to 1') },
      { index: 6, code: 'invalid_field', message: expect.stringContaining('type must be one of task') },
      { index: 7, code: 'invalid_field', message: expect.stringContaining('must be an object') },
    ]);
  });

  test('above 300 KB packed is stored in parts, and counted like any other', async () => {
    const before = (await fleetpulse.get(`/v1/ledger?from=${START_MS}`)).body;
    const events = Array.from({ length: 9_000 }, () =>
      task({ agent: 'big', workflow: randomBytes(48).toString('hex'), endedAt: START_MS + 1_000 }),
    );
    expect(gzipSync(JSON.stringify(events.map((event) => event['workflow']))).length).toBeGreaterThan(300_000);
    const answer = await fleetpulse.send(events);
    expect(answer).toMatchObject({ status: 202, body: { accepted: 9_000 } });
    const after = (await fleetpulse.get(`/v1/ledger?from=${START_MS}`)).body;
    expect(after.received - before.received).toBe(9_000);
    expect(after).toMatchObject({ difference: 0 });
  });

  test('whose id was used for other content is a conflict, also when its minute is another', async () => {
    const batchId = randomUUID();
    expect((await fleetpulse.send([task()], batchId)).status).toBe(202);
    const other = fleetpulse.send([task({ endedAt: START_MS - 600_000 })], batchId);
    await expectRefused(other, 409, /was used before for other content/);
  });

  test('with agent descriptions only is recognised when it comes again twenty minutes later', async () => {
    const events = [{ type: 'agent', agent: 'described', pool: 'p' }];
    expect((await fleetpulse.send(events)).body).toMatchObject({ accepted: 1, duplicate: false });
    await fleetpulse.advanceTo(START_MS + 20 * 60_000);
    expect((await fleetpulse.send(events)).body).toMatchObject({ duplicate: true });
  });
});

describe('a bad request', () => {
  const body = () => JSON.stringify({ events: [task()] });

  test.each([
    { name: 'malformed JSON', body: '{"events": [', detail: /not JSON/ },
    { name: 'an empty body', body: '', detail: /empty/ },
    { name: 'no events', body: '{"events": []}', detail: /no events/ },
    { name: 'events that are no list', body: '{"events": {}}', detail: /must be \{"batchId"/ },
    { name: 'a batch id that is no UUID', body: '{"batchId": "7", "events": [{}]}', detail: /batchId must be a UUID/ },
    { name: 'bytes that are no text', body: new Uint8Array([0xff, 0xfe, 0x00]), detail: /UTF-8/, headers: LINES_TYPE },
    { name: 'damaged gzip', body: new Uint8Array([0x1f, 0x8b, 1, 2, 3]), detail: /damaged/, headers: LINES_TYPE },
  ])('$name is 400', ({ body: sent, detail, headers }) => expectRefused(post(sent, headers ?? JSON_TYPE), 400, detail));

  test('no event that is valid is 422, naming each field, and is counted as rejected', async () => {
    const before = (await fleetpulse.get(`/v1/ledger?from=${START_MS}`)).body;
    const answer = await fleetpulse.send([task({ endedAt: 'yesterday' }), { type: 'heartbeat', at: START_MS }]);
    expect(answer.status).toBe(422);
    expect(answer.body.errors).toEqual([
      { path: 'events[0].endedAt', code: 'invalid_field', message: expect.stringContaining('ISO 8601') },
      { path: 'events[1].agent', code: 'missing_field', message: expect.stringContaining('agent is required') },
    ]);
    const after = (await fleetpulse.get(`/v1/ledger?from=${START_MS}`)).body;
    expect(after.received - before.received).toBe(2);
    expect(after).toMatchObject({ difference: 0, stored: before.stored });
  });

  test('no key is 401', async () => {
    const anonymous = fetch(`${fleetpulse.cloud.url}/v1/events`, { method: 'POST', headers: JSON_TYPE, body: body() });
    const { status, headers } = await anonymous;
    expect({ status, challenge: headers.get('www-authenticate') }).toEqual({ status: 401, challenge: 'Bearer' });
  });

  test('a wrong key is 401', () =>
    expectRefused(post(body(), { ...JSON_TYPE, 'x-api-key': 'wrong' }), 401, /unknown or has expired/));

  test('the key may also come as a bearer token', async () => {
    const headers = { ...JSON_TYPE, 'x-api-key': '', authorization: `Bearer ${ADMIN_KEY}` };
    expect((await post(body(), headers)).status).toBe(202);
  });

  test('a gzip body under a text content type arrives destroyed: 415 names the type to use', () =>
    expectRefused(
      post(new Uint8Array(gzipSync(body())), { ...JSON_TYPE, 'content-encoding': 'gzip' }),
      415,
      /application\/x-ndjson or application\/vnd\.fleetpulse\+gzip/,
    ));

  test('the same without a content-encoding header is noticed too', () =>
    expectRefused(post(new Uint8Array(gzipSync(body()))), 415, /does not survive/));

  test.each(['text/csv', 'application/xml', 'application/x-www-form-urlencoded'])('content type %s is 415', (type) =>
    expectRefused(post(body(), { 'content-type': type }), 415, /use application\/json/),
  );

  test('content encoding br is 415', () =>
    expectRefused(post(body(), { ...LINES_TYPE, 'content-encoding': 'br' }), 415, /use gzip or none/));

  test('a gzip bomb is 413 and is never unpacked further than 4 MB', () => {
    const bomb = gzipSync(Buffer.alloc(200_000_000, 0x20));
    expect(bomb.length).toBeLessThan(1_000_000);
    return expectRefused(post(new Uint8Array(bomb), LINES_TYPE), 413, /at most 4000000 decompressed/);
  });

  test('more than 1 MB of gzip is 413', () =>
    expectRefused(post(new Uint8Array(gzipSync(randomBytes(1_100_000))), LINES_TYPE), 413, /compressed/));

  test('more than 4 MB of JSON is 413', () =>
    expectRefused(post(`${body().slice(0, -1)}${' '.repeat(4_000_000)}}`), 413, /at most 4000000/));

  test('more than 10,000 events is 413', () =>
    expectRefused(post(JSON.stringify({ events: Array.from({ length: 10_001 }, () => ({})) })), 413, /10001 events/));

  test('20 MB is refused by the gateway itself, with 413', async () => {
    const before = await received();
    expect(await statusOfUpload(20_000_000)).toBe(413);
    expect(await received()).toBe(before);
  });
});

/** fetch gives up when a server answers before the upload has ended; this listens while it sends. */
function statusOfUpload(bytes: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const upload = request(
      `${fleetpulse.cloud.url}/v1/events`,
      { method: 'POST', headers: { ...JSON_TYPE, 'x-api-key': ADMIN_KEY, 'content-length': bytes } },
      (response) => {
        resolve(response.statusCode ?? 0);
        response.resume();
        upload.destroy();
      },
    );
    // The connection may be cut after the answer, while there is still something to send.
    upload.on('error', reject);
    upload.end(Buffer.alloc(bytes, 0x20));
  });
}

describe('reading', () => {
  test.each([
    { path: '/v1/agents?window=90s', status: 400, detail: /window must be a length such as 15m/ },
    { path: '/v1/agents?colour=red', status: 400, detail: /parameter colour is not known here/ },
    { path: '/v1/agents?at=yesterday', status: 400, detail: /at must be a time/ },
    { path: '/v1/agents?limit=5000', status: 400, detail: /limit must be a whole number from 1 to 1000/ },
    { path: '/v1/alerts?severity=urgent', status: 400, detail: /severity must be one of critical/ },
    { path: '/v1/ledger?from=2026-03-02T11:00:00Z&to=2026-03-02T10:00:00Z', status: 400, detail: /before to/ },
    { path: '/v1/agents/nobody', status: 404, detail: /agent nobody is not known/ },
    { path: '/v1/nothing', status: 404, detail: /nothing at/ },
  ])('GET $path is $status', async ({ path, status, detail }) => {
    const answer = await fleetpulse.get(path);
    expect(answer).toMatchObject({ status, body: { status, detail: expect.stringMatching(detail) } });
  });

  test('what is read cannot be posted to', async () => {
    const answer = await fleetpulse.request('POST', '/v1/agents', { body: '{}' });
    expect({ status: answer.status, allow: answer.headers.get('allow') }).toEqual({ status: 405, allow: 'GET' });
  });

  test('agents are paged by cursor', async () => {
    await fleetpulse.send(
      ['p-1', 'p-2', 'p-3'].map((agent) => task({ agent, endedAt: fleetpulse.cloud.nowMs() - 1_000 })),
    );
    await fleetpulse.advanceTo(fleetpulse.cloud.nowMs() + 60_000);
    const all = (await fleetpulse.get('/v1/agents')).body.agents.map((it: { agent: string }) => it.agent);
    const paged: string[] = [];
    for (let next: string | null = ''; next !== null; ) {
      const page: { agents: { agent: string }[]; next: string | null } = (
        await fleetpulse.get(`/v1/agents?limit=2${next && `&cursor=${next}`}`)
      ).body;
      paged.push(...page.agents.map((it) => it.agent));
      next = page.next;
    }
    expect(all).toContain('p-3');
    expect(paged).toEqual(all);
  });
});
