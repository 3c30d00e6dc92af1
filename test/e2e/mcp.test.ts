import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ADMIN_KEY, Fleetpulse } from '../fixtures/fleetpulse.ts';
import { ReportingFleet } from '../fixtures/reporting-fleet.ts';
import { connectionsTo, sendHttp } from '../fixtures/send-http.ts';

const START_MS = Date.parse('2026-03-02T10:00:00Z');
const MINUTE_MS = 60_000;
const isoAt = (minutes: number) => new Date(START_MS + minutes * MINUTE_MS).toISOString();

/** As clients choose: those of 2026-07-28, and those that begin with initialize. */
const eras = [
  { era: '2026-07-28', mode: { pin: '2026-07-28' } },
  { era: '2025-11-25', mode: 'legacy' },
] as const;

let fleetpulse: Fleetpulse;
let fleet: ReportingFleet;
let readKey: string;
let poolKey: string;
let controlKey: string;
const open: Client[] = [];

beforeAll(async () => {
  fleetpulse = await Fleetpulse.start(START_MS);
  fleet = new ReportingFleet(fleetpulse, START_MS, { conv: 'core', code: 'content' });
  // So that what is decided waits for a person.
  const policy = { modes: { breaker: 'approve', route: 'approve' } };
  expect((await send('PUT', '/v1/policy', policy)).status).toBe(200);
  await fleet.pass(4);
  await fleet.pass(3, { silent: ['code-3'] });
  readKey = await newKey({ name: 'reader', scopes: ['read'] });
  controlKey = await newKey({ name: 'controller', scopes: ['read', 'control'] });
  poolKey = await newKey({ name: 'of conv', scopes: ['read'], pools: ['conv'] });
});
afterAll(async () => {
  for (const client of open) await client.close();
  await fleetpulse.stop();
});

async function newKey(body: object): Promise<string> {
  const { status, body: made } = await send('POST', '/v1/keys', body);
  expect(status).toBe(201);
  return made.key;
}

