import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Fault as CloudFault } from '../../lib/local/sdk-call.ts';
import { type Answer, Fleetpulse } from '../fixtures/fleetpulse.ts';
import { answersIn, OpenApiSchemas } from '../fixtures/openapi-schemas.ts';

const START_MS = Date.parse('2026-03-02T10:00:00Z');
const MINUTE_MS = 60_000;

let fleetpulse: Fleetpulse;
let document: object;
let schemas: OpenApiSchemas;
let isJobStopped = false;
beforeAll(async () => {
  fleetpulse = await Fleetpulse.start(START_MS, {
    intercept: ({ functionName }): CloudFault | undefined =>
      isJobStopped && functionName === 'Analyze' ? 'kill-before' : undefined,
  });
  document = (await fleetpulse.get('/openapi.json')).body;
  schemas = new OpenApiSchemas(document);
});
afterAll(() => fleetpulse.stop());

/** Every way of reading, by the path that the OpenAPI document gives it. */
const reads = [
  { path: '/v1/fleet', ask: '/v1/fleet?window=1h' },
  { path: '/v1/pools', ask: '/v1/pools' },
  { path: '/v1/agents', ask: '/v1/agents' },
  { path: '/v1/series', ask: '/v1/series?kpi=average_response_time&step=1m' },
  { path: '/v1/series', ask: '/v1/series?kpi=queue_depth&scope=fleet' },
  { path: '/v1/series', ask: '/v1/series?kpi=metric_value&scope=metric:carts' },
  { path: '/v1/series', ask: '/v1/series?kpi=error_ratio&step=1h' },
  { path: '/v1/fleet', ask: '/v1/fleet?window=90d' },
  { path: '/v1/forecast', ask: '/v1/forecast' },
  { path: '/v1/forecast', ask: '/v1/forecast?scope=metric:carts&horizon=7d' },
  { path: '/v1/plan', ask: '/v1/plan' },
  { path: '/v1/alerts', ask: '/v1/alerts' },
  { path: '/v1/silences', ask: '/v1/silences' },
  { path: '/v1/ledger', ask: '/v1/ledger' },
  { path: '/v1/directives', ask: '/v1/directives' },
  { path: '/v1/policy', ask: '/v1/policy' },
  { path: '/v1/budgets', ask: '/v1/budgets' },
  { path: '/v1/capacity', ask: '/v1/capacity' },
  { path: '/v1/keys', ask: '/v1/keys' },
  { path: '/v1/audit', ask: '/v1/audit?limit=5' },
  { path: '/v1/health', ask: '/v1/health' },
  { path: '/v1/ledger', ask: '/v1/ledger?by=key' },
  { path: '/v1/tasks', ask: '/v1/tasks?window=10m' },
  { path: '/v1/workflows', ask: '/v1/workflows' },
  { path: '/v1/workflows/bottlenecks', ask: '/v1/workflows/bottlenecks' },
  { path: '/v1/metrics', ask: '/v1/metrics' },
  { path: '/v1/knowledge', ask: '/v1/knowledge?q=slow' },
  { path: '/v1/knowledge/export', ask: '/v1/knowledge/export' },
  { path: '/v1/recommendations', ask: '/v1/recommendations' },
  { path: '/v1/benchmarks', ask: '/v1/benchmarks?scope=pool:writers' },
  { path: '/v1/reviews', ask: '/v1/reviews' },
  { path: '/v1/benchmarks/settings', ask: '/v1/benchmarks/settings' },
  { path: '/v1/benchmarks/entries', ask: '/v1/benchmarks/entries?domain=llm-agents' },
  { path: '/v1/benchmarks/competitors', ask: '/v1/benchmarks/competitors' },
  { path: '/openapi.json', ask: '/openapi.json' },
];
const readsOfAgents = [
  ...reads,
  { path: '/v1/agents/{agent}', ask: '/v1/agents/team/writer-1' },
  { path: '/v1/budgets/{name}', ask: '/v1/budgets/drafts/done' },
  { path: '/v1/budgets/{name}', ask: '/v1/budgets/spending' },
  { path: '/v1/workflows/{workflow}', ask: '/v1/workflows/w-1' },
  { path: '/v1/workflows', ask: '/v1/workflows?workflow=w-1&window=1h' },
  { path: '/v1/series', ask: '/v1/series?kpi=system_availability&scope=agent:team/writer-1' },
  { path: '/v1/series', ask: '/v1/series?kpi=cost_per_task&scope=pool:writers&step=5m' },
  { path: '/v1/series', ask: '/v1/series?kpi=error_ratio&scope=taskType:draft' },
  { path: '/v1/forecast', ask: '/v1/forecast?scope=pool:writers&horizon=2h' },
  { path: '/v1/efficiency', ask: '/v1/efficiency?agent=team/writer-1' },
  { path: '/v1/series', ask: '/v1/series?kpi=end_to_end_latency&scope=workflowType:default' },
];

