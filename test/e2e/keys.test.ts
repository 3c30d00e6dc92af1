import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Answer, Fleetpulse } from '../fixtures/fleetpulse.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const START_MS = Date.parse('2026-03-02T10:00:00Z');

let fleetpulse: Fleetpulse;
let nowMs = START_MS;
beforeAll(async () => {
  fleetpulse = await Fleetpulse.start(START_MS);
});
afterAll(() => fleetpulse.stop());

async function advance(ms: number): Promise<void> {
  nowMs += ms;
  await fleetpulse.advanceTo(nowMs);
}

function ask(method: string, path: string, body?: unknown, key?: string): Promise<Answer> {
  return fleetpulse.request(method, path, {
    headers: { 'content-type': 'application/json', ...(key === undefined ? {} : { 'x-api-key': key }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

async function create(body: Record<string, unknown>, key?: string): Promise<{ id: string; key: string }> {
  const { status, body: made } = await ask('POST', '/v1/keys', body, key);
  expect({ status, made }).toEqual({
    status: 201,
    made: {
      id: expect.stringMatching(/^key_[0-9a-z]{12}$/),
      key: expect.stringMatching(/^fp_[\w-]{43}$/),
      expiresAt: body['expiresAt'] ?? null,
    },
  });
  return made;
}

const send = (events: unknown[], key: string) => ask('POST', '/v1/events', { events }, key);
const heartbeat = (agent: string) => ({ type: 'heartbeat', agent, at: nowMs });
const agent = (name: string, pool: string) => ({ type: 'agent', agent: name, pool });

async function listed(id: string): Promise<Record<string, unknown>> {
  const { keys } = (await fleetpulse.get('/v1/keys')).body;
  return keys.find((key: { id: string }) => key.id === id);
}

async function entriesOf(target: string): Promise<Record<string, unknown>[]> {
  const { entries } = (await fleetpulse.get('/v1/audit?limit=1000')).body;
  return entries.filter((entry: { target: string }) => entry.target === target);
}

test('the ledger tells what each key sent, and when', async () => {
  const [one, two] = [
    await create({ name: 'one', scopes: ['ingest'] }),
    await create({ name: 'two', scopes: ['ingest'] }),
  ];
  await send([heartbeat('l-1'), heartbeat('l-2')], one.key);
  await send([heartbeat('l-3'), { type: 'heartbeat' }], two.key);
  await advance(MINUTE_MS);
  await send([heartbeat('l-1')], one.key);
  const { body } = await fleetpulse.get('/v1/ledger?by=key');
  const counts = { ignored: {}, duplicate: 0, difference: 0 };
  expect(body.parts).toContainEqual({ key: one.id, received: 3, stored: 2, pending: 1, rejected: {}, ...counts });
  expect(body.parts).toContainEqual({
    key: two.id,
    received: 2,
    stored: 1,
    pending: 0,
    rejected: { missing_field: 1 },
    ...counts,
  });
  expect(body).toMatchObject({ received: 5, stored: 3, pending: 1, difference: 0 });
  const { body: own } = await fleetpulse.get(`/v1/ledger?by=minute&key=${one.id}`);
  expect(own.parts.map(({ minute, received }: { minute: string; received: number }) => [minute, received])).toEqual([
    [new Date(nowMs - MINUTE_MS).toISOString(), 2],
    [new Date(nowMs).toISOString(), 1],
  ]);
  expect(own.received).toBe(3);
});

test('a key is made, used, rotated and revoked, and all of it can be read afterwards', async () => {
  const first = await create({ name: 'agents of the shop', scopes: ['ingest'] });
  expect(await listed(first.id)).toEqual({
    id: first.id,
    name: 'agents of the shop',
    system: 'default',
    scopes: ['ingest'],
    state: 'active',
    createdAt: new Date(nowMs).toISOString(),
    createdBy: 'admin (preset)',
    expiresAt: null,
    lastUsedAt: null,
  });

  expect((await send([heartbeat('k-1')], first.key)).status).toBe(202);
  expect((await ask('GET', '/v1/agents', undefined, first.key)).status).toBe(403);
  const usedAt = new Date(nowMs).toISOString();
  await expect.poll(async () => (await listed(first.id))['lastUsedAt']).toBe(usedAt);

  await advance(MINUTE_MS);
  const second = (await ask('POST', `/v1/keys/${first.id}/rotate`, { overlapHours: 1 })).body;
  expect(await listed(first.id)).toMatchObject({
    expiresAt: new Date(nowMs + HOUR_MS).toISOString(),
    lastUsedAt: usedAt,
  });
  expect(await listed(second.id)).toMatchObject({ rotatedFrom: first.id, scopes: ['ingest'], state: 'active' });
  for (const { key } of [first, second]) expect((await send([heartbeat('k-2')], key)).status).toBe(202);
  await advance(HOUR_MS);
  expect((await send([heartbeat('k-1')], first.key)).status).toBe(401);
  expect(await listed(first.id)).toMatchObject({ state: 'expired' });
  expect((await send([heartbeat('k-1')], second.key)).status).toBe(202);

  expect(await ask('DELETE', `/v1/keys/${second.id}`)).toMatchObject({ status: 200, body: { state: 'revoked' } });
  await advance(MINUTE_MS);
  expect(await send([heartbeat('k-1')], second.key)).toMatchObject({
    status: 401,
    body: { detail: expect.stringContaining('revoked') },
  });

  expect(await entriesOf(first.id)).toMatchObject([
    { action: 'key.rotate', outcome: 'done', after: { successor: { id: second.id } } },
    { action: 'key.create', outcome: 'done', who: { kind: 'key', name: 'admin (preset)' } },
  ]);
  expect(await entriesOf(second.id)).toMatchObject([{ action: 'key.revoke', before: { state: 'active' } }]);
  const everything = (await fleetpulse.get('/v1/audit')).body;
  expect(JSON.stringify(everything)).not.toMatch(/fp_/);
  expect(JSON.stringify((await fleetpulse.get('/v1/keys')).body)).not.toMatch(/fp_|[0-9a-f]{64}/);
});

test('a key works until the moment it expires', async () => {
  const { key } = await create({
    name: 'visitor',
    scopes: ['read'],
    expiresAt: new Date(nowMs + MINUTE_MS).toISOString(),
  });
  await advance(MINUTE_MS - 1);
  expect((await ask('GET', '/v1/agents', undefined, key)).status).toBe(200);
  await advance(1);
  expect((await ask('GET', '/v1/agents', undefined, key)).status).toBe(401);
});

describe('a key with pools', () => {
  let restricted: string;
  beforeAll(async () => {
    restricted = (await create({ name: 'writers', scopes: ['ingest', 'read', 'control'], pools: ['writers'] })).key;
    const beats = ['w-1', 'e-1'].map(heartbeat);
    expect((await fleetpulse.send([agent('w-1', 'writers'), agent('e-1', 'editors'), ...beats])).status).toBe(202);
    await advance(MINUTE_MS);
  });
  const read = (path: string) => ask('GET', path, undefined, restricted);

  test('and another key that brings the same batch again bring it once, whatever each may report', async () => {
    const events = [
      { ...heartbeat('w-2'), at: nowMs - 2 * MINUTE_MS },
      { type: 'task', pool: 'editors', task: 't-twice', status: 'rejected', endedAt: nowMs },
    ];
    const first = await send(events, restricted);
    expect(first).toMatchObject({ status: 202, body: { accepted: 1, duplicate: false } });
    expect((await fleetpulse.send(events)).body).toMatchObject({ duplicate: true, batchId: first.body.batchId });
  });

  test('reports on these pools only, event by event', async () => {
    const answer = await send(
      [
        agent('w-2', 'writers'),
        agent('w-3', 'editors'),
        { type: 'task', pool: 'editors', task: 't', status: 'rejected', endedAt: nowMs },
        { type: 'change', kind: 'deploy', at: nowMs },
        heartbeat('w-2'),
      ],
      restricted,
    );
    expect(answer).toMatchObject({ status: 202, body: { accepted: 2 } });
    expect(answer.body.rejected).toEqual([
      { index: 1, code: 'pool_not_allowed', message: expect.stringContaining('pool editors') },
      { index: 2, code: 'pool_not_allowed', message: expect.stringContaining('pool editors') },
      { index: 3, code: 'pool_not_allowed', message: expect.stringContaining('whole system') },
    ]);
    expect(await send([agent('w-3', 'editors')], restricted)).toMatchObject({
      status: 422,
      body: { errors: [{ path: 'events[0].pool', code: 'pool_not_allowed' }] },
    });
  });

  test('moves no agent out of a pool that is not among them, whatever the time of the batch', async () => {
    const ahead = { ...heartbeat('x'), at: nowMs + 14 * MINUTE_MS };
    const answer = await send([agent('e-1', 'writers'), agent('w-1', 'writers'), ahead], restricted);
    expect(answer).toMatchObject({ status: 202, body: { accepted: 2 } });
    expect(answer.body.rejected).toEqual([
      { index: 0, code: 'pool_not_allowed', message: expect.stringContaining('move it with a key that has both') },
    ]);
    expect(await send([agent('e-1', 'writers')], restricted)).toMatchObject({
      status: 422,
      body: { errors: [{ path: 'events[0].agent', code: 'pool_not_allowed' }] },
    });
    const both = await create({ name: 'both', scopes: ['ingest'], pools: ['writers', 'editors'] });
    expect((await send([agent('e-1', 'editors')], both.key)).body).toMatchObject({ accepted: 1, rejected: [] });
  });

  test('lets no work go to another pool', async () => {
    const described = { ...agent('w-1', 'writers'), backupPool: 'editors' };
    expect(await send([described], restricted)).toMatchObject({
      status: 422,
      body: { errors: [{ path: 'events[0].backupPool', message: expect.stringContaining('leave it out') }] },
    });
  });

  test('reads of these pools only', async () => {
    expect((await read('/v1/pools')).body.pools.map(({ pool }: { pool: string }) => pool)).toEqual(['writers']);
    const { agents } = (await read('/v1/agents')).body;
    expect(new Set(agents.map(({ pool }: { pool: string }) => pool))).toEqual(new Set(['writers']));
    expect((await read('/v1/agents/w-1')).status).toBe(200);
    expect((await read('/v1/agents/e-1')).status).toBe(404);
    expect((await read('/v1/series?kpi=overall_throughput&scope=pool:writers')).status).toBe(200);
    expect((await read('/v1/series?kpi=overall_throughput&scope=pool:editors')).status).toBe(404);
    expect((await read('/v1/series?kpi=error_frequency&scope=agent:e-1')).status).toBe(404);
    expect((await read('/v1/alerts')).status).toBe(200);
    expect((await read('/v1/directives')).status).toBe(200);
    expect((await ask('POST', '/v1/directives/no-such/ack', { applied: true }, restricted)).status).toBe(404);
  });

  test.each(['/v1/fleet', '/v1/ledger', '/v1/series?kpi=overall_throughput', '/v1/policy'])(
    'is told which key to use for what is of all pools: %s',
    async (path) => {
      expect(await read(path)).toMatchObject({
        status: 403,
        body: { detail: expect.stringContaining('key without pools') },
      });
    },
  );
});

describe('a request for a key', () => {
  test.each([
    { body: { name: 'x', scopes: [] }, path: 'scopes' },
    { body: { name: 'x', scopes: ['read', 'write'] }, path: 'scopes[1]' },
    { body: { name: 'x', scopes: ['read'], pools: [] }, path: 'pools' },
    { body: { name: 'x', scopes: ['admin'], pools: ['p'] }, path: 'pools' },
    { body: { name: 'x', scopes: ['read'], expiresAt: '2020-01-01T00:00:00Z' }, path: 'expiresAt' },
    { body: { name: 'x', scopes: ['read'], expires: '2030-01-01T00:00:00Z' }, path: 'expires' },
    { body: { name: 'x', scopes: ['ingest'], limit: { eventsPerSecond: 0, burst: 1 } }, path: 'limit.eventsPerSecond' },
  ])('that makes no sense is refused, naming $path', async ({ body, path }) => {
    expect(await ask('POST', '/v1/keys', body)).toMatchObject({ status: 422, body: { errors: [{ path }] } });
  });

  test('of another system is for the operator, whose admins may name it; each other admin manages its own', async () => {
    const shop = await create({ name: 'shop admin', scopes: ['admin'], system: 'shop' });
    const own = await create({ name: 'shop reader', scopes: ['read'] }, shop.key);
    const { keys } = (await ask('GET', '/v1/keys', undefined, shop.key)).body;
    expect(keys.map(({ name, system }: Record<string, string>) => `${name} of ${system}`).sort()).toEqual([
      'shop admin of shop',
      'shop reader of shop',
    ]);
    expect(await listed(own.id)).toBeUndefined();
    const foreign = { name: 'x', scopes: ['admin'], system: 'default' };
    expect((await ask('POST', '/v1/keys', foreign, shop.key)).status).toBe(403);
    expect((await ask('GET', '/v1/keys?system=default', undefined, shop.key)).status).toBe(403);
    expect((await ask('GET', '/v1/audit?system=default', undefined, shop.key)).status).toBe(403);
    expect((await ask('DELETE', `/v1/keys/${own.id}`)).status).toBe(404);
    expect((await ask('DELETE', `/v1/keys/${shop.id}?system=shop`)).status).toBe(409);
    expect((await ask('DELETE', `/v1/keys/${own.id}?system=shop`)).status).toBe(200);
    const { entries } = (await ask('GET', '/v1/audit', undefined, shop.key)).body;
    expect(entries.map(({ action, outcome }: Record<string, string>) => `${action}: ${outcome}`)).toEqual([
      'key.revoke: done',
      'key.revoke: refused',
      'key.create: done',
      'key.create: done',
    ]);
  });

  test('needs the scope admin', async () => {
    const { key } = await create({ name: 'no admin', scopes: ['ingest', 'read', 'control'] });
    expect((await ask('POST', '/v1/keys', { name: 'x', scopes: ['read'] }, key)).status).toBe(403);
    expect((await ask('GET', '/v1/audit', undefined, key)).status).toBe(403);
  });
});

test('the audit log has who changed the policy, from what to what, page by page', async () => {
  await advance(MINUTE_MS);
  await ask('PUT', '/v1/policy', { modes: { route: 'observe' } });
  await ask('PUT', '/v1/policy', { modes: { route: 'auto' }, killSwitch: true });
  const page = (await fleetpulse.get(`/v1/audit?from=${nowMs}&limit=1`)).body;
  expect(page.entries).toMatchObject([
    {
      at: new Date(nowMs).toISOString(),
      who: { kind: 'key', id: expect.stringMatching(/^key_/), name: 'admin (preset)' },
      action: 'policy.change',
      outcome: 'done',
    },
  ]);
  const rest = (await fleetpulse.get(`/v1/audit?from=${nowMs}&cursor=${page.next}`)).body;
  const changes = [...page.entries, ...rest.entries].filter(({ action }) => action === 'policy.change');
  expect(changes.map(({ before, after }) => ({ before, after }))).toEqual(
    expect.arrayContaining([
      { before: { modes: { route: 'auto' } }, after: { modes: { route: 'observe' } } },
      {
        before: { modes: { route: 'observe' }, killSwitch: false },
        after: { modes: { route: 'auto' }, killSwitch: true },
      },
    ]),
  );
  expect(rest.next).toBeNull();
});

test('who sends above the limit of their key is told when to come again, and others are not held up', async () => {
  const limit = { eventsPerSecond: 0.01, burst: 5 };
  const { key } = await create({ name: 'tiny', scopes: ['ingest'], limit });
  const beats = Array.from({ length: 9 }, (_, i) => heartbeat(`tiny-${i}`));
  expect((await send(beats, key)).status).toBe(202);
  // Four events of debt and one for this request are more than eight minutes, at an event in 100 seconds.
  const refused = await send([heartbeat('tiny-1')], key);
  expect(refused).toMatchObject({
    status: 429,
    body: { detail: expect.stringContaining('0.01 events per second (burst 5)') },
  });
  expect(refused.headers.get('content-type')).toBe('application/problem+json');
  expect(refused.headers.get('retry-after')).toMatch(/^[1-5]$/);
  // Nothing of the body is looked at: it would be 400 otherwise.
  expect((await ask('POST', '/v1/events', 'no batch', key)).status).toBe(429);
  const otlp = await ask('POST', '/v1/traces', {}, key);
  expect(otlp).toMatchObject({ status: 429, body: { code: 8, message: expect.stringContaining('0.01 events') } });
  expect(otlp.headers.get('retry-after')).toMatch(/^[1-5]$/);
  // The limit is kept in real time: on the clock of the events, where this would pay for nine, nothing is paid back.
  await advance(15 * MINUTE_MS);
  expect((await send([heartbeat('tiny-1')], key)).status).toBe(429);
  expect((await fleetpulse.send([heartbeat('other')])).status).toBe(202);
});
