import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Endpoint } from '../../lib/api/endpoint.ts';
import { endpoints } from '../../lib/api/registry.ts';
import { type Answer, Fleetpulse } from '../fixtures/fleetpulse.ts';

const MINUTE_MS = 60_000;
const START_MS = Date.parse('2026-03-02T10:00:00Z');

type EndpointId = keyof typeof endpoints;

/** What the victim calls things. Whoever asks may know some of these names, and must learn none of the others by them. */
const secret = {
  ...{
    agent: 'zq-agent-1',
    dead: 'zq-agent-2',
    pool: 'zq-pool',
    team: 'zq-team',
    task: 'zq-task',
    taskType: 'zq-type',
  },
  ...{ tool: 'zq-tool', model: 'zq-model', workflow: 'zq-flow', workflowType: 'zq-flow-type', metric: 'zq-metric' },
  ...{ version: 'zq-version', budget: 'zq-budget', note: 'zq-note', silence: 'zq-silence', competitor: 'zq-rival' },
  ...{ entry: 'zq-entry', keyName: 'zq-key', error: 'zq-error', by: 'zq-person' },
} as const;
const MARK = /zq-[a-z0-9-]+/g;

let fleetpulse: Fleetpulse;
let nowMs = START_MS;
/** Who tries: somebody of another system who may do anything there, and somebody of the same one who is restricted to a pool. */
const intruders = { 'another system': '', 'another pool': '' };
/** Ids that the service gave to what is the victim's. */
const ids: Record<string, string> = {};