async function expectAsPromised({ path, ask }: { path: string; ask: string }): Promise<Answer> {
  const answer = await fleetpulse.get(ask);
  expect({ ask, violations: schemas.violations('get', path, answer.status, answer.body) }).toEqual({
    ask,
    violations: [],
  });
  return answer;
}

/** Six writers at work, of which one falls silent, and one reader without work. */
async function report(minute: number): Promise<void> {
  const at = START_MS + minute * MINUTE_MS;
  const all = ['team/writer-1', 'writer-2', 'writer-3', 'writer-4', 'writer-5', 'writer-6'];
  const writers = all.filter((agent) => agent !== 'writer-2' || minute < 4);
  const answer = await fleetpulse.send([
    ...all.map((agent) => ({
      type: 'agent',
      agent,
      pool: 'writers',
      capacity: 2,
      team: 'content',
    })),
    { type: 'agent', agent: 'reader', pool: 'readers' },
    { type: 'metric', name: 'drafts_open', value: 3.5, at: at + 1_000, agent: 'reader', unit: '{draft}' },
    { type: 'workflow', workflow: `w-${minute}`, status: 'completed', startedAt: at, endedAt: at + 3_000 },
    ...[...writers, 'reader'].map((agent) => ({ type: 'heartbeat', agent, at: at + 1_000, intervalMs: 30_000 })),
    ...writers.flatMap((agent) => [
      { type: 'sample', agent, at: at + 2_000, active: 1, capacity: 2, queued: 3, cpu: 0.5 },
      {
        type: 'task',
        agent,
        task: `t-${minute}`,
        taskType: 'draft',
        parts: [{ kind: 'model', name: 'gpt-4o', durationMs: 4, tokens: { input: 1_000 } }],
        status: 'completed',
        workflow: `w-${minute}`,
        endedAt: at + 3_000,
        queueMs: 5,
        durationMs: 900,
        slaMs: 1_000,
        quality: 0.9,
        csat: 4,
        costUsd: 0.1,
      },
      {
        type: 'task',
        agent,
        task: `u-${minute}`,
        taskType: 'draft',
        status: 'failed',
        endedAt: at + 3_000,
        error: { type: 'Timeout' },
      },
    ]),
    { type: 'task', pool: 'writers', task: `r-${minute}`, status: 'rejected', endedAt: at + 4_000 },
    { type: 'change', at: at + 5_000, kind: 'deploy', pool: 'writers', version: '2', note: 'new prompt' },
  ]);
  expect(schemas.violations('post', '/v1/events', answer.status, answer.body)).toEqual([]);
  await fleetpulse.advanceTo(at + MINUTE_MS);
}

