import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ADMIN_KEY, Fleetpulse } from '../fixtures/fleetpulse.ts';
import { OpenApiSchemas } from '../fixtures/openapi-schemas.ts';

const START_MS = Date.parse('2026-03-02T10:00:00Z');
const MINUTE_MS = 60_000;

let fleetpulse: Fleetpulse;
let schemas: OpenApiSchemas;
beforeAll(async () => {
  fleetpulse = await Fleetpulse.start(START_MS);
  schemas = new OpenApiSchemas((await fleetpulse.get('/openapi.json')).body, { closed: true });
});
afterAll(() => fleetpulse.stop());

let minute = 0;
async function minuteOf(agents: string[]): Promise<void> {
  const at = START_MS + minute * MINUTE_MS;
  minute += 1;
  await fleetpulse.send(
    agents.flatMap((agent) => [
      { type: 'agent', agent, pool: 'writers' },
      { type: 'heartbeat', agent, at: at + 50_000, intervalMs: 15_000 },
      { type: 'task', agent, task: `t-${minute}`, status: 'completed', endedAt: at + 5_000, durationMs: 10 },
    ]),
  );
  await fleetpulse.advanceTo(at + MINUTE_MS);
}

async function key(grant: object): Promise<string> {
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify({ name: 'k', ...grant });
  return (await fleetpulse.request('POST', '/v1/keys', { headers, body })).body.key;
}

const names = async () => (await fleetpulse.get('/v1/agents')).body.agents.map(({ agent }: { agent: string }) => agent);
const completed = async () => (await fleetpulse.get('/v1/pools?window=5m')).body.pools[0].kpis.overall_throughput.n;

test('an agent is forgotten by who may control its pool, and its alert ends', async () => {
  for (let i = 0; i < 2; i++) await minuteOf(['a/1', 'b', 'c']);
  for (let i = 0; i < 3; i++) await minuteOf(['b', 'c']);
  const alertsOf = async (state: string) => (await fleetpulse.get(`/v1/alerts?state=${state}`)).body.alerts.length;
  expect([await alertsOf('firing'), await names(), await completed()]).toEqual([1, ['a/1', 'b', 'c'], 12]);

  for (const [grant, status] of [
    [{ scopes: ['read'] }, 403],
    [{ scopes: ['control'], pools: ['readers'] }, 404],
  ] as const) {
    const refused = await fleetpulse.request('DELETE', '/v1/agents/a/1', {
      headers: { 'x-api-key': await key(grant) },
    });
    expect(refused.status).toBe(status);
    expect(schemas.violations('delete', '/v1/agents/{agent}', refused.status, refused.body)).toEqual([]);
  }
  expect((await fleetpulse.request('DELETE', '/v1/agents/nobody')).status).toBe(404);
  const mine = { headers: { 'x-api-key': await key({ scopes: ['control'], pools: ['writers'] }) } };
  const { status, body } = await fleetpulse.request('DELETE', '/v1/agents/a/1', mine);
  expect({ status, body }).toEqual({
    status: 200,
    body: {
      ...{ agent: 'a/1', pool: 'writers', forgottenAt: new Date(START_MS + 5 * MINUTE_MS).toISOString() },
      note: expect.stringContaining('stays in the sums of pool writers'),
    },
  });
  expect(schemas.violations('delete', '/v1/agents/{agent}', status, body)).toEqual([]);
  expect([await alertsOf('firing'), await alertsOf('resolved'), await names(), await completed()]).toEqual([
    ...[0, 1, ['b', 'c'], 12],
  ]);
  const { body: fleet } = await fleetpulse.get('/v1/fleet');
  expect(fleet).toMatchObject({ attention: [], verdict: expect.stringMatching(/^All 2 agents/) });
  expect((await fleetpulse.get('/v1/agents/a/1')).status).toBe(404);
  const { entries } = (await fleetpulse.get('/v1/audit?limit=1')).body;
  expect(entries).toMatchObject([{ action: 'agent.forget', target: 'a/1', outcome: 'done', who: { name: 'k' } }]);
});

test('the command line forgets, too; who reports again is back', async () => {
  const cli = async (...args: string[]) => {
    const env = { ...process.env, FLEETPULSE_URL: fleetpulse.cloud.url, FLEETPULSE_KEY: ADMIN_KEY };
    return promisify(execFile)(process.execPath, ['lib/cli/main.ts', ...args], { env });
  };
  expect((await cli('forget', 'b')).stdout).toMatch(/^b is forgotten\. What b did until then stays in the sums/);
  expect((await cli('fleet')).stdout).not.toMatch(/^b /m);
  await expect(cli('forget', 'b')).rejects.toMatchObject({ code: 2, stderr: expect.stringContaining('404') });
  await expect(cli('forget')).rejects.toMatchObject({
    code: 2,
    stderr: expect.stringContaining('forget takes one agent'),
  });
  await minuteOf(['b', 'c']);
  expect((await cli('fleet')).stdout).toMatch(/^b +writers/m);
});
