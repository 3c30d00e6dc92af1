import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Answer, Fleetpulse } from '../fixtures/fleetpulse.ts';
import { OpenApiSchemas } from '../fixtures/openapi-schemas.ts';

const START_MS = Date.parse('2026-03-02T09:40:00Z');
const MINUTES = 80;
const MINUTE_MS = 60_000;

let fleetpulse: Fleetpulse;
let schemas: OpenApiSchemas;

beforeAll(async () => {
  fleetpulse = await Fleetpulse.start(START_MS);
  schemas = new OpenApiSchemas((await fleetpulse.get('/openapi.json')).body);
}, 240_000);
afterAll(() => fleetpulse?.stop());

/** Two agents, every second task of which has an input that comes again every ten minutes. */
function eventsOf(minute: number): Record<string, unknown>[] {
  const at = START_MS + minute * MINUTE_MS;
  return ['lab-1', 'lab-2'].flatMap((agent) => [
    { type: 'agent', agent, pool: 'lab', capacity: 2 },
    { type: 'heartbeat', agent, at: at + 1_000 },
    ...Array.from({ length: 6 }, (_, n) => ({
      ...{ type: 'task', agent, task: `${agent}-${minute}-${n}`, taskType: 'draft', status: 'completed' },
      ...{ endedAt: at + 20_000 + 5_000 * n, durationMs: 6_000, queueMs: 10 },
      inputHash: n % 2 === 0 ? `again-${(minute + n) % 10}` : `own-${agent}-${minute}-${n}`,
    })),
  ]);
}

async function answered(method: 'get' | 'post', path: string, template: string, body?: unknown): Promise<Answer> {
  const answer =
    method === 'get'
      ? await fleetpulse.get(path)
      : await fleetpulse.request('POST', path, {
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(body ?? {}),
        });
  expect(schemas.violations(method, template, answer.status, answer.body)).toEqual([]);
  return answer;
}

test('a fleet that is asked the same again is told to keep its answers, and somebody says that it does', async () => {
  for (let minute = 0; minute < MINUTES; minute += 10) {
    await fleetpulse.advanceTo(START_MS + (minute + 10) * MINUTE_MS);
    await fleetpulse.send(Array.from({ length: 10 }, (_, i) => eventsOf(minute + i)).flat());
  }
  // The hourly job is due at twenty past.
  await fleetpulse.advanceTo(START_MS + 101 * MINUTE_MS);
  const path = '/v1/recommendations';
  const { body } = await answered('get', path, path);
  const found = body.recommendations.find((its: { strategy: string }) => its.strategy === 'cache_optimization');
  expect(found).toMatchObject({ horizon: 'immediate', status: 'proposed', scope: { pool: 'lab', taskType: 'draft' } });
  expect(found.expectedGain.low).toBeGreaterThan(0);

  const of = (what: string) => [`${path}/${found.id}/${what}`, `${path}/{id}/${what}`] as const;
  const adopted = await answered('post', ...of('adopt'), { by: 'ann', note: 'cache is on' });
  expect(adopted).toMatchObject({ status: 200, body: { status: 'adopted', results: [] } });
  expect((await answered('post', ...of('dismiss'))).status).toBe(409);
  const unknown = await answered('post', `${path}/none/adopt`, `${path}/{id}/adopt`);
  expect(unknown.status).toBe(404);
  const audit = await fleetpulse.get('/v1/audit');
  expect(JSON.stringify(audit.body)).toContain('recommendation.adopt');
}, 240_000);