describe('an answer is as /openapi.json promises', () => {
  test('before anyone has reported', async () => {
    for (const read of reads) expect((await expectAsPromised(read)).status).toBe(200);
    const { body: fleet } = await fleetpulse.get('/v1/fleet');
    expect(fleet).toMatchObject({ dataAgeMs: null, attention: [], kpis: { overall_throughput: { value: null } } });
    expect(fleet.verdict).toMatch(/^No agent has reported yet/);
    expect((await fleetpulse.get('/v1/health')).body).toMatchObject({ status: 'starting', dataAgeMs: null });
  });

  test('while agents work, one is dead, and tasks are rejected', async () => {
    for (const [name, budget] of Object.entries({
      'drafts/done': { kpi: 'task_completion_rate', scope: 'taskType:draft', objective: 0.4, period: '1d' },
      spending: { kpi: 'cost_per_task', scope: 'team:content', limit: 100, period: '2h', owner: 'content' },
    })) {
      const answer = await fleetpulse.request('PUT', `/v1/budgets/${name}`, {
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(budget),
      });
      expect(schemas.violations('put', '/v1/budgets/{name}', answer.status, answer.body)).toEqual([]);
      expect(answer.status).toBe(200);
    }
    for (let minute = 0; minute < 6; minute++) await report(minute);
    for (const read of readsOfAgents) expect((await expectAsPromised(read)).status).toBe(200);
  });

  test('also to what changes something, and when nothing has changed', async () => {
    const { body, headers } = await fleetpulse.get('/v1/directives');
    const [directive] = body.directives;
    const one = await expectAsPromised({ path: '/v1/directives/{id}', ask: `/v1/directives/${directive.id}` });
    expect(one).toMatchObject({ status: 200, body: directive });
    const json = { 'content-type': 'application/json' };
    const told = await fleetpulse.request('POST', `/v1/directives/${directive.id}/ack`, {
      headers: json,
      body: JSON.stringify({ applied: true, note: 'done', by: 'the orchestrator' }),
    });
    expect(schemas.violations('post', '/v1/directives/{id}/ack', told.status, told.body)).toEqual([]);
    expect(told).toMatchObject({ status: 200, body: { id: directive.id, applied: true } });
    const policy = await fleetpulse.request('PUT', '/v1/policy', { headers: json, body: '{"killSwitch": false}' });
    expect(schemas.violations('put', '/v1/policy', policy.status, policy.body)).toEqual([]);
    const wrong = await fleetpulse.request('PUT', '/v1/policy', { headers: json, body: '{"killswitch": true}' });
    expect(schemas.violations('put', '/v1/policy', wrong.status, wrong.body)).toEqual([]);
    expect(wrong).toMatchObject({ status: 422, body: { errors: [{ path: 'killswitch', code: 'unknown_field' }] } });
    const settings = { max: 9, ladder: [{ step: 'small', serviceFactor: 0.5, qualityLoss: 0 }] };
    const set = await fleetpulse.request('PUT', '/v1/pools/writers', { headers: json, body: JSON.stringify(settings) });
    expect(schemas.violations('put', '/v1/pools/{pool}', set.status, set.body)).toEqual([]);
    expect(set).toMatchObject({ status: 200, body: { pool: 'writers', settings } });
    const crossed = await fleetpulse.request('PUT', '/v1/pools/writers', { headers: json, body: '{"min": 10}' });
    expect(crossed).toMatchObject({ status: 422, body: { errors: [{ path: 'min', code: 'inconsistent_fields' }] } });
    const { pools } = (await fleetpulse.get('/v1/pools')).body;
    const shown = pools.find(({ pool }: { pool: string }) => pool === 'writers');
    expect(shown).toMatchObject({ settings, origin: { max: expect.stringMatching(/, 20/) } });
    const removed = await fleetpulse.request('PUT', '/v1/pools/writers', {
      headers: json,
      body: '{"max": null, "ladder": null}',
    });
    expect(removed.body.settings).not.toHaveProperty('ladder');
    const made = await fleetpulse.request('POST', '/v1/keys', {
      headers: json,
      body: '{"name": "k", "scopes": ["read"]}',
    });
    expect(schemas.violations('post', '/v1/keys', made.status, made.body)).toEqual([]);
    const next = await fleetpulse.request('POST', `/v1/keys/${made.body.id}/rotate`);
    expect(schemas.violations('post', '/v1/keys/{id}/rotate', next.status, next.body)).toEqual([]);
    const revoked = await fleetpulse.request('DELETE', `/v1/keys/${made.body.id}`);
    expect(schemas.violations('delete', '/v1/keys/{id}', revoked.status, revoked.body)).toEqual([]);
    expect([made.status, next.status, revoked.status]).toEqual([201, 201, 200]);
    const budget = { kpi: 'error_ratio', scope: 'fleet', objective: 0.9, period: '1d' };
    await fleetpulse.request('PUT', '/v1/budgets/b', { headers: json, body: JSON.stringify(budget) });
    const deleted = await fleetpulse.request('DELETE', '/v1/budgets/b');
    expect(schemas.violations('delete', '/v1/budgets/{name}', deleted.status, deleted.body)).toEqual([]);
    expect(deleted).toMatchObject({ status: 200, body: { name: 'b', ...budget } });
    const unseen = { 'if-none-match': headers.get('etag') ?? '' };
    expect((await fleetpulse.request('GET', '/v1/directives', { headers: unseen })).status).toBe(200);
    const seen = { 'if-none-match': (await fleetpulse.get('/v1/directives')).headers.get('etag') ?? '' };
    expect(await fleetpulse.request('GET', '/v1/directives', { headers: seen })).toMatchObject({
      status: 304,
      body: '',
    });
  });

  test('and is not sent again to who has it already, until there is something new', async () => {
    const ofFigures = readsOfAgents.filter(({ path }) => path !== '/v1/directives');
    const tags = new Map<string, string>();
    for (const { ask } of ofFigures) {
      const { headers } = await fleetpulse.get(ask);
      const etag = headers.get('etag') ?? '';
      tags.set(ask, etag);
      expect({ ask, etag, kept: headers.get('cache-control') }).toEqual({
        ...{ ask, etag: expect.stringMatching(/^W\/"[\w-]+"$/), kept: 'private, no-cache' },
      });
      const again = await fleetpulse.request('GET', ask, { headers: { 'if-none-match': etag } });
      expect({ ask, status: again.status, body: again.body, type: again.headers.get('content-type') }).toEqual({
        ...{ ask, status: 304, body: '', type: null },
      });
      expect(again.headers.get('etag')).toBe(etag);
    }
    await fleetpulse.advanceTo(fleetpulse.cloud.nowMs() + 20_000);
    const changed = async (ask: string) =>
      (await fleetpulse.request('GET', ask, { headers: { 'if-none-match': tags.get(ask) ?? '' } })).status === 200;
    expect(await changed('/v1/fleet?window=1h')).toBe(false);
    await report(6);
    for (const ask of ['/v1/fleet?window=1h', '/v1/budgets', '/v1/pools', '/v1/agents', '/v1/agents/team/writer-1']) {
      expect({ ask, changed: await changed(ask) }).toEqual({ ask, changed: true });
    }
    expect(await changed('/openapi.json')).toBe(false);
  });

  test('and has nothing that is not described there', async () => {
    const closed = new OpenApiSchemas(document, { closed: true });
    for (const { path, ask } of readsOfAgents.filter((read) => read.path !== '/openapi.json')) {
      const { body } = await fleetpulse.get(ask);
      expect({ ask, violations: closed.violations('get', path, 200, body) }).toEqual({ ask, violations: [] });
      expect(closed.violations('get', path, 200, { ...body, surprise: 1 })).not.toEqual([]);
    }
  });

  test('on every way of reading there is', () => {
    const described = answersIn(document).filter(({ method, status }) => method === 'get' && status === 200);
    // A review takes a week to come: test/e2e/reviews.test.ts has one.
    const asked = new Set([...readsOfAgents.map(({ path }) => path), '/v1/directives/{id}', '/v1/reviews/{week}']);
    expect(described.map(({ path }) => path).sort()).toEqual([...asked].sort());
  });

  test.each([
    { ask: '/v1/fleet?window=90s', path: 'window', status: 400 },
    { ask: '/v1/fleet?state=dead', path: 'state', status: 400 },
    { ask: '/v1/pools?at=noon', path: 'at', status: 400 },
    { ask: '/v1/pools?window=91d', path: 'window', status: 400 },
    { ask: '/v1/agents?limit=0', path: 'limit', status: 400 },
    { ask: '/v1/agents?cursor=%20', path: 'cursor', status: 400 },
    { ask: '/v1/series', path: 'kpi', status: 400, says: /one of task_completion_rate, average_response_time/ },
    {
      ask: '/v1/series?kpi=speed',
      path: 'kpi',
      status: 400,
      says: /one of task_completion_rate, average_response_time/,
    },
    { ask: '/v1/series?kpi=error_ratio&scope=team:x', path: 'scope', status: 400, says: /fleet, pool:ID, agent:ID/ },
    { ask: '/v1/series?kpi=error_ratio&scope=pool:', path: 'scope', status: 400 },
    {
      ask: '/v1/series?kpi=queue_depth&scope=agent:reader',
      path: 'scope',
      status: 400,
      says: /fleet, pool; agent has/,
    },
    { ask: '/v1/series?kpi=error_ratio&step=90s', path: 'step', status: 400 },
    { ask: `/v1/series?kpi=error_ratio&from=${START_MS}&to=${START_MS}`, path: 'from', status: 400, says: /before to/ },
    {
      ask: `/v1/series?kpi=error_ratio&from=${START_MS - 401 * 86_400_000}`,
      path: 'from',
      status: 400,
      says: /at most 400/,
    },
    {
      ask: `/v1/series?kpi=error_ratio&step=1m&from=${START_MS - 90 * 86_400_000}`,
      path: 'step',
      status: 400,
      says: /at most 11000: use a longer step/,
    },
    {
      ask: '/v1/series?kpi=error_ratio&scope=metric:carts',
      path: 'scope',
      status: 400,
      says: /metric has metric_value/,
    },
    { ask: '/v1/alerts?state=open', path: 'state', status: 400 },
    { ask: '/v1/ledger?from=1', path: 'from', status: 400 },
    { ask: '/v1/ledger?from=2026-03-02T10:00:00Z&to=2026-03-02T10:00:00Z', path: 'from', status: 400 },
    { ask: '/v1/ledger?from=2026-01-02T10:00:00Z', path: 'from', status: 400 },
    { ask: '/v1/health?verbose=1', path: 'verbose', status: 400 },
  ])('also when a parameter is wrong, which it names: $ask', async ({ ask, path, status, says }) => {
    const answer = await expectAsPromised({ path: ask.split('?')[0] ?? '', ask });
    expect(answer).toMatchObject({ status, body: { errors: [{ path }] } });
    expect(answer.body.detail).toMatch(says ?? path);
  });

  test.each([
    '/v1/agents/nobody',
    '/v1/workflows/none',
    '/v1/budgets/none',
    '/v1/series?kpi=error_ratio&scope=agent:nobody',
    '/v1/series?kpi=error_ratio&scope=pool:none',
  ])('also when there is no such thing: %s', async (ask) => {
    const answer = await expectAsPromised({ path: '/v1/agents/{agent}', ask });
    expect(answer).toMatchObject({ status: 404, body: { detail: expect.stringContaining('is not known') } });
  });
});

