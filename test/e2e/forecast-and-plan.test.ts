import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ADMIN_KEY, type Answer, Fleetpulse } from '../fixtures/fleetpulse.ts';
import { OpenApiSchemas } from '../fixtures/openapi-schemas.ts';
import { eventsOfMinute, type PoolAtWork } from '../fixtures/planned-fleet.ts';

const START_MS = Date.parse('2026-03-02T10:30:00Z');
const PLANNED_MS = Date.parse('2026-03-02T13:20:00Z');
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

const pools: PoolAtWork[] = [
  {
    ...{ pool: 'writers', agents: 2, capacity: 2, costPerHourUsd: 1.5 },
    tasks: [{ taskType: 'draft', perMin: 3, durationMs: 8_000, costUsd: 0.01 }],
  },
  {
    ...{ pool: 'readers', agents: 1, capacity: 1, costPerHourUsd: 1 },
    tasks: [{ taskType: 'review', perMin: 2, durationMs: 5_000 }],
  },
];

let fleetpulse: Fleetpulse;
let schemas: OpenApiSchemas;

beforeAll(async () => {
  fleetpulse = await Fleetpulse.start(START_MS);
  schemas = new OpenApiSchemas((await fleetpulse.get('/openapi.json')).body);
}, 240_000);
afterAll(() => fleetpulse?.stop());

async function get(path: string): Promise<Answer> {
  const answer = await fleetpulse.get(path);
  expect(schemas.violations('get', path.split('?')[0] ?? '', answer.status, answer.body)).toEqual([]);
  return answer;
}

async function whatIf(body: unknown, key?: string): Promise<Answer> {
  const answer = await fleetpulse.request('POST', '/v1/plan', {
    headers: { 'content-type': 'application/json', ...(key === undefined ? {} : { 'x-api-key': key }) },
    body: JSON.stringify(body),
  });
  expect(schemas.violations('post', '/v1/plan', answer.status, answer.body)).toEqual([]);
  return answer;
}

/** Five times as many from eight to six as at night. */
const visitsAt = (ms: number) => (new Date(ms).getUTCHours() >= 8 && new Date(ms).getUTCHours() < 18 ? 100 : 20);

/** One agent that can do five tasks of 6 s a minute, and has to do so many. */
const problem = (demandPerMin: number) => ({
  agents: [
    {
      ...{ id: 'a', pool: 'p', count: { now: 1 }, costPerHourUsd: 1, maxUtilization: 0.5 },
      skills: { t: { serviceMs: 6_000 } },
    },
  ],
  taskTypes: [{ id: 't', demandPerMin }],
});

describe('before anything was sent', () => {
  test('a forecast has no points and says what to send', async () => {
    const { status, body } = await get('/v1/forecast');
    expect(status).toBe(200);
    expect(body).toMatchObject({ scope: 'fleet', metric: 'tasks', stepMs: HOUR_MS, points: [], seasonalities: [] });
    expect(body.reason).toMatch(/send events to POST \/v1\/events/);
  });

  test('there is no plan, with the time of the next, and nothing that could be changed', async () => {
    const { status, body } = await get('/v1/plan');
    expect(status).toBe(200);
    expect(body).toMatchObject({
      resource_allocation: { agents: {}, shares: [], costPerHourUsd: null, status: null },
      ...{ predicted_bottlenecks: [], recommendations: [], duals: [], madeAt: null },
    });
    expect(body.reason).toMatch(/20 minutes after each hour, next at 2026-03-02T11:20:00/);
    expect(await whatIf({ factor: 2 })).toMatchObject({
      status: 409,
      body: { detail: /planning problem as "problem"/ },
    });
  });

  test('a problem of its own is planned for all the same', async () => {
    const { status, body } = await whatIf({ problem: problem(5) });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      resource_allocation: { agents: { p: 1 }, status: 'optimal', costPerHourUsd: 1, unserved: [] },
      predicted_bottlenecks: [{ rank: 1, kind: 'pool', id: 'p', utilization: 0.5 }],
      compared: null,
    });
  });
});

