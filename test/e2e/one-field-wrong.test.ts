import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Endpoint } from '../../lib/api/endpoint.ts';
import type { JsonSchema } from '../../lib/api/json-schema.ts';
import { recordSchema } from '../../lib/api/record-fields.ts';
import { endpoints } from '../../lib/api/registry.ts';
import { Fleetpulse } from '../fixtures/fleetpulse.ts';
import { arbitraryOf } from '../fixtures/hostile-json.ts';

const START_MS = Date.parse('2026-03-02T10:00:00Z');
const SEED = 7;

let fleetpulse: Fleetpulse;
beforeAll(async () => {
  fleetpulse = await Fleetpulse.start(START_MS);
});
afterAll(() => fleetpulse.stop());

const named: [id: string, endpoint: Endpoint][] = Object.entries(endpoints);

/** What no schema of that kind allows; undefined where a schema allows nearly anything. */
function wrongFor(schema: JsonSchema): unknown {
  if ('const' in schema || Array.isArray(schema['enum'])) return 'no such choice';
  const kinds = ((schema['anyOf'] ?? schema['oneOf']) as JsonSchema[] | undefined)?.map(({ type }) => type) ?? [
    schema['type'],
  ];
  // null often stands for nothing said.
  if (kinds.some((kind) => kind === undefined)) return undefined;
  if (!kinds.includes('object')) return { wrong: true };
  return kinds.includes('array') || kinds.includes('boolean') ? undefined : true;
}

interface Spoilt {
  field: string;
  body: Record<string, unknown>;
}

/** The same body with each of its fields wrong, one at a time. */
function oneWrong(body: Record<string, unknown>, schema: JsonSchema): Spoilt[] {
  return Object.entries((schema['properties'] ?? {}) as Record<string, JsonSchema>).flatMap(([field, of]) => {
    const wrong = wrongFor(of);
    return wrong === undefined ? [] : [{ field, body: { ...body, [field]: wrong } }];
  });
}

/** A body that the schema allows, with every field that it has. */
function wholeBody(schema: JsonSchema): Record<string, unknown> {
  const all = { ...schema, required: Object.keys((schema['properties'] ?? {}) as object) };
  const [body] = fc.sample(arbitraryOf(all, START_MS), { numRuns: 1, seed: SEED });
  return { ...(body as Record<string, unknown>) };
}

function pathOf({ path }: Endpoint): string {
  return path.replaceAll(/\{\w+\}/g, 'a-1');
}

async function send(endpoint: Endpoint, path: string, body?: unknown) {
  const answer = await fleetpulse.request(endpoint.method, path, {
    headers: { 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: answer.status, type: answer.headers.get('content-type'), text: JSON.stringify(answer.body) };
}

/** What stays of requests, and does not move by itself. */
async function stored(): Promise<unknown> {
  const paths = Object.values(endpoints)
    .filter(({ method, path }: Endpoint) => method === 'GET' && !path.includes('{') && path.startsWith('/v1/'))
    .map(({ path }) => path)
    // What these say changes with every request or minute, or needs a parameter.
    .filter((path) => !['/v1/ledger', '/v1/health', '/v1/series', '/v1/forecast', '/v1/capacity'].includes(path));
  const answers = await Promise.all(paths.map(async (path) => [path, (await fleetpulse.get(path)).body]));
  return JSON.parse(
    JSON.stringify(Object.fromEntries(answers), (name, value) => (name === 'lastUsedAt' ? null : value)),
  );
}

const ledger = async () => (await fleetpulse.get(`/v1/ledger?from=${START_MS - 60_000}`)).body;

describe('a request with one field that is wrong is refused with its name, and leaves nothing behind:', () => {
  let before: unknown;
  let tried = 0;
  beforeAll(async () => {
    before = await stored();
  });

  const withBody = named.filter(([, { body }]) => body !== undefined);
  test.each(withBody)('the body of %s', async (id, endpoint) => {
    const schema = recordSchema(endpoint.body!);
    for (const { field, body } of oneWrong(wholeBody(schema), schema)) {
      tried += 1;
      const { status, type, text } = await send(endpoint, pathOf(endpoint), body);
      expect([id, field, status, type]).toEqual([id, field, 422, 'application/problem+json']);
      expect([id, field, text]).toEqual([id, field, expect.stringContaining(field)]);
    }
  });

  const withQuery = named.filter(([, { parameters }]) => Object.keys(parameters).length > 0);
  test.each(withQuery)('the query of %s', async (id, endpoint) => {
    const free = ({ type, pattern, format, enum: choices }: JsonSchema) =>
      type === 'string' && pattern === undefined && format === undefined && choices === undefined;
    const checked = Object.entries(endpoint.parameters).filter(([, { schema }]) => !free(schema));
    for (const name of [...checked.map(([it]) => it), '__proto__', 'constructor', 'noSuch']) {
      tried += 1;
      const others = (endpoint.requiredParameters ?? []).filter((it) => it !== name);
      const given = others.map(
        (it) => `${it}=${(endpoint.parameters[it]?.schema['enum'] as string[] | undefined)?.[0]}&`,
      );
      const target = `${pathOf(endpoint)}?${given.join('')}${name}=${encodeURIComponent('{no such thing}')}`;
      const { status, type, text } = await send(endpoint, target, endpoint.body === undefined ? undefined : {});
      expect([id, name, status, type]).toEqual([id, name, 400, 'application/problem+json']);
      expect([id, name, text]).toEqual([id, name, expect.stringContaining(name)]);
    }
  });

  test('events, of every kind', async () => {
    const { content } = endpoints.sendEvents;
    const { properties } = content['application/json'] as {
      properties: { events: { items: { oneOf: JsonSchema[] } } };
    };
    let events = 0;
    for (const schema of properties.events.items.oneOf) {
      for (const { field, body } of oneWrong(wholeBody(schema), schema)) {
        if (field === 'type') continue;
        events += 1;
        const { status, text } = await send(endpoints.sendEvents, '/v1/events', { events: [body] });
        expect([schema['title'], field, status, text]).toEqual([
          ...[schema['title'], field, 422],
          // The event's own rules come after its fields: one of them is named, and it is that of the field that is wrong.
          expect.stringContaining(`events[0].${field}`),
        ]);
      }
    }
    expect(events).toBeGreaterThan(60);
    const { received, stored: kept, rejected, difference } = await ledger();
    const all = Object.values(rejected as Record<string, number>).reduce((sum, count) => sum + count, 0);
    expect({ received, kept, all, difference }).toEqual({ received: events, kept: 0, all: events, difference: 0 });
  });

  test('and nothing is there afterwards that was not there before, also when the next minutes are complete', async () => {
    expect(tried).toBeGreaterThan(150);
    expect(await stored()).toEqual(before);
    await fleetpulse.advanceTo(START_MS + 3 * 60_000);
    expect((await fleetpulse.get('/v1/agents')).body.agents).toEqual([]);
    expect((await fleetpulse.get('/v1/audit')).body.entries).toEqual(
      (before as Record<string, { entries: unknown }>)['/v1/audit']?.entries,
    );
    expect(await ledger()).toMatchObject({ stored: 0, pending: 0, difference: 0 });
  });
});