describe('an answer that is not as promised is noticed', () => {
  const lost = (record: object, name: string) =>
    Object.fromEntries(Object.entries(record).filter(([key]) => key !== name));

  test('when a promised field is missing, wherever it stands', async () => {
    for (const { path, ask } of readsOfAgents) {
      const { body } = await fleetpulse.get(ask);
      const schema = JSON.parse(JSON.stringify(document)).paths[path].get.responses[200].content['application/json']
        .schema;
      for (const name of schema.required) {
        expect({ path, name, noticed: schemas.violations('get', path, 200, lost(body, name)).length > 0 }).toEqual({
          path,
          name,
          noticed: true,
        });
      }
    }
  });

  test.each([
    { path: '/v1/fleet', name: 'a number as text', broken: { dataAgeMs: '0' } },
    { path: '/v1/fleet', name: 'a KPI that is missing', broken: { kpis: {} } },
    { path: '/v1/fleet', name: 'a moment that is none', broken: { window: { from: 'yesterday', to: 'now' } } },
    {
      path: '/v1/fleet',
      name: 'attention to nobody',
      broken: { attention: [{ severity: 'high', why: '', since: '2026-03-02T10:00:00Z', alert: 'x' }] },
    },
    { path: '/v1/pools', name: 'a pool without its state', broken: { pools: [{ pool: 'p', agents: 1 }] } },
    { path: '/v1/agents', name: 'a list that is none', broken: { agents: {} } },
    { path: '/v1/series?kpi=error_ratio', name: 'a point without n', broken: { points: [{ at: 0, value: 1 }] } },
    { path: '/v1/series?kpi=error_ratio', name: 'an unknown KPI', broken: { kpi: 'speed' } },
    { path: '/v1/budgets', name: 'a budget without its figures', broken: { budgets: [{ name: 'b' }] } },
    { path: '/v1/ledger', name: 'half an event', broken: { stored: 0.5 } },
    { path: '/v1/health', name: 'an unknown status', broken: { status: 'fine' } },
  ])('when $path has $name', async ({ path, broken }) => {
    const { body } = await fleetpulse.get(path);
    const described = path.split('?')[0] ?? '';
    expect(schemas.violations('get', described, 200, body)).toEqual([]);
    expect(schemas.violations('get', described, 200, { ...body, ...broken })).not.toEqual([]);
  });

  test('when a value is null without a reason', async () => {
    const { body } = await fleetpulse.get('/v1/fleet');
    const kpis = { ...body.kpis, error_ratio: { value: null, n: 0, unit: 'ratio' } };
    expect(schemas.violations('get', '/v1/fleet', 200, { ...body, kpis })).not.toEqual([]);
    const budget = (await fleetpulse.get('/v1/budgets/spending')).body;
    const endless = { ...budget, exhaustsAt: null, exhaustsReason: undefined };
    expect(schemas.violations('get', '/v1/budgets/{name}', 200, endless)).not.toEqual([]);
  });
});