describe('after three hours', () => {
  beforeAll(async () => {
    // A batch tells ten minutes, so that little is sent.
    for (let from = START_MS; from < PLANNED_MS; from += 10 * MINUTE_MS) {
      const minutes = Array.from({ length: 10 }, (_, i) => from / MINUTE_MS + i);
      await fleetpulse.advanceTo(from + 10 * MINUTE_MS - 1);
      await fleetpulse.send(minutes.flatMap((minute) => eventsOfMinute(pools, minute)));
      await fleetpulse.advanceTo(from + 10 * MINUTE_MS);
    }
  }, 240_000);

  test('at twenty past a plan was made, with no call refused and nothing failed', async () => {
    const { status, body } = await get('/v1/plan');
    expect(status).toBe(200);
    expect(fleetpulse.printed.filter((line) => /failed|denied|refused/i.test(line))).toEqual([]);
    expect(body).toMatchObject({ madeAt: '2026-03-02T13:20:00.000Z', trigger: 'hour' });
    const { resource_allocation: allocation } = body;
    expect(allocation).toMatchObject({ status: 'optimal', unserved: [], agents: { readers: 1 } });
    const drafts = allocation.shares.filter(({ taskType }: { taskType: string }) => taskType === 'draft');
    const perMin = drafts.reduce((sum: number, share: { tasksPerMin: number }) => sum + share.tasksPerMin, 0);
    expect(perMin).toBeGreaterThan(5.5);
    expect(body.pools).toMatchObject([
      { status: 'known', pool: 'readers', agents: 1 },
      { status: 'known', pool: 'writers', agents: 2 },
    ]);
    expect(body.predicted_bottlenecks.map(({ id }: { id: string }) => id)).toEqual(['writers', 'readers']);
    expect(body.duals).toContainEqual(expect.objectContaining({ kind: 'task', taskType: 'draft' }));
  });

  test('the forecast of a pool is what it does in each hour, with what it takes to carry that', async () => {
    const { status, body } = await get('/v1/forecast?scope=pool:writers&horizon=6h');
    expect(status).toBe(200);
    expect(body).toMatchObject({
      ...{ scope: 'pool:writers', metric: 'tasks', unit: '1/min', madeAt: '2026-03-02T13:20:00.000Z' },
      history: { known: 2, imported: 0, borrowed: 0 },
      capacity: { status: 'known', agents: 2, slotsPerAgent: 2, serviceMs: 8_000 },
    });
    expect(body.model).toMatch(/^100 % /);
    expect(body.points).toHaveLength(6);
    expect(body.points[0]).toMatchObject({ at: Date.parse('2026-03-02T13:00:00Z'), mean: 6, q50: 6 });
    for (const { q025, q10, q90, q975 } of body.points) {
      expect([q025, q10, q90, q975]).toEqual([q025, q10, q90, q975].sort((a, b) => a - b));
    }
  });

  test.each([
    { ask: 'scope=fleet&metric=cost_usd', unit: 'usd/min', mean: 0.06 },
    { ask: 'scope=taskType:review&horizon=7d', unit: '1/min', mean: 2 },
    { ask: 'scope=agent:writers-1', unit: '1/min', mean: 3 },
    { ask: 'scope=agent:writers-1&metric=errors', unit: '1/min', mean: 0 },
  ])('what the hourly job does not foresee is foreseen when asked for: $ask', async ({ ask, unit, mean }) => {
    const { status, body } = await get(`/v1/forecast?${ask}`);
    expect({ status, unit: body.unit }).toEqual({ status: 200, unit });
    expect(body.points).toHaveLength(ask.includes('7d') ? 168 : 24);
    expect(body.points.at(-1).mean).toBeCloseTo(mean, 6);
  });

  test('the command line prints it hour by hour, with the ends of its interval', async () => {
    const args = ['lib/cli/main.ts', 'forecast', 'of', 'pool:writers', '--horizon', '6h'];
    const env = { ...process.env, FLEETPULSE_URL: fleetpulse.cloud.url, FLEETPULSE_KEY: ADMIN_KEY };
    const { stdout } = await promisify(execFile)(process.execPath, args, { env });
    const [head, names, ...rows] = stdout.trimEnd().split('\n');
    expect(head).toMatch(/^tasks of pool:writers in 1\/min, by .+, made 2026-03-02T13:20:00\.000Z/);
    expect(names?.split(/ {2,}/)).toEqual(['hour (UTC)', 'mean', 'low', 'high']);
    const { points } = (await get('/v1/forecast?scope=pool:writers&horizon=6h')).body;
    expect(rows.map((row) => row.trim().split(/ +/))).toEqual(
      points.map(({ at, mean, q10, q90 }: { at: number; mean: number; q10: number; q90: number }) => [
        new Date(at).toISOString().slice(0, 16),
        ...[mean, q10, q90].map((value) => value.toFixed(2)),
      ]),
    );
  });

  test('a custom metric that was brought in is forecast too, with its day', async () => {
    const end = Date.parse('2026-03-01T00:00:00Z');
    const points = Array.from({ length: 14 * 24 }, (_, i) => {
      const at = end - (i + 1) * HOUR_MS;
      return { at, value: visitsAt(at) + 5 * Math.sin(i ** 2) };
    });
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify({ metric: 'visits', unit: '{visit}', points });
    expect(await fleetpulse.request('POST', '/v1/history', { headers, body })).toMatchObject({ status: 200 });
    const forecast = (await get('/v1/forecast?scope=metric:visits')).body;
    expect(forecast).toMatchObject({ scope: 'metric:visits', metric: 'metric_value', unit: '{visit}', capacity: null });
    expect(forecast.seasonalities[0]).toMatchObject({ name: 'every day' });
    for (const { at, mean } of forecast.points) expect(Math.abs(mean - visitsAt(at))).toBeLessThan(10);
  });

  test.each([
    { ask: 'scope=pool:nobody', status: 404, words: /pool nobody is not known/ },
    { ask: 'scope=agent:nobody', status: 404, words: /nobody/ },
    { ask: 'scope=workflow:x', status: 400, words: /scope must be fleet, pool:ID/ },
    { ask: 'horizon=8d', status: 400, words: /horizon must be a length/ },
    { ask: 'metric=metric_value', status: 400, words: /scope=metric:NAME/ },
    { ask: 'scope=metric:visits&metric=tasks', status: 400, words: /leave metric out/ },
    { ask: 'unit=x', status: 400, words: /unit is not known here/ },
  ])('is told what is wrong with $ask', async ({ ask, status, words }) => {
    const answer = await get(`/v1/forecast?${ask}`);
    expect(answer).toMatchObject({ status, body: { detail: expect.stringMatching(words) } });
  });

  test('a scope of which nothing is known has no points, and how to have some', async () => {
    const { status, body } = await get('/v1/forecast?scope=taskType:never');
    expect(status).toBe(200);
    expect(body.points).toEqual([]);
    expect(body.reason).toMatch(/metric workload\.taskType:never with POST \/v1\/history/);
  });

  test('without changes the plan in force is made again', async () => {
    const inForce = (await get('/v1/plan')).body;
    const { status, body } = await whatIf({});
    expect(status).toBe(200);
    const { compared, trigger, madeAt, ...again } = body;
    expect(inForce).toMatchObject(again);
    expect({ trigger, compared }).toEqual({
      trigger: 'what-if',
      compared: { madeAt: inForce.madeAt, agents: {}, costPerHourUsd: 0, unservedPerMin: 0 },
    });
    expect((await get('/v1/plan')).body).toEqual(inForce);
  });

  test('ten times the work takes more agents and money, and is said to be too much for those that are there', async () => {
    const { body } = await whatIf({ factor: 10 });
    expect(body.compared.agents.writers).toBeGreaterThan(2);
    expect(body.compared.costPerHourUsd).toBeGreaterThan(3);
    const recommended = body.recommendations.find(({ pool }: { pool: string }) => pool === 'writers');
    expect(recommended).toMatchObject({ strategy: 'capacity_planning', horizon: 'immediate' });
    expect(recommended.title).toMatch(/more than now$/);
  });

  test('with a pool gone and nobody else for its tasks they stay unserved; what cannot be kept is infeasible', async () => {
    const gone = (await whatIf({ pools: { readers: { agents: 0 } } })).body;
    expect(gone.resource_allocation.unserved).toMatchObject([{ taskType: 'review', share: 1 }]);
    expect(gone.compared.unservedPerMin).toBeGreaterThan(1.5);
    const poor = await whatIf({ budgetUsdPerHour: 0.5, pools: { writers: { min: 2 } } });
    expect(poor).toMatchObject({ status: 200, body: { resource_allocation: { status: 'infeasible' } } });
    expect(poor.body.resource_allocation.explanation.length).toBeGreaterThan(0);
  });

  test('names each field that is wrong, and how to mend it', async () => {
    const unknown = await whatIf({ workload: { never: 3 }, pools: { nobody: { agents: 1 } } });
    expect(unknown).toMatchObject({
      status: 422,
      body: { errors: [{ path: 'workload.never' }, { path: 'pools.nobody' }] },
    });
    expect(unknown.body.detail).toMatch(/use a task type that it has \(draft, review\)/);
    const malformed = await whatIf({ problem: { ...problem(5), agents: [{ id: 'a' }], odd: 1 } });
    expect(malformed.status).toBe(422);
    expect(malformed.body.errors.map(({ path }: { path: string }) => path)).toContain('problem.agents[0].pool');
    expect(malformed.body.errors.map(({ path }: { path: string }) => path)).toContain('problem.odd');
    expect(await whatIf({ problem: problem(5), factor: 2 })).toMatchObject({
      status: 422,
      body: { errors: [{ path: 'factor', code: 'inconsistent_fields' }] },
    });
    expect(await whatIf({ factors: 2 })).toMatchObject({ status: 422, body: { errors: [{ code: 'unknown_field' }] } });
  });

  test('keys need the scope read, and those of a pool see the forecast of it alone', async () => {
    const keyWith = async (more: object) => {
      const made = await fleetpulse.request('POST', '/v1/keys', {
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ name: 'k', ...more }),
      });
      return made.body.key as string;
    };
    const [sender, ofPool] = [
      await keyWith({ scopes: ['ingest'] }),
      await keyWith({ scopes: ['read'], pools: ['writers'] }),
    ];
    const statusOf = async (path: string, key: string) =>
      (await fleetpulse.request('GET', path, { headers: { 'x-api-key': key } })).status;
    expect(await whatIf({}, sender)).toMatchObject({ status: 403 });
    expect(await whatIf({}, 'nobody')).toMatchObject({ status: 401 });
    expect(await whatIf({}, ofPool)).toMatchObject({ status: 403 });
    expect(await statusOf('/v1/forecast', sender)).toBe(403);
    expect(await statusOf('/v1/plan', ofPool)).toBe(403);
    expect(await statusOf('/v1/forecast', ofPool)).toBe(403);
    expect(await statusOf('/v1/forecast?scope=pool:readers', ofPool)).toBe(404);
    expect(await statusOf('/v1/forecast?scope=agent:readers-1', ofPool)).toBe(404);
    expect(await statusOf('/v1/forecast?scope=pool:writers', ofPool)).toBe(200);
  });
});
