import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { endpoints } from '../../lib/api/registry.ts';
import { MINUTE_MS } from '../../lib/core/model/time.ts';
import { tools } from '../../lib/mcp/registry.ts';
import { expectedRefusal, expectedRoutes, expectedTools } from '../fixtures/expected-authorization.ts';
import { ADMIN_KEY, Fleetpulse } from '../fixtures/fleetpulse.ts';
import { ReportingFleet } from '../fixtures/reporting-fleet.ts';

const START_MS = Date.parse('2026-03-02T10:00:00Z');
const OWN = 'own-pool';
/** In every name of the other pool, so that it is found wherever it stands. */
const CANARY = 'canarybird';

interface Caller {
  name: string;
  key: string | null;
  isKnown: boolean;
  scopes: readonly string[];
  isRestricted: boolean;
}

let fleetpulse: Fleetpulse;
const callers: Caller[] = [];
const keyOf = (name: string) => callers.find((caller) => caller.name === name)?.key ?? '';

beforeAll(async () => {
  fleetpulse = await Fleetpulse.start(START_MS);
  const fleet = new ReportingFleet(fleetpulse, START_MS, { [OWN]: 'own', [CANARY]: CANARY });
  await fleet.pass(4);
  await fleet.pass(3, { silent: [`${CANARY}-3`] });
  const stranger = { isKnown: false, scopes: [], isRestricted: false };
  const expired = await newKey({ scopes: ['admin'], expiresAt: new Date(START_MS + 8 * MINUTE_MS).toISOString() });
  const revoked = await newKey({ scopes: ['admin'] });
  // Used while they were good, so that it is not for want of having been seen that they are refused.
  for (const { key } of [expired, revoked]) expect((await ask('GET', '/v1/fleet', key)).status).toBe(200);
  expect((await fleetpulse.request('DELETE', `/v1/keys/${revoked.id}`)).status).toBe(200);
  await fleet.pass(2);
  callers.push(
    { name: 'nobody', key: null, ...stranger },
    { name: 'an empty key', key: '', ...stranger },
    { name: 'an unknown key', key: `fp_${'A'.repeat(43)}`, ...stranger },
    { name: 'what is the beginning of a key', key: ADMIN_KEY.slice(0, -1), ...stranger },
    { name: 'an expired key', key: expired.key, ...stranger },
    { name: 'a revoked key', key: revoked.key, ...stranger },
  );
  for (const scope of ['ingest', 'read', 'control', 'admin']) {
    const { key } = await newKey({ scopes: [scope] });
    callers.push({ name: scope, key, isKnown: true, scopes: [scope], isRestricted: false });
    if (scope === 'admin') continue;
    const { key: ofPool } = await newKey({ scopes: [scope], pools: [OWN] });
    callers.push({ name: `${scope} of a pool`, key: ofPool, isKnown: true, scopes: [scope], isRestricted: true });
  }
  const most = ['ingest', 'read', 'control'];
  const { key } = await newKey({ scopes: most, pools: [OWN] });
  callers.push({ name: 'all but admin of a pool', key, isKnown: true, scopes: most, isRestricted: true });
});
afterAll(() => fleetpulse.stop());

async function newKey(body: object): Promise<{ id: string; key: string }> {
  const made = await fleetpulse.request('POST', '/v1/keys', {
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'of the matrix', ...body }),
  });
  expect(made.status).toBe(201);
  return made.body;
}

async function ask(method: string, path: string, key: string | null, body?: unknown) {
  const response = await fetch(`${fleetpulse.cloud.url}${path}`, {
    method,
    headers: { 'content-type': 'application/json', ...(key === null ? {} : { 'x-api-key': key }) },
    ...(method === 'GET' ? {} : { body: JSON.stringify(body ?? {}) }),
  });
  return { status: response.status, type: response.headers.get('content-type'), text: await response.text() };
}

