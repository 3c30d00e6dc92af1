import { describe, expect, test } from 'vitest';
import { InvalidField } from '../../lib/api/field.ts';
import { Problem } from '../../lib/api/problem.ts';
import { queryEndpoints } from '../../lib/api/registry.ts';
import type { Scope } from '../../lib/core/model/api-key.ts';
import type { Principal } from '../../lib/core/model/principal.ts';
import { callTool, isFor } from '../../lib/mcp/fleetpulse-server.ts';
import { pageLinks } from '../../lib/mcp/page-links.ts';
import { tools } from '../../lib/mcp/registry.ts';
import { argumentsSchema, readArguments } from '../../lib/mcp/tool.ts';
import { textOf } from '../docs/what-there-is.ts';

const named = (name: string) => tools.find((tool) => tool.name === name)!;
const call = {
  ...{ ask: () => Promise.reject(new Error('nothing is asked')), nowMs: 0, links: pageLinks(null) },
  problemOf: (error: unknown) => new Problem(500, `told to nobody but the log: ${error}`),
};

describe.each(tools.map((tool) => [tool.name, tool] as const))('%s', (name, tool) => {
  test('has a name that every client takes, and says when to use it and what it takes', () => {
    expect(name).toMatch(/^[a-z]+(_[a-z]+)*$/);
    expect(name.length).toBeLessThanOrEqual(40);
    expect(tool.about).toMatch(/\.$/);
    const { properties, required = [] } = argumentsSchema(tool) as {
      properties: Record<string, { description?: string }>;
      required?: string[];
    };
    for (const { description } of Object.values(properties)) expect(description).toMatch(/./);
    expect(required.toSorted()).toEqual(Object.keys(tool.needs).toSorted());
    expect(tool.answer['type']).toBe('object');
  });

  test('reads where all of its endpoints do, and says so', () => {
    const operations = [...tool.asks, ...(tool.mayAsk ?? [])];
    const isReading = operations.every((operation) => queryEndpoints[operation].scope === 'read');
    expect(isReading).toBe(tool.effect === 'reads');
  });

  test('is in the table of docs/mcp.md with the endpoints that it asks', () => {
    const row = (textOf('docs/mcp.md') ?? '').split('\n').find((line) => line.startsWith(`| \`${name}\` |`));
    for (const operation of [...tool.asks, ...(tool.mayAsk ?? [])]) {
      const { method, path } = queryEndpoints[operation];
      expect(row).toContain(`\`${method} ${path}\``);
    }
  });
});

test('the table of docs/mcp.md has no other tool', () => {
  const listed = [...(textOf('docs/mcp.md') ?? '').matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name);
  expect(listed).toEqual(tools.map(({ name }) => name));
});

describe('arguments', () => {
  test('are numbers or their text, and null is as good as nothing', () => {
    const listAgents = named('list_agents');
    expect(readArguments(listAgents, { limit: 5, pool: null, state: 'dead' })).toEqual({ limit: '5', state: 'dead' });
    expect(readArguments(listAgents, { limit: '5' })).toEqual({ limit: '5' });
    expect(readArguments(named('silence_alerts'), { minutes: '30', comment: 'x' })).toEqual({
      ...{ minutes: '30', comment: 'x' },
    });
    expect(readArguments(named('list_alerts'), { from: 1_772_445_600_000 })).toEqual({ from: '1772445600000' });
  });

  test.each([
    ['list_agents', { limit: 26 }, InvalidField, 'limit must be a whole number from 1 to 25; got 26'],
    ['list_agents', { state: ['dead'] }, InvalidField, 'state must be one of stopped, paused, dead'],
    ['list_agents', { cursor: '*' }, InvalidField, 'cursor must be the "next" of a previous answer'],
    ['list_agents', { __proto__: null, toString: 'x' }, Problem, 'list_agents has no argument toString'],
    ['query_kpi', {}, Problem, 'query_kpi needs the argument kpi: which KPI'],
    ['query_kpi', { kpi: 'speed' }, InvalidField, 'kpi must be one of task_completion_rate'],
    ['silence_alerts', { minutes: 0, comment: 'x' }, InvalidField, 'minutes must be a whole number from 1 to 43200'],
  ])('of %s that are %j are refused by what they may be', (name, given, kind, says) => {
    const refused = () => readArguments(named(name), given);
    expect(refused).toThrow(kind);
    expect(refused).toThrow(says);
  });
});

describe('who sees a tool', () => {
  const caller = (scopes: Scope[], pools?: string[]): Principal => ({
    ...{ kind: 'key', id: 'k', name: 'k', system: 's', scopes },
    ...(pools && { pools }),
  });

  test.each([
    { scopes: ['read'] as Scope[], sees: true, writes: false },
    { scopes: ['read', 'control'] as Scope[], sees: true, writes: true },
    { scopes: ['admin'] as Scope[], sees: true, writes: true },
    { scopes: ['ingest'] as Scope[], sees: false, writes: false },
  ])('with $scopes', ({ scopes, sees, writes }) => {
    expect(isFor(caller(scopes), named('get_fleet_health'))).toBe(sees);
    expect(isFor(caller(scopes), named('acknowledge_alert'))).toBe(writes);
  });

  test('with pools: what is answered by pools', () => {
    const visible = tools.filter((tool) => isFor(caller(['read'], ['p']), tool)).map(({ name }) => name);
    expect(visible).toEqual([
      ...['why', 'list_alerts', 'list_agents', 'get_agent', 'query_kpi', 'compare_windows', 'get_capacity', 'get_cost'],
      ...['get_forecast', 'list_directives', 'list_effects', 'dry_run_directive'],
    ]);
  });
});

describe('a call', () => {
  test('names the tool instead of the endpoint that helps', async () => {
    const ask = () => Promise.reject(new Problem(404, 'agent x is not known: GET /v1/agents lists all'));
    const { content, isError } = await callTool(
      tools,
      { name: 'get_agent', arguments: { agent: 'x' } },
      { ...call, ask },
    );
    expect({ content, isError }).toEqual({
      content: [{ type: 'text', text: 'agent x is not known: list_agents lists all' }],
      isError: true,
    });
  });

  test('tells nothing that would change its lines', async () => {
    const pool = { level: 'accept', queueDepth: null, drainMs: null, why: ['a\u001b[2Jb\nc'] };
    const ask = async () => ({ pools: [{ pool: 'p', ...pool }] }) as never;
    const { content } = await callTool(tools, { name: 'get_capacity' }, { ...call, ask });
    expect(content).toEqual([{ type: 'text', text: 'pool p: accept: a [2Jb c' }]);
  });

  test('that fails by no fault of the caller is told as that, and logged', async () => {
    const { content, isError } = await callTool(tools, { name: 'get_plan' }, call);
    expect({ content, isError }).toEqual({
      content: [{ type: 'text', text: 'told to nobody but the log: Error: nothing is asked' }],
      isError: true,
    });
  });
});