test('the fleet says what needs attention, and since when', async () => {
  const { body: fleet } = await fleetpulse.get('/v1/fleet');
  const { alerts } = (await fleetpulse.get('/v1/alerts')).body;
  expect(fleet.verdict).toMatch(/^1 of 7 agents needs attention: agent writer-2 is dead since 10:0\d UTC$/);
  expect(fleet.attention).toEqual([
    {
      agent: 'writer-2',
      severity: 'critical',
      why: 'Agent writer-2 is dead',
      since: alerts[0].onsetAt,
      alert: alerts[0].id,
    },
  ]);
  const { pools } = (await fleetpulse.get('/v1/pools')).body;
  expect(pools).toMatchObject([
    { pool: 'readers', agents: 1, state: 'idle' },
    { pool: 'writers', agents: 6, state: 'degraded', since: alerts[0].onsetAt },
  ]);
});

test('health needs no key, says nothing of who is there, and fails when the minute job is behind', async () => {
  const health = async () => {
    const response = await fetch(`${fleetpulse.cloud.url}/v1/health`);
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  expect(await health()).toMatchObject({ status: 200, body: { status: 'ok', dataAgeMs: 0 } });
  const nowMs = fleetpulse.cloud.nowMs();
  isJobStopped = true;
  await fleetpulse.advanceTo(nowMs + 4 * MINUTE_MS);
  expect(await health()).toMatchObject({ status: 200, body: { status: 'behind', dataAgeMs: 4 * MINUTE_MS } });
  await fleetpulse.advanceTo(nowMs + 7 * MINUTE_MS);
  const behind = await health();
  expect(behind).toMatchObject({ status: 503, body: { status: 'behind', dataAgeMs: 7 * MINUTE_MS } });
  expect(schemas.violations('get', '/v1/health', 200, behind.body)).toEqual([]);
  expect(Object.keys(behind.body).sort()).toEqual(['dataAgeMs', 'now', 'status', 'version']);
  expect((await fleetpulse.get('/v1/fleet')).body.verdict).toBe('Data is 7 minutes old: the minute job is behind');

  isJobStopped = false;
  await fleetpulse.advanceTo(nowMs + 8 * MINUTE_MS);
  expect(await health()).toMatchObject({ status: 200, body: { status: 'ok', dataAgeMs: 0 } });
});