test('the table has every route that is declared, and no other', () => {
  const declared = Object.values(endpoints);
  const routes = declared.map(({ method, path }) => `${method} ${path.replaceAll(/\{\w+\}/g, '{id}')}`);
  expect(expectedRoutes.map(({ method, path }) => `${method} ${path}`).sort()).toEqual(routes.sort());
});

describe('whoever asks is let in or refused as the table says:', () => {
  test.each(expectedRoutes)('$method $path', async (route) => {
    const path = `${route.path.replaceAll('{id}', 'nothing-of-that-name')}?${route.query ?? ''}`;
    for (const caller of callers) {
      const { status, type, text } = await ask(route.method, path, caller.key);
      const refused = expectedRefusal(route, caller);
      const seen = { caller: caller.name, status, text: text.slice(0, 200) };
      if (refused === null) {
        expect(seen).toMatchObject({ status: expect.toSatisfy((it: number) => it < 500 && it !== 401 && it !== 403) });
        continue;
      }
      expect(seen).toMatchObject({ status: refused });
      expect(type).toMatch(/^application\/problem\+json|^application\/json/);
      // Who is refused is not told whether there is something.
      expect(text).not.toContain(CANARY);
    }
  });
});

interface ToolAnswer {
  status: number;
  text: string;
  // biome-ignore lint/suspicious/noExplicitAny: answers are looked at field by field
  result: any;
}

