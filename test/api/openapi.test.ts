import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { eventFields, readEvent } from '../../lib/api/event-schema.ts';
import { openApiDocument } from '../../lib/api/openapi.ts';
import { endpoints } from '../../lib/api/registry.ts';
import { VERSION } from '../../lib/api/version.ts';
import { answersIn, OpenApiSchemas, pointer } from '../fixtures/openapi-schemas.ts';

const document = JSON.parse(JSON.stringify(openApiDocument(endpoints)));
const schemas = new OpenApiSchemas(document);

describe('the OpenAPI document', () => {
  test.each(Object.entries(endpoints))('has %s as it is declared', (id, { method, path, scope, parameters }) => {
    const operation = document.paths[path][method.toLowerCase()];
    expect(operation.operationId).toBe(id);
    expect(operation.security).toEqual(scope === null ? [] : [{ apiKey: [] }, { bearer: [] }]);
    const named = (operation.parameters ?? []).filter((it: { in: string }) => it.in === 'query');
    expect(named.map((it: { name: string }) => it.name)).toEqual(Object.keys(parameters));
  });

  test('describes every id in a path', () => {
    for (const { method, path } of Object.values(endpoints)) {
      const operation = document.paths[path][method.toLowerCase()];
      const described = (operation.parameters ?? []).filter((it: { in: string }) => it.in === 'path');
      const inBraces = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      expect(described.map((it: { name: string }) => it.name)).toEqual(inBraces);
    }
  });

  test.each(answersIn(document))(
    'has a schema that can be checked for $method $path $status',
    ({ method, path, status }) => {
      expect(schemas.violations(method, path, status, 'no object')).not.toEqual([]);
      expect(schemas.violations(method, path, 500, {})).not.toEqual([]);
    },
  );

  test('has the version of the package', () => {
    const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
    expect(document.info.version).toBe(version);
    expect(VERSION).toBe(version);
  });
});

describe('what it says of events is what is checked', () => {
  const AT = '2026-03-02T10:00:10.500Z';
  const place = `paths/${pointer('/v1/events')}/post/requestBody/content/${pointer('application/json')}/schema`;
  const least: Record<keyof typeof eventFields, Record<string, unknown>> = {
    task: { agent: 'a', task: 't', status: 'completed', endedAt: AT },
    sample: { agent: 'a', at: AT },
    heartbeat: { agent: 'a', at: AT },
    agent: { agent: 'a', pool: 'p' },
    workflow: {
      workflow: 'w',
      status: 'completed',
      startedAt: '2000-01-01T00:00:00Z',
      endedAt: AT,
    },
    metric: { name: 'cart_abandonment', value: 0.25, at: '2026-11-22T00:00:00Z' },
    change: { at: AT, kind: 'deploy' },
  };
  const values = [
    ...['', 'x', 'not an id!', 'x'.repeat(129), 'x'.repeat(300), AT, '2026-03-02', 'failed', 'busy', 'config', 'low'],
    ...[-1, 0, 0.5, 1, 1.5, 4, 999, 60_000, 1e9 + 1, 1e12, 1_772_445_610_500, 1e17, true, false],
    ...[{}, [], { chat: 0.5 }, { chat: 2 }, { 'not an id!': 1 }, { deep: {} }, { flag: true }, { type: 'Auth' }],
    ...[{ type: 'Auth', message: 'no' }, { message: 'no type' }, { input: 3 }, { input: -1 }, { output: 1.5 }],
    ...[[{ kind: 'tool', name: 'search', durationMs: 2 }], [{ kind: 'tool', name: 'search' }], [{ kind: 'x' }]],
  ];
  const isAccepted = (event: unknown): boolean => {
    try {
      readEvent(event);
      return true;
    } catch {
      return false;
    }
  };
  const isDescribed = (event: unknown): boolean => schemas.violationsAt(place, { events: [event] }).length === 0;

  const cases = Object.entries(least).flatMap(([type, event]) => {
    const { required, optional } = eventFields[type as keyof typeof eventFields];
    return Object.keys({ ...required, ...optional }).map((field) => ({ type, field, event }));
  });
  test.each(cases)('$type.$field', ({ type, field, event }) => {
    const { [field]: _left, ...without } = event;
    // An end that is long past: a start or queueing time after it is wrong for a reason beyond its field.
    const late = field === 'startedAt' || field === 'queuedAt' ? { endedAt: '2199-01-01T00:00:00Z' } : {};
    const candidates = [{ type, ...without }, ...values.map((value) => ({ type, ...event, ...late, [field]: value }))];
    const accepted = candidates.filter(isAccepted);
    expect(accepted).not.toHaveLength(0);
    expect(candidates.filter(isDescribed)).toEqual(accepted);
  });

  test('a rejected task may name a pool instead of an agent, another may not', () => {
    const { agent: _agent, ...task }: Record<string, unknown> = { ...least.task, type: 'task', pool: 'p' };
    for (const status of ['rejected', 'failed']) {
      expect({ status, described: isDescribed({ ...task, status }) }).toEqual({
        status,
        described: status === 'rejected',
      });
      expect(isAccepted({ ...task, status })).toBe(status === 'rejected');
    }
  });
});
