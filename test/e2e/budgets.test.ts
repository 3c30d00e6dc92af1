import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Answer, Fleetpulse } from '../fixtures/fleetpulse.ts';

const MINUTE_MS = 60_000;
const START_MS = Date.parse('2026-03-02T10:00:00Z');
const MINUTES = 30;
const END_MS = START_MS + MINUTES * MINUTE_MS;

let fleetpulse: Fleetpulse;
beforeAll(async () => {
  fleetpulse = await Fleetpulse.start(START_MS);
});
afterAll(() => fleetpulse.stop());

function ask(method: string, path: string, body?: unknown, key?: string): Promise<Answer> {
  return fleetpulse.request(method, path, {
    headers: { 'content-type': 'application/json', ...(key === undefined ? {} : { 'x-api-key': key }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

const budget = async (name: string, query = '') => (await fleetpulse.get(`/v1/budgets/${name}${query}`)).body;

/**
 * Ten tasks of writers, of which one fails in each of the first 25 minutes; two of editors, one of which is slow. A task
 * costs 0.01 USD.
 */
async function report(minute: number): Promise<void> {
  const at = START_MS + minute * MINUTE_MS;
  const task = (agent: string, i: number, more: object) => ({
    ...{ type: 'task', agent, task: `${agent}-${minute}-${i}`, taskType: 'draft', status: 'completed' },
    ...{ endedAt: at + 30_000, durationMs: 500, queueMs: 0, costUsd: 0.01 },
    ...more,
  });
  const { status } = await fleetpulse.send([
    { type: 'agent', agent: 'w-1', pool: 'writers', team: 'content' },
    { type: 'agent', agent: 'e-1', pool: 'editors', team: 'content' },
    ...Array.from({ length: 10 }, (_, i) => task('w-1', i, i === 0 && minute < 25 ? { status: 'failed' } : {})),
    task('e-1', 0, {}),
    task('e-1', 1, { durationMs: 3_000 }),
  ]);
  expect(status).toBe(202);
  await fleetpulse.advanceTo(at + MINUTE_MS);
}

test('a budget is set before anyone has reported, and says that nothing is known', async () => {
  const settings = {
    kpi: 'task_completion_rate',
    scope: 'pool:writers',
    objective: 0.9,
    period: '30d',
    owner: 'content',
  };
  const { status, body } = await ask('PUT', '/v1/budgets/writers', settings);
  expect({ status, body }).toMatchObject({
    status: 200,
    body: {
      ...{ name: 'writers', ...settings, limit: null, revision: 1, updatedBy: 'admin (preset)' },
      updatedAt: new Date(START_MS).toISOString(),
      remaining: { value: null, n: 0, unit: 'ratio', reason: 'pool:writers is not known' },
      ...{ exhaustsAt: null, exhaustsReason: 'pool:writers is not known' },
    },
  });
  expect((await budget('writers')).name).toBe('writers');
  for (const [name, other] of Object.entries({
    fast: { kpi: 'average_response_time', scope: 'fleet', objective: 0.75, period: '1d', limit: 1_000 },
    spending: { kpi: 'cost_per_task', scope: 'fleet', period: '1h', limit: 7.2 },
    team: { kpi: 'error_ratio', scope: 'team:content', objective: 0.5, period: '1d' },
    'type/draft': { kpi: 'error_ratio', scope: 'taskType:draft', objective: 0.5, period: '1d' },
  })) {
    expect((await ask('PUT', `/v1/budgets/${name}`, other)).status).toBe(200);
  }
});

test('what remains, burns and lasts is as computed by hand', async () => {
  for (let minute = 0; minute < MINUTES; minute++) await report(minute);

  // 300 tasks, of which 30 may fail and 25 did: 1 − 25 ÷ 30. Of the last 5 minutes none.
  const writers = await budget('writers');
  expect(writers).toMatchObject({
    window: { from: new Date(END_MS - 30 * 86_400_000).toISOString(), to: new Date(END_MS).toISOString() },
    remaining: { value: expect.closeTo(1 / 6, 9), n: 300, unit: 'ratio', parts: { good: 275, bad: 25 } },
  });
  expect(Object.keys(writers.burnRate)).toEqual(['5m', '30m', '1h', '2h', '6h', '1d', '3d', '30d']);
  expect(writers.burnRate['5m']).toMatchObject({ value: 0, n: 50 });
  for (const window of ['30m', '1h', '30d']) {
    expect(writers.burnRate[window]).toMatchObject({ value: expect.closeTo(5 / 6, 9), n: 300 });
  }
  expect(writers.alertRules).toEqual([
    { severity: 'critical', long: '1h', short: '5m', burnRate: expect.closeTo(14.4, 9) },
    { severity: 'high', long: '6h', short: '30m', burnRate: expect.closeTo(6, 9) },
    { severity: 'medium', long: '1d', short: '2h', burnRate: expect.closeTo(3, 9) },
    { severity: 'low', long: '3d', short: '6h', burnRate: expect.closeTo(1, 9) },
  ]);
  // All of 30 minutes is reported on: 1 ÷ 6 at a rate of 5 ÷ 6 lasts a fifth of 30 days.
  expect(Date.parse(writers.exhaustsAt)).toBeCloseTo(END_MS + 6 * 86_400_000, -1);

  // 30 of 360 tasks took longer than a second, 90 may.
  expect(await budget('fast')).toMatchObject({ remaining: { value: expect.closeTo(2 / 3, 9), n: 360 } });

  // An hour is too short for spending: only the slow rules judge it.
  expect((await budget('spending')).alertRules).toMatchObject([
    { severity: 'high', long: '5m' },
    { severity: 'medium', long: '5m' },
    { severity: 'low', long: '6m' },
  ]);
  // 3.6 of 7.2 USD an hour, in half an hour: at a burn rate of 1 the rest lasts as long.
  expect(await budget('spending')).toMatchObject({
    remaining: { value: expect.closeTo(3.6, 9), n: 335, unit: 'usd', parts: { spent: expect.closeTo(3.6, 9) } },
    burnRate: { '5m': { value: expect.closeTo(1, 9), n: 60 }, '1h': { value: expect.closeTo(0.5, 9) } },
    exhaustsAt: new Date(END_MS + 30 * MINUTE_MS).toISOString(),
  });

  // 25 of 360 failed where 180 may; the team owns both pools.
  const ofAll = { value: expect.closeTo(1 - 25 / 180, 9), n: 360 };
  expect(await budget('team')).toMatchObject({ remaining: ofAll });
  expect(await budget('type/draft')).toMatchObject({ remaining: ofAll });
});

test('at an earlier moment it is as it was then', async () => {
  // After 10 minutes 10 of 100 had failed, as many as may.
  const at = new Date(START_MS + 10 * MINUTE_MS).toISOString();
  expect(await budget('writers', `?at=${at}`)).toMatchObject({
    remaining: { value: expect.closeTo(0, 9), n: 100 },
    burnRate: { '5m': { value: expect.closeTo(1, 9), n: 50 } },
    ...{ exhaustsAt: null, exhaustsReason: 'the budget is spent' },
  });
});

test('the list has all of them in order, page by page, each as it is alone', async () => {
  const { body } = await fleetpulse.get('/v1/budgets');
  expect(body.budgets.map(({ name }: { name: string }) => name)).toEqual([
    'fast',
    'spending',
    'team',
    'type/draft',
    'writers',
  ]);
  for (const one of body.budgets) expect(one).toEqual(await budget(one.name));
  const first = (await fleetpulse.get('/v1/budgets?limit=2')).body;
  const rest = (await fleetpulse.get(`/v1/budgets?limit=1000&cursor=${first.next}`)).body;
  expect([...first.budgets, ...rest.budgets]).toEqual(body.budgets);
  expect(rest.next).toBeNull();
});

test('it is not sent again until there is something new', async () => {
  const etag = (await fleetpulse.get('/v1/budgets/writers')).headers.get('etag') ?? '';
  const again = () => fleetpulse.request('GET', '/v1/budgets/writers', { headers: { 'if-none-match': etag } });
  expect(await again()).toMatchObject({ status: 304, body: '' });
  await fleetpulse.advanceTo(END_MS + 20_000);
  expect((await again()).status).toBe(304);
  await ask('PUT', '/v1/budgets/writers', { ...(await settingsOf('writers')), owner: 'new' });
  expect(await again()).toMatchObject({ status: 200, body: { owner: 'new', revision: 2 } });
});

async function settingsOf(name: string): Promise<Record<string, unknown>> {
  const { kpi, scope, objective, period, limit, owner } = await budget(name);
  return { kpi, scope, objective, period, limit, owner };
}

describe('changes', () => {
  test('from an old revision are refused, and change nothing', async () => {
    const stale = { ...(await settingsOf('writers')), owner: 'late', revision: 1 };
    expect(await ask('PUT', '/v1/budgets/writers', stale)).toMatchObject({
      status: 409,
      body: { detail: expect.stringContaining('revision 2 by now') },
    });
    expect(await budget('writers')).toMatchObject({ owner: 'new', revision: 2 });
  });

  test('that make no sense are refused, naming the field', async () => {
    const wrong = { kpi: 'task_completion_rate', scope: 'fleet', objective: 99, period: '30d' };
    expect(await ask('PUT', '/v1/budgets/x', wrong)).toMatchObject({
      status: 422,
      body: { errors: [{ path: 'objective' }] },
    });
    expect((await fleetpulse.get('/v1/budgets/x')).status).toBe(404);
  });

  test('need the scope control, and are in the audit log', async () => {
    const { key } = (await ask('POST', '/v1/keys', { name: 'reader', scopes: ['read'] })).body;
    expect((await ask('GET', '/v1/budgets/team', undefined, key)).status).toBe(200);
    expect((await ask('PUT', '/v1/budgets/team', await settingsOf('team'), key)).status).toBe(403);
    expect((await ask('DELETE', '/v1/budgets/team', undefined, key)).status).toBe(403);
    expect(await ask('DELETE', '/v1/budgets/team')).toMatchObject({ status: 200, body: { name: 'team', revision: 2 } });
    for (const method of ['GET', 'DELETE']) expect((await ask(method, '/v1/budgets/team')).status).toBe(404);
    const { entries } = (await fleetpulse.get('/v1/audit')).body;
    expect(entries.filter(({ target }: { target: string }) => target === 'team')).toMatchObject([
      { action: 'budget.delete', outcome: 'done', before: { scope: 'team:content' } },
      { action: 'budget.set', outcome: 'done', after: { objective: 0.5 } },
    ]);
  });

  test('by a key with pools are of budgets of these pools', async () => {
    const grant = { name: 'writers', scopes: ['read', 'control'], pools: ['writers'] };
    const { key } = (await ask('POST', '/v1/keys', grant)).body;
    const { budgets } = (await ask('GET', '/v1/budgets', undefined, key)).body;
    expect(budgets.map(({ name }: { name: string }) => name)).toEqual(['writers']);
    expect((await ask('GET', '/v1/budgets/fast', undefined, key)).status).toBe(404);
    expect((await ask('DELETE', '/v1/budgets/fast', undefined, key)).status).toBe(404);
    expect(await ask('PUT', '/v1/budgets/mine', await settingsOf('fast'), key)).toMatchObject({
      status: 403,
      body: { errors: [{ path: 'scope', code: 'pool_not_allowed' }] },
    });
    expect((await ask('PUT', '/v1/budgets/fast', await settingsOf('writers'), key)).status).toBe(409);
    expect((await ask('PUT', '/v1/budgets/mine', await settingsOf('writers'), key)).status).toBe(200);
  });

  test('in one system are not seen in another', async () => {
    const { key } = (await ask('POST', '/v1/keys', { name: 'shop', scopes: ['admin'], system: 'shop' })).body;
    expect((await ask('GET', '/v1/budgets', undefined, key)).body).toEqual({ budgets: [], next: null });
    expect((await ask('GET', '/v1/budgets/writers', undefined, key)).status).toBe(404);
  });
});

test('an agent that is back after it was forgotten begins anew; what it did stays with its pool', async () => {
  const ofAgent = { kpi: 'task_completion_rate', scope: 'agent:w-1', objective: 0.9, period: '1d' };
  expect((await ask('PUT', '/v1/budgets/of-agent', ofAgent)).body).toMatchObject({ remaining: { n: 300 } });
  expect((await ask('DELETE', '/v1/agents/w-1')).status).toBe(200);
  expect(await budget('of-agent')).toMatchObject({ remaining: { value: null, reason: 'agent:w-1 is not known' } });
  await fleetpulse.advanceTo(END_MS + MINUTE_MS);
  await report(MINUTES + 1);
  expect(await budget('of-agent')).toMatchObject({ remaining: { value: 1, n: 10, parts: { good: 10, bad: 0 } } });
  expect(await budget('writers')).toMatchObject({ remaining: { n: 310 } });
});
