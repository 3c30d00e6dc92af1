import { afterAll, beforeAll, expect, test } from 'vitest';
import { Fleetpulse } from '../fixtures/fleetpulse.ts';
import { OpenApiSchemas } from '../fixtures/openapi-schemas.ts';

// A Sunday evening: days are compared at 02:13 UTC, and weeks are reviewed on Monday at 03:17.
const START_MS = Date.parse('2026-03-01T23:40:00Z');
const MONDAY_MS = Date.parse('2026-03-02T00:00:00Z');
const MINUTE_MS = 60_000;
let fleetpulse: Fleetpulse;
let schemas: OpenApiSchemas;

beforeAll(async () => {
  fleetpulse = await Fleetpulse.start(START_MS);
  schemas = new OpenApiSchemas((await fleetpulse.get('/openapi.json')).body);
  const described = ['a', 'b', 'c'].map((agent) => ({ type: 'agent', agent, pool: 'writers', capacity: 2 }));
  await fleetpulse.send(described);
  for (let minute = 1; minute <= 19; minute++) {
    const endedAt = START_MS + minute * MINUTE_MS - 5_000;
    await fleetpulse.advanceTo(START_MS + minute * MINUTE_MS);
    await fleetpulse.send(
      ['a', 'b', 'c'].flatMap((agent) => [
        { type: 'task', agent, task: `${agent}-${minute}`, status: 'completed', endedAt, durationMs: 2_000, csat: 5 },
        { type: 'heartbeat', agent, at: endedAt },
      ]),
    );
  }
});
afterAll(() => fleetpulse.stop());

test('before the first comparison an answer has positions of what is measured so far, and says when it is made', async () => {
  const measured = { from: '2026-03-01T23:40:00.000Z', to: '2026-03-01T23:59:00.000Z' };
  for (const scope of ['fleet', 'pool:writers', 'agent:a']) {
    const { status, body } = await fleetpulse.get(`/v1/benchmarks?scope=${scope}`);
    expect(status).toBe(200);
    expect(schemas.violations('get', '/v1/benchmarks', status, body)).toEqual([]);
    expect(body).toMatchObject({ scope, madeAt: null, performance_trend: [], window: measured, measured });
    expect(body.reason).toMatch(/^provisional, of 19 minutes that are measured so far.* at 2026-03-02T02:13:00.000Z$/);
    const available = body.industry_position.positions.find(
      ({ kpi }: { kpi: string }) => kpi === 'system_availability',
    );
    expect(available).toMatchObject({ value: 18 / 19, source: expect.any(String), year: expect.any(Number) });
    const { value, parts } = body.efficiency_rating;
    const lost = parts.reduce((sum: number, part: { lost: number }) => sum + part.lost, 0);
    expect(lost).toBeCloseTo(100 - value, 9);
  }
  const { body } = await fleetpulse.get('/v1/benchmarks?scope=pool:nobody');
  expect(body).toMatchObject({
    madeAt: null,
    industry_position: { positions: [] },
    efficiency_rating: { value: null },
  });
});

test('at 02:13 the day is compared: fleet, pool and agent, with what is not known and why', async () => {
  await fleetpulse.advanceTo(MONDAY_MS + (2 * 60 + 14) * MINUTE_MS);
  for (const scope of ['fleet', 'pool:writers', 'agent:a']) {
    const { status, body } = await fleetpulse.get(`/v1/benchmarks?scope=${scope}`);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      scope,
      madeAt: '2026-03-02T02:13:00.000Z',
      window: { to: '2026-03-02T00:00:00.000Z' },
    });
    expect(schemas.violations('get', '/v1/benchmarks', status, body)).toEqual([]);
    const responses = body.performance_trend.find(({ kpi }: { kpi: string }) => kpi === 'average_response_time');
    expect(responses).toMatchObject({ value: 2_000, verdict: 'unknown', reason: expect.stringMatching(/day/) });
    expect(body.efficiency_rating).toMatchObject({ unit: 'points' });
    const ratings = body.industry_position.notComparable.map(({ kpi }: { kpi: string }) => kpi);
    expect(ratings).toContain('cost_per_task');
  }
  const earlier = await fleetpulse.get('/v1/benchmarks?at=2026-03-01T12:00:00Z');
  expect(earlier.body.madeAt).toBeNull();
});

test('at 02:41 the readers of digests are told of a quiet day in three lines, once', async () => {
  await fleetpulse.advanceTo(MONDAY_MS + (2 * 60 + 43) * MINUTE_MS);
  const digests = fleetpulse.cloud.published().filter(({ attributes }) => attributes['kind'] === 'digest');
  expect(digests.map(({ subject }) => subject)).toEqual([expect.stringMatching(/^default, 2026-03-01: /)]);
  const [{ bodies, attributes, topic }] = digests as [(typeof digests)[number]];
  expect(topic).toContain('Digests');
  expect(attributes).toMatchObject({ system: 'default' });
  expect(bodies['email']?.split('\n')).toEqual([
    'default, 2026-03-01: quiet',
    expect.stringContaining('average response time 2 s (days before not known)'),
    'All 20 minutes judged; 117 events received, 0 rejected, 0 late',
  ]);
  expect(JSON.parse(bodies['default'] ?? '')).toMatchObject({ version: 1, system: 'default', day: '2026-03-01' });
});

test('on Monday the week is reviewed, stored and published once, and its figures can be asked for again', async () => {
  await fleetpulse.advanceTo(MONDAY_MS + (3 * 60 + 18) * MINUTE_MS);
  const { body } = await fleetpulse.get('/v1/reviews');
  expect(body.reviews).toEqual([
    { week: '2026-W09', title: expect.stringContaining('2026-W09'), madeAt: '2026-03-02T03:17:00.000Z' },
  ]);
  const markdown = await fleetpulse.request('GET', '/v1/reviews/2026-W09/markdown');
  expect(markdown.status).toBe(200);
  const html = await fleetpulse.request('GET', '/v1/reviews/2026-W09/html');
  expect(html.headers.get('content-security-policy')).toContain("default-src 'none'");
  const published = fleetpulse.cloud.published().filter(({ topic }) => topic.includes('Reviews'));
  expect(published).toHaveLength(1);

  const answer = await fleetpulse.get('/v1/reviews/2026-W09');
  expect(schemas.violations('get', '/v1/reviews/{week}', answer.status, answer.body)).toEqual([]);
  const { review } = answer.body;
  const queries = queriesIn(review);
  expect(queries.size).toBeGreaterThan(10);
  for (const query of queries) expect([query, (await fleetpulse.get(query)).status]).toEqual([query, 200]);
  const completed = review.kpis.find(({ kpi, scope }: { kpi: string; scope: string }) => {
    return kpi === 'average_response_time' && scope === 'fleet';
  });
  const again = await fleetpulse.get(completed.week.query);
  expect(completed.week).toMatchObject({ value: 2_000, n: 57 });
  expect(again.body.kpis.average_response_time).toMatchObject({ value: completed.week.value, n: completed.week.n });
});

test('a week without review is a problem that says how weeks are named', async () => {
  const { status, body } = await fleetpulse.get('/v1/reviews/last');
  expect([status, body.detail]).toEqual([404, expect.stringContaining('2026-W12')]);
  expect(await fleetpulse.get('/v1/reviews/2026-W08')).toMatchObject({ status: 404 });
});

/** Every request that a review names. */
function queriesIn(value: unknown): Set<string> {
  const found = new Set<string>();
  JSON.stringify(value, (key, inner) => {
    if (key === 'query' && typeof inner === 'string') found.add(inner);
    return inner;
  });
  return found;
}