function ask(method: string, path: string, body?: unknown, key?: string): Promise<Answer> {
  return fleetpulse.request(method, path, {
    headers: { 'content-type': 'application/json', ...(key === undefined ? {} : { 'x-api-key': key }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

async function made(method: string, path: string, body: unknown): Promise<Record<string, string>> {
  const { status, body: answer } = await ask(method, path, body);
  expect([path, status, answer]).toEqual([path, expect.toSatisfy((code: number) => code < 300), answer]);
  return answer;
}

beforeAll(async () => {
  fleetpulse = await Fleetpulse.start(START_MS);
  const of = (name: string, more: object) => made('POST', '/v1/keys', { name, ...more });
  const foreign = await of('foreign', { scopes: ['admin'], system: 'other' });
  intruders['another system'] = foreign['key'] ?? '';
  const restricted = await of('restricted', { scopes: ['ingest', 'read', 'control'], pools: ['own-pool'] });
  intruders['another pool'] = restricted['key'] ?? '';
  await work();
  ids['key'] = (await of(secret.keyName, { scopes: ['read'] }))['id'] ?? '';
  const budget = { kpi: 'task_completion_rate', scope: `pool:${secret.pool}`, objective: 0.99, period: '30d' };
  await made('PUT', `/v1/budgets/${secret.budget}`, { ...budget, owner: secret.team });
  ids['note'] = (await made('POST', '/v1/knowledge/notes', { text: secret.note, by: secret.by }))['id'] ?? '';
  const silence = { matchers: { agent: secret.silence }, to: nowMs + 60 * MINUTE_MS, comment: secret.silence };
  ids['silence'] = (await made('POST', '/v1/silences', silence))['id'] ?? '';
  const figure = { statistic: 'mean', unit: 'ms', value: 5, year: 2025, source: secret.competitor };
  await made('PUT', `/v1/benchmarks/competitors/${secret.competitor}`, {
    figures: [{ ...figure, kpi: 'average_response_time' }],
  });
  await made('PUT', `/v1/pools/${secret.pool}`, { min: 1, max: 7 });
  await made('PUT', '/v1/policy', { killSwitch: false });
  const { alerts } = (await ask('GET', '/v1/alerts')).body;
  ids['alert'] = alerts.find(({ scope }: { scope: { pool?: string } }) => scope.pool === secret.pool)?.id ?? '';
  const { directives } = (await ask('GET', '/v1/directives')).body;
  const ofVictim = ({ blastRadius }: { blastRadius: { pool: string } }) => blastRadius.pool !== 'own-pool';
  ids['directive'] = directives.find(ofVictim)?.id ?? '';
});
afterAll(() => fleetpulse.stop());

/** Twelve minutes of a pool in which one agent dies, beside a pool of the restricted key. */
async function work(): Promise<void> {
  const agents = [secret.agent, secret.dead, 'zq-agent-3', 'zq-agent-4'];
  const described = agents.map((agent) => ({
    ...{ type: 'agent', agent, pool: secret.pool, team: secret.team, capacity: 2, version: secret.version },
  }));
  const ofPool = { pool: secret.pool, version: secret.version };
  await fleetpulse.send([
    ...described,
    { type: 'agent', agent: 'own-1', pool: 'own-pool' },
    { type: 'agent', agent: 'zq-lone', pool: 'zq-lone-pool', capacity: 1 },
  ]);
  for (let minute = 0; minute < 12; minute++) {
    const at = nowMs - 1_000;
    const working = minute < 6 ? agents : agents.filter((agent) => agent !== secret.dead);
    await fleetpulse.send([
      { type: 'heartbeat', agent: 'own-1', at, state: 'idle' },
      ...[...working, 'zq-lone'].map((agent) => ({ type: 'heartbeat', agent, at, state: 'busy', intervalMs: 15_000 })),
      ...working.map((agent, i) => ({
        ...{ type: 'task', agent, task: `${secret.task}-${minute}-${i}`, taskType: secret.taskType, endedAt: at },
        ...{ durationMs: 900, workflow: secret.workflow, tool: secret.tool, model: secret.model },
        ...(i === 0 && minute % 4 === 0
          ? { status: 'failed', error: { type: secret.error, message: secret.error } }
          : { status: 'completed' }),
      })),
      { type: 'metric', name: secret.metric, value: minute, at },
      ...(minute === 0 ? [{ ...{ type: 'change', kind: 'deploy', at, note: secret.note }, ...ofPool }] : []),
    ]);
    nowMs += MINUTE_MS;
    await fleetpulse.advanceTo(nowMs);
  }
  const ran = { workflow: secret.workflow, workflowType: secret.workflowType, status: 'completed' };
  await fleetpulse.send([{ type: 'workflow', ...ran, startedAt: nowMs - 5_000, endedAt: nowMs - 1_000 }]);
  nowMs += MINUTE_MS;
  await fleetpulse.advanceTo(nowMs);
}

/** A request that names what is the victim's. `isOwn` says that it makes or changes something under the intruder's own roof. */
interface Attempt {
  query?: string[];
  ids?: Record<string, () => string>;
  body?: () => unknown;
  isOwn?: true;
}

const known = (value: string) => () => value;
const given = (name: string) => () => ids[name] || 'none';
const pages = ['limit=1000', `cursor=${btoa('')}`, `cursor=${btoa('a')}`, `cursor=${btoa(secret.pool)}`].map(encodeURI);
const scopes = (before = '') =>
  [
    `agent:${secret.agent}`,
    `pool:${secret.pool}`,
    `taskType:${secret.taskType}`,
    `metric:${secret.metric}`,
    'fleet',
  ].map((scope) => `${before}scope=${scope}`);

/** One entry for each endpoint: a new one does not compile without. */
const attempts: Record<EndpointId, Attempt> = {
  sendEvents: { body: sent({ events: [{ type: 'heartbeat', agent: 'own-1', at: START_MS }] }), isOwn: true },
  sendTraces: { body: sent({ resourceSpans: [] }), isOwn: true },
  sendMetrics: { body: sent({ resourceMetrics: [] }), isOwn: true },
  sendLogs: { body: sent({ resourceLogs: [] }), isOwn: true },
  importHistory: { body: () => ({ metric: secret.metric, points: [{ at: START_MS - 9e7, value: 1 }] }), isOwn: true },
  planWhatIf: { body: sent({}), isOwn: true },
  readFleet: { query: ['window=1d', `at=${START_MS + 10 * MINUTE_MS}`] },
  listPools: { query: ['window=1d', ...pages] },
  changePool: { ids: { pool: known(secret.pool) }, body: sent({ min: 3, max: 4 }), isOwn: true },
  listAgents: { query: ['window=1d', `pool=${secret.pool}`, 'state=dead', ...pages] },
  readAgent: { ids: { agent: known(secret.agent) } },
  forgetAgent: { ids: { agent: known(secret.agent) } },
  listTasks: {
    query: [`agent=${secret.agent}`, `taskType=${secret.taskType}`, `workflow=${secret.workflow}`, ...pages],
  },
  listWorkflows: { query: [`workflow=${secret.workflow}`, `pool=${secret.pool}`, `agent=${secret.agent}`, ...pages] },
  readWorkflow: { ids: { workflow: known(secret.workflow) } },
  listBottlenecks: { query: ['window=15m'] },
  readBenchmark: { query: scopes() },
  listReviews: {},
  readReview: { ids: { week: known('2026-W09') } },
  readReviewMarkdown: { ids: { week: known('2026-W09') } },
  readReviewHtml: { ids: { week: known('2026-W09') } },
  readEfficiency: { query: [`pool=${secret.pool}`, `agent=${secret.agent}`, 'pool=own-pool', ...pages] },
  readCapacity: { query: [`pool=${secret.pool}`] },
  listMetrics: { query: [`name=${secret.metric}`, ...pages] },
  readSeries: { query: scopes('kpi=average_response_time&') },
  readForecast: { query: [...scopes(), `metric=${secret.metric}`] },
  readPlan: {},
  listRecommendations: { query: ['status=proposed'] },
  adoptRecommendation: { ids: { id: known('r-1') }, body: sent({}) },
  dismissRecommendation: { ids: { id: known('r-1') }, body: sent({}) },
  listAlerts: {
    query: ['state=pending', 'state=firing', `pool=${secret.pool}`, `from=${START_MS}&to=${START_MS + 3e6}`, ...pages],
  },
  acknowledgeAlert: { ids: { id: given('alert') }, body: sent({}) },
  giveAlertFeedback: { ids: { id: given('alert') }, body: sent({ opinion: 'noise' }) },
  sendTestAlert: { body: sent({}), isOwn: true },
  listSilences: { query: ['state=active', ...pages] },
  createSilence: { body: () => ({ matchers: { agent: 'x' }, to: nowMs + MINUTE_MS }), isOwn: true },
  endSilence: { ids: { id: given('silence') } },
  readKnowledge: { query: [`q=${secret.note}`, `pool=${secret.pool}`] },
  exportKnowledge: {},
  importKnowledge: { body: sent({ entries: [] }), isOwn: true },
  createNote: { body: sent({ text: 'mine' }), isOwn: true },
  deleteNote: { ids: { id: given('note') } },
  readLedger: { query: ['by=key', 'by=minute'] },
  listDirectives: { query: [`target=${secret.pool}`, `target=${secret.agent}`, 'status=active', 'wait=0', ...pages] },
  readDirective: { ids: { id: given('directive') } },
  acknowledgeDirective: { ids: { id: given('directive') }, body: sent({ applied: true }) },
  approveDirective: { ids: { id: given('directive') }, body: sent({}) },
  rejectDirective: { ids: { id: given('directive') }, body: sent({}) },
  rollBackDirective: { ids: { id: given('directive') }, body: sent({}) },
  readPolicy: {},
  changePolicy: { body: sent({ killSwitch: true }), isOwn: true },
  listBudgets: { query: pages },
  readBudget: { ids: { name: known(secret.budget) } },
  setBudget: {
    ids: { name: known(secret.budget) },
    body: sent({ kpi: 'task_completion_rate', scope: `pool:${secret.pool}`, objective: 0.5, period: '1d' }),
    isOwn: true,
  },
  deleteBudget: { ids: { name: known(secret.budget) } },
  readBenchmarkSettings: {},
  declareDomain: { body: sent({ domain: null }), isOwn: true },
  listBenchmarkEntries: { query: ['origin=own', ...pages] },
  setBenchmarkEntry: { ids: { name: known(secret.entry) }, body: sent({}) },
  deleteBenchmarkEntry: { ids: { name: known(secret.entry) } },
  listCompetitors: {},
  setCompetitor: { ids: { name: known(secret.competitor) }, body: sent({ figures: [] }), isOwn: true },
  deleteCompetitor: { ids: { name: known(secret.competitor) } },
  createKey: { body: sent({ name: 'x', scopes: ['admin'], system: 'default' }) },
  listKeys: { query: ['system=default'] },
  rotateKey: { ids: { id: given('key') }, query: ['system=default'], body: sent({}) },
  revokeKey: { ids: { id: given('key') }, query: ['system=default'] },
  readAudit: { query: ['system=default', ...pages] },
  scrapeMetrics: {},
  readHealth: {},
  readOpenApi: {},
};

function sent(body: unknown): () => unknown {
  return () => body;
}

const cases = (Object.keys(intruders) as (keyof typeof intruders)[]).flatMap((intruder) =>
  // What the intruder makes under names of the victim comes last: then it is there to be found.
  (Object.keys(endpoints) as EndpointId[])
    .toSorted((a, b) => Number(attempts[a].isOwn ?? false) - Number(attempts[b].isOwn ?? false))
    .map((id) => ({ intruder, id })),
);

/** What the victim has, without what moves by itself. */
async function belongings(): Promise<unknown> {
  const paths = [
    '/v1/budgets',
    '/v1/knowledge',
    '/v1/silences',
    '/v1/policy',
    '/v1/pools',
    '/v1/benchmarks/competitors',
  ];
  const lists = await Promise.all(
    [...paths, '/v1/agents', '/v1/alerts', '/v1/directives'].map((path) => ask('GET', path)),
  );
  const { keys } = (await ask('GET', '/v1/keys')).body;
  const states = keys.map(({ id, state }: { id: string; state: string }) => [id, state]);
  return [states, ...lists.map(({ status, body }) => [status, body])];
}

describe('whoever is of elsewhere learns nothing of a system, by no endpoint, and changes nothing in it', () => {
  let before: unknown;
  beforeAll(async () => {
    before = await belongings();
  });

  test('they have an alert and a directive for it to be tried on', () => {
    expect(ids).toMatchObject({ alert: expect.stringMatching(/./), directive: expect.stringMatching(/./) });
  });

  test.each(cases)('$intruder: $id', async ({ intruder, id }) => {
    const endpoint: Endpoint = endpoints[id];
    const { query = [], ids: named = {}, body, isOwn } = attempts[id];
    const path = endpoint.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => named[name]?.() ?? '?');
    expect(path).not.toContain('?');
    for (const parameters of query.length === 0 ? [''] : ['', ...query]) {
      const target = parameters === '' ? path : `${path}?${parameters}`;
      const { status, headers, body: answer } = await ask(endpoint.method, target, body?.(), intruders[intruder]);
      expect([target, status]).toEqual([target, expect.toSatisfy((code: number) => code < 500)]);
      // What the intruder has said itself comes back in problems, and is nothing learnt.
      const said = `${decodeURIComponent(target)} ${JSON.stringify(body?.() ?? '')} ${atobs(parameters)}`;
      const told = `${JSON.stringify([...headers])} ${typeof answer === 'string' ? answer : JSON.stringify(answer)}`;
      const learnt = [...told.matchAll(MARK)].map(([name]) => name).filter((name) => !said.includes(name));
      expect([target, learnt]).toEqual([target, []]);
      const names = Object.keys(named).length > 0 && !isOwn && endpoint.scope !== null;
      if (names) expect([target, status]).toEqual([target, expect.toSatisfy((code: number) => code >= 400)]);
    }
  });

  test('what is the victim’s is as it was', async () => {
    expect(await belongings()).toEqual(before);
  });
});

/** A cursor says a name in base64. */
function atobs(parameters: string): string {
  const cursor = /cursor=(.*)$/.exec(decodeURIComponent(parameters))?.[1];
  return cursor === undefined ? '' : atob(cursor);
}