function send(method: string, path: string, body: unknown) {
  return fleetpulse.request(method, path, {
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

async function connect(mode: (typeof eras)[number]['mode'] = 'legacy', key = ADMIN_KEY): Promise<Client> {
  const client = new Client({ name: 'tests', version: '1.0.0' }, { versionNegotiation: { mode } });
  const transport = new StreamableHTTPClientTransport(new URL(`${fleetpulse.cloud.url}/mcp`), {
    requestInit: { headers: { 'x-api-key': key } },
  });
  await client.connect(transport);
  // From here on the client checks every answer of a tool by the schema of the tool.
  await client.listTools();
  open.push(client);
  return client;
}

/** What a tool answered: its facts, and its text. */
interface ToolAnswer {
  // biome-ignore lint/suspicious/noExplicitAny: answers are what the tests look at, field by field
  facts: any;
  text: string;
  isError: boolean;
}

async function call(client: Client, name: string, args: object = {}): Promise<ToolAnswer> {
  const { structuredContent, content, isError = false } = await client.callTool({ name, arguments: { ...args } });
  const [first] = content as { type: string; text: string }[];
  return { facts: structuredContent, text: first?.text ?? '', isError };
}

describe.each(eras)('a client of $era', ({ mode }) => {
  let client: Client;
  beforeAll(async () => {
    client = await connect(mode);
  });

  test('is told the name of the server, how to use it, and its tools', async () => {
    expect(client.getServerVersion()).toMatchObject({ name: 'fleetpulse', title: 'Fleetpulse' });
    expect(client.getInstructions()).toContain('Begin with get_fleet_health');
    const { tools } = await client.listTools();
    const named = Object.fromEntries(tools.map((tool) => [tool.name, tool]));
    expect(named['get_fleet_health']).toMatchObject({
      title: 'Fleet health',
      annotations: { readOnlyHint: true, destructiveHint: false },
      inputSchema: { type: 'object', additionalProperties: false, properties: { window: { type: 'string' } } },
      outputSchema: { type: 'object', properties: { verdict: { type: 'string' } } },
    });
  });

  test('asks how the fleet is', async () => {
    const { facts, text } = await call(client, 'get_fleet_health', { window: '5m' });
    const { body } = await fleetpulse.get('/v1/fleet?window=5m');
    expect(facts).toMatchObject({
      verdict: body.verdict,
      window: { from: isoAt(2), to: isoAt(7) },
      attention: [
        { agent: 'code-3', severity: 'critical', link: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/\?alert=/) },
      ],
    });
    expect(facts.kpis.overall_throughput).toMatchObject({ value: body.kpis.overall_throughput.value, unit: '1/min' });
    expect(text.split('\n')).toEqual(
      expect.arrayContaining([body.verdict, expect.stringMatching(/^\[critical\] code-3: .*\(alert .*\)$/)]),
    );
  });

  test('lists agents page by page', async () => {
    const first = await call(client, 'list_agents', { limit: 5 });
    expect(first.facts.agents.map(({ agent }: { agent: string }) => agent)).toEqual([
      ...['code-1', 'code-2', 'code-3', 'code-4', 'conv-1'],
    ]);
    expect(first.text).toContain('code-3 (pool code) is dead');
    expect(first.text).toContain(`call again with cursor "${first.facts.next}"`);
    const second = await call(client, 'list_agents', { limit: 5, cursor: first.facts.next });
    expect(second.facts).toMatchObject({ agents: [{ agent: 'conv-2' }, { agent: 'conv-3' }, { agent: 'conv-4' }] });
    expect(second.facts.next).toBeNull();
  });

  test('lists the alerts of a pool', async () => {
    const { facts } = await call(client, 'list_alerts', { state: 'firing', pool: 'code' });
    expect(facts).toMatchObject({
      alerts: [{ severity: 'critical', scope: { agent: 'code-3' }, acknowledgedBy: null }],
    });
    expect((await call(client, 'list_alerts', { pool: 'conv' })).text).toBe('no alert fits');
  });
});

describe('tools that read', () => {
  let client: Client;
  beforeAll(async () => {
    client = await connect('legacy', readKey);
  });

  test('say why an agent is as it is, and why an alert fired', async () => {
    const ofAgent = await call(client, 'why', { agent: 'code-3' });
    expect(ofAgent.facts.alerts).toMatchObject([{ alert: { severity: 'critical', scope: { agent: 'code-3' } } }]);
    expect(ofAgent.text).toMatch(/^code-3 \(pool code\) is dead since .*\n\[critical, firing\] Agent code-3 is dead/);
    expect(ofAgent.text).toMatch(/\n {2}evidence: .*\n.* {2}runbook: docs\/runbooks\.md#agent-dead$/s);
    const { id } = ofAgent.facts.alerts[0].alert;
    const ofAlert = await call(client, 'why', { alert: id });
    expect(ofAlert.facts.alerts).toEqual(ofAgent.facts.alerts);
    const [known] = (await fleetpulse.get('/v1/alerts?pool=code')).body.alerts;
    expect(ofAlert.facts.alerts[0].evidence).toEqual(known.evidence);
    const [{ directive, summary }] = known.actions;
    expect(ofAlert.text).toContain(`\n  action: Proposed: ${summary} (directive ${directive})\n`);
    expect((await call(client, 'why', { agent: 'conv-1' })).text).toContain('no alert is about it or its pool');
  });

  test('give one agent with every KPI', async () => {
    const { facts, text } = await call(client, 'get_agent', { agent: 'conv-1', window: '5m' });
    const { body } = await fleetpulse.get('/v1/agents/conv-1?window=5m');
    expect(facts).toMatchObject({
      agent: 'conv-1',
      pool: 'conv',
      team: 'core',
      state: body.state,
      window: body.window,
    });
    expect(facts.kpis.average_response_time.value).toBe(body.kpis.average_response_time.value);
    expect(text).toMatch(/\naverage_response_time: \d+(\.\d+)? ms, p95 /);
  });

  test('give a KPI over time, in steps that fit', async () => {
    const { facts, text } = await call(client, 'query_kpi', {
      kpi: 'overall_throughput',
      from: isoAt(0),
      to: isoAt(7),
    });
    const { body } = await fleetpulse.get(`/v1/series?kpi=overall_throughput&from=${isoAt(0)}&to=${isoAt(7)}&step=1m`);
    expect(facts).toMatchObject({
      kpi: 'overall_throughput',
      scope: 'fleet',
      unit: '1/min',
      stepMinutes: 1,
      next: null,
    });
    expect(facts.points.map(({ value }: { value: number }) => value)).toEqual(
      body.points.map(({ value }: { value: number }) => value),
    );
    expect(text).toContain(`\n${isoAt(0)} 160 a minute (n 160)`);
    const long = await call(client, 'query_kpi', { kpi: 'error_ratio', from: isoAt(-60), to: isoAt(7), step: '1m' });
    expect(long.facts.points).toHaveLength(25);
    const rest = await call(client, 'query_kpi', {
      ...{ kpi: 'error_ratio', from: isoAt(-60), to: isoAt(7), step: '1m', cursor: long.facts.next },
    });
    expect(rest.facts.points[0].at).toBe(isoAt(-35));
  });

  test.each(['fleet', 'pool:code', 'agent:code-1'])('compare two windows of %s', async (scope) => {
    const { facts, text } = await call(client, 'compare_windows', { scope, window: '3m' });
    expect(facts).toMatchObject({
      ...{ scope, earlier: { from: isoAt(1), to: isoAt(4) }, later: { from: isoAt(4), to: isoAt(7) } },
    });
    const figures = Object.fromEntries(facts.kpis.map((it: { kpi: string }) => [it.kpi, it]));
    const [before, after] = { fleet: [160, 140], 'pool:code': [80, 60], 'agent:code-1': [20, 20] }[scope] as number[];
    expect(figures.overall_throughput).toMatchObject({ earlier: before, later: after, change: after! / before! - 1 });
    expect(text).toContain(`overall_throughput: ${before} a minute → ${after} a minute (`);
  });

  test('find tasks and tell one', async () => {
    const { facts } = await call(client, 'find_tasks', { agent: 'conv-2', window: '2m', limit: 3 });
    expect(facts.tasks).toHaveLength(3);
    expect(facts.next).not.toBeNull();
    const { task } = facts.tasks[0];
    const one = await call(client, 'get_task', { task });
    expect(one.facts).toMatchObject({
      attempts: [{ attempt: { task, agent: 'conv-2', status: 'completed' } }],
      ...{ children: [], leftOut: 0 },
    });
    expect((await call(client, 'get_task', { task: 'nobody-did-it' })).text).toContain('say at for an older one');
  });

  test('tell tasks with the calls that they made and the tasks that they caused', async () => {
    const endedAt = isoAt(6.5);
    await fleetpulse.send([
      {
        ...{ type: 'task', agent: 'conv-1', task: 'parent-1', status: 'failed', durationMs: 4_000, endedAt },
        ...{ workflow: 'run-1', error: { type: 'timeout', message: 'the tool took too long' }, costUsd: 0.02 },
        ...{ tokens: { input: 1_200, output: 80 }, parts: [{ kind: 'tool', name: 'search', durationMs: 3_500 }] },
      },
      {
        ...{ type: 'task', agent: 'conv-2', task: 'child-1', status: 'completed', durationMs: 900, endedAt },
        ...{ workflow: 'run-1', parent: 'parent-1' },
      },
    ]);
    const { facts, text } = await call(client, 'get_task', { task: 'parent-1' });
    expect(facts.children).toMatchObject([{ task: 'child-1', agent: 'conv-2' }]);
    expect(text.split('\n')).toEqual([
      expect.stringMatching(
        /^parent-1 \(.*\) failed at .* by conv-1: took 4000 ms, .*error timeout "the tool took too long"$/,
      ),
      '  tokens: input 1200, output 80',
      expect.stringMatching(/^ {2}tool search \w+ in 3500 ms$/),
      'caused:',
      expect.stringMatching(/^ {2}child-1 \(.*\) completed at /),
    ]);
  });

  test.each([
    ['list_bottlenecks', {}, /./],
    ['get_capacity', {}, /^pool code: accept/],
    ['get_capacity', { pool: 'conv' }, /^pool conv: accept/],
    ['get_cost', {}, /\npool code: tasks 0 USD/],
    [
      'get_cost',
      { by: 'agent', window: '5m', limit: 2 },
      /\nagent code-2: .*\nThere is more: call again with cursor "/,
    ],
    ['get_forecast', { scope: 'pool:code', horizon: '6h' }, /^tasks of pool:code by the hour/],
    ['get_plan', {}, /^there is no plan of this system yet: one is made 20 minutes after each hour/],
    ['list_recommendations', {}, /^nothing is recommended$/],
    ['list_effects', {}, /^no effect has been measured in that time$/],
  ])('%s with %j answers by its schema', async (tool, args, text) => {
    const answer = await call(client, tool, args);
    expect(answer).toMatchObject({ isError: false, facts: expect.anything() });
    expect(answer.text).toMatch(text);
  });

  test('list directives, and say what putting one in force would do', async () => {
    const { facts } = await call(client, 'list_directives', { status: 'proposed', target: 'code' });
    const breaker = facts.directives.find(({ kind }: { kind: string }) => kind === 'breaker');
    expect(breaker).toMatchObject({ summary: 'keep work from code-3', mode: 'approve', effect: { state: 'pending' } });
    const { id } = breaker;
    const dry = await call(client, 'dry_run_directive', { directive: id });
    expect(dry.facts).toMatchObject({
      ...{ directive: { id, status: 'proposed' }, params: { agent: 'code-3', state: 'open' }, obstacles: [] },
      touches: { pool: 'code', agents: ['code-3'] },
    });
    expect(dry.text).toContain('\nnothing is in the way');
    await send('PUT', '/v1/policy', { killSwitch: true });
    const off = await call(client, 'dry_run_directive', { directive: id });
    await send('PUT', '/v1/policy', { killSwitch: false });
    expect(off.facts.obstacles).toEqual(['the kill switch is on: its approval is refused']);
    await send('PUT', '/v1/policy', { modes: { breaker: 'observe' } });
    const observing = await call(client, 'dry_run_directive', { directive: id });
    const approval = await send('POST', `/v1/directives/${id}/approve`, {});
    await send('PUT', '/v1/policy', { modes: { breaker: 'approve' } });
    const why = 'breaker is set to observe, which ends what it has proposed';
    expect(observing.facts.obstacles).toEqual([`${why}: its approval is refused`]);
    expect(approval).toMatchObject({ status: 409, body: { detail: expect.stringContaining(why) } });
    const { directives } = (await fleetpulse.get('/v1/directives?status=proposed')).body;
    expect(directives.map((it: { id: string }) => it.id)).toContain(id);
  });
});

describe('tools that write', () => {
  const writing = ['acknowledge_alert', 'silence_alerts', 'end_silence'];

  test('are shown to keys with the scope control, with what they are like', async () => {
    const { tools } = await (await connect('legacy', controlKey)).listTools();
    const hints = Object.fromEntries(tools.map(({ name, annotations }) => [name, annotations]));
    const { acknowledge_alert: acknowledge, silence_alerts: silence, list_alerts: list } = hints;
    expect(acknowledge).toMatchObject({ readOnlyHint: false, destructiveHint: false });
    expect(silence).toMatchObject({ readOnlyHint: false, destructiveHint: true });
    expect(list).toMatchObject({ readOnlyHint: true, destructiveHint: false, idempotentHint: true });
  });

  test.each(eras)('are neither shown nor open to keys without it, in $era', async ({ mode }) => {
    const client = await connect(mode, readKey);
    const names = (await client.listTools()).tools.map(({ name }) => name);
    expect(names).toContain('list_alerts');
    expect(names.filter((name) => writing.includes(name))).toEqual([]);
    const [alert] = (await fleetpulse.get('/v1/alerts?pool=code')).body.alerts;
    for (const [name, args] of Object.entries({
      acknowledge_alert: { alert: alert.id },
      silence_alerts: { minutes: 5, comment: 'quiet', pool: 'code' },
      end_silence: { silence: 'any' },
    })) {
      const { isError, text } = await call(client, name, args);
      expect({ isError, text }).toEqual({
        isError: true,
        text: 'key "reader" has the scopes read; this needs control',
      });
    }
    expect((await fleetpulse.get('/v1/silences')).body.silences).toEqual([]);
    expect((await fleetpulse.get('/v1/alerts?pool=code')).body.alerts[0].acknowledged).toBeNull();
  });

  test('acknowledge an alert in the name of the key and of whom it speaks for', async () => {
    const client = await connect({ pin: '2026-07-28' }, controlKey);
    const [{ id }] = (await call(client, 'list_alerts', { pool: 'code' })).facts.alerts;
    const { facts } = await call(client, 'acknowledge_alert', { alert: id, by: 'ann', note: 'on it' });
    expect(facts).toMatchObject({ id, acknowledgedBy: 'ann (key controller)' });
    const [alert] = (await fleetpulse.get('/v1/alerts?pool=code')).body.alerts;
    expect(alert.acknowledged).toMatchObject({ by: 'ann (key controller)', note: 'on it' });
    expect(await call(client, 'acknowledge_alert', { alert: 'nothing' })).toMatchObject({
      ...{ isError: true, text: 'there is no alert nothing: list_alerts lists them' },
    });
  });

  test('silence alerts for a while, and take that back', async () => {
    const client = await connect('legacy', controlKey);
    const { facts, text } = await call(client, 'silence_alerts', {
      minutes: 30,
      comment: 'moving racks',
      pool: 'code',
    });
    expect(facts).toMatchObject({
      state: 'active',
      matchers: { pool: 'code' },
      by: 'controller',
      comment: 'moving racks',
    });
    expect(Date.parse(facts.to) - Date.parse(facts.from)).toBe(30 * MINUTE_MS);
    expect(text).toContain(`end_silence with ${facts.id} takes it back`);
    expect((await call(client, 'end_silence', { silence: facts.id })).facts).toMatchObject({ state: 'expired' });
    expect((await fleetpulse.get('/v1/silences')).body.silences).toMatchObject([{ id: facts.id, state: 'expired' }]);
    expect((await call(client, 'silence_alerts', { minutes: 5, comment: 'all of it' })).text).toContain(
      'matchers must name at least one of kind, severity',
    );
    const { body } = await fleetpulse.get('/v1/audit');
    expect(body.entries.map(({ action }: { action: string }) => action)).toEqual(
      expect.arrayContaining(['silence.create', 'silence.end']),
    );
  });
});

describe('a request is refused', () => {
  const connections = connectionsTo();
  afterAll(() => connections.destroy());
  const listing = { jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} };
  const statusOf = async (headers: Record<string, string>, body: unknown = listing) => {
    const sent = {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'x-api-key': ADMIN_KEY,
    };
    const { answer } = await sendHttp(
      fleetpulse.cloud.url,
      {
        ...{ method: 'POST', target: '/mcp', body: Buffer.from(JSON.stringify(body)) },
        headers: Object.entries({ ...sent, ...headers }),
      },
      connections,
    );
    return answer.status;
  };

  test('and passes with a page on this machine', async () => {
    expect(await statusOf({ origin: 'http://localhost:6274' })).toBe(200);
  });

  test.each([
    { name: 'from a page of another origin', status: 403, headers: { origin: 'https://evil.example' } },
    { name: 'for a name that was made to point here', status: 403, headers: { host: 'evil.example' } },
    { name: 'without a key', status: 401, headers: { 'x-api-key': '' } },
    { name: 'with an unknown key', status: 401, headers: { 'x-api-key': 'nobody-has-this-key-0123456789abcdef' } },
    { name: 'as a form, which any page may send', status: 415, headers: { 'content-type': 'text/plain' } },
    { name: 'with more than 64 KB', status: 413, headers: {}, body: { ...listing, more: 'x'.repeat(65_536) } },
    { name: 'when it is no JSON-RPC', status: 400, headers: {}, body: { tool: 'get_fleet_health' } },
  ])('$name', async ({ status, headers, body = listing }) => {
    expect(await statusOf(headers as Record<string, string>, body)).toBe(status);
  });

  test.each(['GET', 'DELETE'])('by %s, because there are no sessions', async (method) => {
    expect((await fleetpulse.request(method, '/mcp')).status).toBe(405);
  });

  test('when it would listen for as long as the function runs', async () => {
    const meta = {
      'io.modelcontextprotocol/protocolVersion': '2026-07-28',
      'io.modelcontextprotocol/clientInfo': { name: 'tests', version: '1.0.0' },
      'io.modelcontextprotocol/clientCapabilities': {},
    };
    const { body } = await fleetpulse.request('POST', '/mcp', {
      headers: {
        ...{ 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
        ...{ 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'subscriptions/listen' },
      },
      body: JSON.stringify({
        ...{ jsonrpc: '2.0', id: 7, method: 'subscriptions/listen' },
        params: { _meta: meta, notifications: { toolsListChanged: true } },
      }),
    });
    expect(body).toMatchObject({ id: 7, error: { code: -32_603, message: 'Subscription limit reached' } });
  });
});

describe('a key', () => {
  test('of some pools is shown the tools that it may use, and agents of these alone', async () => {
    const client = await connect('legacy', poolKey);
    const { tools } = await client.listTools();
    const names = tools.map(({ name }) => name);
    expect(names).toContain('list_agents');
    expect(names).not.toContain('get_fleet_health');
    const { facts } = await call(client, 'list_agents');
    expect(facts.agents).toHaveLength(4);
    expect(await call(client, 'get_fleet_health')).toMatchObject({
      isError: true,
      text: expect.stringContaining('"of conv" is restricted to conv: use a key without pools'),
    });
  });
});

describe('a wrong argument is told with how to put it right:', () => {
  test.each([
    ['list_agents', { state: 'sleepy' }, 'state must be one of'],
    ['list_agents', { limit: 100 }, 'limit must be a whole number from 1 to 25; got 100'],
    [
      'list_agents',
      { colour: 'red' },
      'list_agents has no argument colour: use pool, state, window, at, limit, cursor',
    ],
    ['get_fleet_health', { window: 'an hour' }, 'window must be a length such as 15m, 6h or 1d'],
    ['make_coffee', {}, 'there is no tool make_coffee: use one of get_fleet_health, why, list_alerts'],
  ])('%s with %j', async (tool, args, says) => {
    const answer = await call(await connect('legacy', readKey), tool, args);
    expect(answer.isError).toBe(true);
    expect(answer.text).toContain(says);
    expect(answer.facts).toBeUndefined();
  });
});

describe('at the hour that a plan is made', () => {
  let client: Client;
  beforeAll(async () => {
    await fleet.pass(14);
    const points = Array.from({ length: 72 }, (_, hour) => ({ at: isoAt(60 * (hour - 100)), value: 60 + (hour % 24) }));
    const history = { metric: 'workload.pool:conv', unit: '1/min', points };
    expect((await send('POST', '/v1/history', history)).body.stored).toBe(72);
    client = await connect({ pin: '2026-07-28' }, readKey);
  });

  test('the plan, and the forecast that it is made for, are told', async () => {
    const plan = await call(client, 'get_plan');
    const { body } = await fleetpulse.get('/v1/plan');
    expect(plan.facts).toMatchObject({
      ...{ madeAt: body.madeAt, agents: body.resource_allocation.agents, status: body.resource_allocation.status },
      link: expect.stringContaining('?tab=plan'),
    });
    expect(plan.text).toMatch(
      /^plan for the hour from 2026-03-02T10:20:00\.000Z, made at .*: \w+, .* an hour\npool code: \d+ agents\n/,
    );
    const forecast = await call(client, 'get_forecast', { scope: 'pool:conv', horizon: '7d', limit: 20 });
    expect(forecast.facts.points).toHaveLength(20);
    expect(forecast.facts.points[0].at).toBe('2026-03-02T10:00:00.000Z');
    expect(forecast.facts.link).toContain('?tab=plan&pool=conv');
    const next = await call(client, 'get_forecast', { scope: 'pool:conv', horizon: '7d', cursor: forecast.facts.next });
    expect(next.facts.points).toHaveLength(25);
    expect(next.facts.points[0].at).toBe('2026-03-03T06:00:00.000Z');
  });

  test('history by the day is told too', async () => {
    const { facts } = await call(client, 'query_kpi', {
      kpi: 'overall_throughput',
      from: isoAt(-20 * 1440),
      to: isoAt(60),
    });
    expect(facts).toMatchObject({ stepMinutes: 1440, next: null });
  });
});