async function mcp(key: string | null, method: string, params: object = {}): Promise<ToolAnswer> {
  const response = await fetch(`${fleetpulse.cloud.url}/mcp`, {
    method: 'POST',
    headers: {
      ...{ 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
      ...(key === null ? {} : { 'x-api-key': key }),
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
  });
  const text = await response.text();
  const json = text.startsWith('{') ? text : (/^data: (.*)$/m.exec(text)?.[1] ?? '{}');
  return { status: response.status, text, result: JSON.parse(json).result };
}

/** Names of the other pool in an answer, but for those that were in the question. */
function learnt(answer: string, said: string): string[] {
  const names = answer.match(new RegExp(`${CANARY}[\\w-]*`, 'g')) ?? [];
  return [...new Set(names)].filter((name) => !said.includes(name));
}

/** What tools may be asked of the other pool: each takes those that it has. */
const ofTheOthers: Readonly<Record<string, unknown>> = {
  agent: `${CANARY}-1`,
  pool: CANARY,
  target: CANARY,
  taskType: 'default',
  kpi: 'average_response_time',
  scope: `pool:${CANARY}`,
};

describe('the tools of /mcp', () => {
  test('the table has every tool that there is, and no other', () => {
    expect(expectedTools.map(({ tool }) => tool)).toEqual(tools.map(({ name }) => name));
  });

  test('are shown to whom they would answer, and nobody is let in who may not read', async () => {
    for (const caller of callers) {
      const entry = expectedRefusal({ needs: 'read', isOfPools: true }, caller);
      const { status, result } = await mcp(caller.key, 'tools/list');
      expect([caller.name, status]).toEqual([caller.name, entry ?? 200]);
      if (entry !== null) continue;
      const shown = result.tools.map(({ name }: { name: string }) => name);
      const expected = expectedTools.filter((rule) => expectedRefusal(rule, caller) === null).map(({ tool }) => tool);
      expect([caller.name, shown]).toEqual([caller.name, expected]);
    }
  });

  test.each(expectedTools)(
    '$tool answers nobody to whom it is not shown, and tells a pool nothing of another',
    async (rule) => {
      const { inputSchema } = (await mcp(keyOf('admin'), 'tools/list')).result.tools.find(
        ({ name }: { name: string }) => name === rule.tool,
      );
      const known = Object.keys(inputSchema.properties ?? {}).filter((name) => name in ofTheOthers);
      const alone = known.map((name) => ({ [name]: ofTheOthers[name] }));
      const together = Object.fromEntries(known.map((name) => [name, ofTheOthers[name]]));
      for (const caller of callers.filter(({ scopes }) => scopes.includes('read') || scopes.includes('admin'))) {
        const isRefused = expectedRefusal(rule, caller) !== null;
        for (const args of [{}, ...alone, together]) {
          const { status, result, text } = await mcp(caller.key, 'tools/call', { name: rule.tool, arguments: args });
          expect([caller.name, status]).toEqual([caller.name, 200]);
          if (isRefused) expect([caller.name, args, result.isError]).toEqual([caller.name, args, true]);
          if (!caller.isRestricted) continue;
          expect([caller.name, args, learnt(text, JSON.stringify(args))]).toEqual([caller.name, args, []]);
        }
      }
    },
  );

  test('the other pool is there to be seen: an admin is told of it by the same tools', async () => {
    for (const name of ['list_agents', 'list_alerts', 'get_capacity']) {
      expect([name, (await mcp(keyOf('admin'), 'tools/call', { name, arguments: {} })).text]).toEqual([
        name,
        expect.stringContaining(CANARY),
      ]);
    }
  });
});

test('a key of a pool reads nothing of another by any route, and an admin does by most', async () => {
  const reads = expectedRoutes.filter(({ method, path }) => method === 'GET' && !path.includes('{id}'));
  const told: string[] = [];
  for (const { path } of reads) {
    for (const query of ['', `?pool=${CANARY}`, `?agent=${CANARY}-1`, `?target=${CANARY}`, `?scope=pool:${CANARY}`]) {
      const { text } = await ask('GET', path + query, keyOf('all but admin of a pool'));
      expect([path, query, learnt(text, query)]).toEqual([path, query, []]);
    }
    if ((await ask('GET', path, keyOf('admin'))).text.includes(CANARY)) told.push(path);
  }
  expect(told).toEqual(expect.arrayContaining(['/v1/pools', '/v1/agents', '/v1/alerts', '/v1/tasks', '/metrics']));
});

test('and changes nothing of it', async () => {
  const key = keyOf('all but admin of a pool');
  const state = async () =>
    (await fleetpulse.get('/v1/agents?limit=1000')).body.agents.map(({ agent, pool }: never) => [agent, pool]);
  const alerts = (await fleetpulse.get('/v1/alerts')).body.alerts as { id: string; scope: { pool?: string } }[];
  const foreign = alerts.filter(({ scope }) => scope.pool === CANARY);
  expect(foreign.length).toBeGreaterThan(0);
  const before = await state();
  for (const { id } of foreign) {
    const path = `/v1/alerts/${encodeURIComponent(id)}`;
    expect((await ask('POST', `${path}/ack`, key, { by: 'x' })).status).toBe(404);
    expect((await ask('POST', `${path}/feedback`, key, { opinion: 'noise' })).status).toBe(404);
    const { result } = await mcp(key, 'tools/call', { name: 'acknowledge_alert', arguments: { alert: id, by: 'x' } });
    expect(result.isError).toBe(true);
  }
  expect((await ask('DELETE', `/v1/agents/${CANARY}-1`, key)).status).toBe(404);
  const budget = { kpi: 'task_completion_rate', scope: `pool:${CANARY}`, objective: 0.9, period: '1d' };
  expect((await ask('PUT', '/v1/budgets/taken', key, budget)).status).toBe(403);
  const moved = { events: [{ type: 'agent', agent: `${CANARY}-1`, pool: CANARY, team: 'taken' }] };
  expect(JSON.parse((await ask('POST', '/v1/events', key, moved)).text)).toMatchObject({
    errors: [{ code: 'pool_not_allowed' }],
  });
  expect(await state()).toEqual(before);
  const after = (await fleetpulse.get('/v1/alerts')).body.alerts as { id: string; acknowledged: unknown }[];
  for (const { id } of foreign) expect(after.find((alert) => alert.id === id)?.acknowledged ?? null).toBeNull();
});
