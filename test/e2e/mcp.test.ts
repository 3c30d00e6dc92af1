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
let readKey: string;
let poolKey: string;
const open: Client[] = [];

beforeAll(async () => {
  fleetpulse = await Fleetpulse.start(START_MS);
  const fleet = new ReportingFleet(fleetpulse, START_MS, { conv: 'core', code: 'content' });
  await fleet.pass(4);
  await fleet.pass(3, { silent: ['code-3'] });
  readKey = await newKey({ name: 'reader', scopes: ['read'] });
  poolKey = await newKey({ name: 'of conv', scopes: ['read'], pools: ['conv'] });
});
afterAll(async () => {
  for (const client of open) await client.close();
  await fleetpulse.stop();
});

async function newKey(body: object): Promise<string> {
  const { status, body: made } = await post('/v1/keys', body);
  expect(status).toBe(201);
  return made.key;
}

function post(path: string, body: unknown) {
  return fleetpulse.request('POST', path, {
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
    [403, 'of a page of another origin', { origin: 'https://evil.example' }],
    [403, 'for a name that was made to point here', { host: 'evil.example' }],
    [401, 'without a key', { 'x-api-key': '' }],
    [401, 'with an unknown key', { 'x-api-key': 'nobody-has-this-key-0123456789abcdef' }],
  ])('with %i %s', async (status, _name, headers) => {
    expect(await statusOf(headers)).toBe(status);
  });

  test.each(['GET', 'DELETE'])('with 405 by %s, because there are no sessions', async (method) => {
    expect((await fleetpulse.request(method, '/mcp')).status).toBe(405);
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
    ['make_coffee', {}, 'there is no tool make_coffee: use one of get_fleet_health, list_agents'],
  ])('%s with %j', async (tool, args, says) => {
    const answer = await call(await connect('legacy', readKey), tool, args);
    expect(answer.isError).toBe(true);
    expect(answer.text).toContain(says);
    expect(answer.facts).toBeUndefined();
  });
});
