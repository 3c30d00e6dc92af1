import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { dev } from '../infra/config/dev.ts';
import { environmentConfig } from '../infra/config/environment-config.ts';
import { type Answers, dispatcher } from '../lib/api/dispatch.ts';
import type { Endpoint, Endpoints } from '../lib/api/endpoint.ts';
import { jsonAnswer, Problem } from '../lib/api/problem.ts';
import { readBatch } from '../lib/api/read-batch.ts';
import { recordSchema } from '../lib/api/record-fields.ts';
import { endpoints } from '../lib/api/registry.ts';
import { readCsv } from '../lib/cli/import/read-csv.ts';
import { readPrometheus } from '../lib/cli/import/read-prometheus.ts';
import { redactEvent } from '../lib/core/model/redact-event.ts';
import { readSignal } from '../lib/otlp/otlp-signals.ts';
import { readScenario } from '../lib/sim/scenario/read-scenario.ts';
import { arbitraryOf } from './fixtures/hostile-json.ts';
import { tracesInJson } from './fixtures/otlp-request.ts';

const NOW_MS = Date.parse('2026-03-02T10:00:00Z');

/** What stands on the prototypes that everything has. */
function prototypes(): unknown[] {
  return [Object.prototype, Array.prototype, Function.prototype, String.prototype, Map.prototype].map((it) =>
    Object.entries(Object.getOwnPropertyDescriptors(it)).map(([name, { value }]) => [name, value]),
  );
}
const before = prototypes();

afterEach(() => {
  expect(prototypes()).toEqual(before);
  expect('polluted' in {}).toBe(false);
});

/** The JSON text of a value in which every object has what pollutes whoever merges it into another. */
function poisoned(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(poisoned).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const own = Object.entries(value).map(([name, inner]) => `${JSON.stringify(name)}:${poisoned(inner)}`);
  const poison = [
    '"__proto__":{"polluted":"yes","limit":7,"scope":"fleet","pools":["all"]}',
    '"constructor":{"prototype":{"polluted":"yes"}}',
    '"prototype":{"polluted":"yes"}',
  ];
  return `{${[...poison, ...own].join(',')}}`;
}

function bodyOf(endpoint: Endpoint): unknown {
  const schema = recordSchema(endpoint.body ?? { required: {}, optional: {} });
  return fc.sample(arbitraryOf(schema, NOW_MS), { numRuns: 1, seed: 11 })[0];
}

describe('keys of prototypes are keys like others, or refused, and change nothing that everything has:', () => {
  const answered: Record<string, unknown>[] = [];
  const anything = Object.fromEntries(
    Object.keys(endpoints).map((id) => [
      id,
      async (asked: Record<string, unknown>) => {
        answered.push(asked);
        return jsonAnswer(200, {});
      },
    ]),
  ) as unknown as Answers<Endpoints>;
  const dispatch = dispatcher(endpoints as Endpoints, anything);
  const holder = { kind: 'key', id: 'k', name: 'k', system: 'default', scopes: ['admin'] } as const;

  test.each(Object.entries(endpoints) as [string, Endpoint][])('body and query of %s', async (_, endpoint) => {
    const asked = {
      ...{ method: endpoint.method, path: endpoint.path.replaceAll(/\{\w+\}/g, '__proto__'), isBase64Encoded: false },
      ...{ headers: { 'content-type': 'application/json' }, nowMs: NOW_MS, parameters: {} },
      body: poisoned(bodyOf(endpoint)),
    };
    const isPlain = (value: unknown): boolean => {
      if (typeof value !== 'object' || value === null) return true;
      return !('polluted' in value) && Object.values(value).every(isPlain);
    };
    answered.length = 0;
    for (const parameters of [
      {},
      JSON.parse('{"__proto__":"1"}'),
      { constructor: '1' },
      { 'constructor.prototype': '1' },
    ]) {
      await dispatch({ ...asked, parameters }, async () => ({ ...holder, scopes: [...holder.scopes] })).catch(
        (error: unknown) => {
          if (!(error instanceof Problem)) throw error;
        },
      );
    }
    for (const { body, parameters, ids } of answered) {
      expect([body, parameters, ids].every(isPlain)).toBe(true);
      // What was not said is not there, whatever stands behind a prototype.
      expect((parameters as { scope?: unknown }).scope).toBeUndefined();
    }
  });

  test('events, and the parameters of agents', () => {
    const { content } = endpoints.sendEvents;
    const { properties } = content['application/json'] as unknown as {
      properties: { events: { items: { oneOf: object[] } } };
    };
    const events = properties.events.items.oneOf.map(
      (schema) => fc.sample(arbitraryOf({ ...schema }, NOW_MS), { numRuns: 1, seed: 3 })[0],
    );
    const read = readBatch(Buffer.from(poisoned({ events })), 'application/json', undefined);
    for (const { event } of read.events) expect('polluted' in redactEvent(event)).toBe(false);
    const params =
      '{"events":[{"type":"agent","agent":"a","pool":"p","params":{"__proto__":"kept","constructor":"too"}}]}';
    const [kept] = readBatch(Buffer.from(params), 'application/json', undefined).events;
    const { params: own } = redactEvent(kept!.event) as { params: Record<string, unknown> };
    expect(JSON.stringify(own)).toBe('{"__proto__":"kept","constructor":"too"}');
  });

  test('attributes of OTLP, of resource and span, in lists of lists', () => {
    const names = ['__proto__', 'constructor', 'prototype', 'constructor.prototype', '__proto__.polluted', 'toString'];
    const span = {
      ...{ traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: '00f067aa0ba902b7', name: 'invoke_agent a' },
      ...{ startMs: NOW_MS - 1_000, endMs: NOW_MS },
      attributes: Object.fromEntries([
        ...names.map((name) => [name, 'polluted']),
        ['gen_ai.operation.name', 'invoke_agent'],
      ]),
    };
    const request = poisoned(tracesInJson('__proto__', [span])).replaceAll(
      '"stringValue":"polluted"',
      '"kvlistValue":{"values":[{"key":"__proto__","value":{"kvlistValue":{"values":[{"key":"polluted","value":{"boolValue":true}}]}}}]}',
    );
    const { events } = readSignal.traces(Buffer.from(request), 'json');
    expect(events).toHaveLength(1);
    expect('polluted' in events[0]!).toBe(false);
  });

  test('columns and metrics of CSV files, and labels of Prometheus', () => {
    const names = ['__proto__', 'constructor', 'prototype', 'toString'];
    const csv = `time,${names.join(',')}\n2026-03-02T10:00:00Z,1,2,3,4\n`;
    const { series } = readCsv(csv, { metric: undefined, unit: undefined });
    expect(series.map(({ metric, points }) => [metric, points.length])).toEqual(names.map((name) => [name, 1]));
    const prometheus = (labels: string) =>
      readPrometheus(
        `{"status":"success","data":{"resultType":"matrix","result":[{"metric":${labels},"values":[[1772445600,"1"]]}]}}`,
        { metric: 'x', unit: undefined, kind: 'gauge' },
      );
    expect(prometheus('{"__name__":"x","__proto__":"y","constructor":"z"}').series).toHaveLength(1);
    expect(() => prometheus('{"__proto__":{"polluted":"yes"}}')).toThrow('data.result must be a list');
  });

  test('configurations and scenarios', () => {
    // Unknown keys are refused, and these are unknown.
    expect(environmentConfig.safeParse(JSON.parse(poisoned(dev))).success).toBe(false);
    const read = environmentConfig.safeParse(
      JSON.parse(`{"__proto__":{"retainData":true,"polluted":1},${JSON.stringify(dev).slice(1)}`),
    );
    if (read.success) expect(read.data.retainData).toBe(dev.retainData);
    for (const text of [poisoned({ name: 'x', pools: [{ name: 'a' }] }), poisoned({})]) {
      expect(() => readScenario(JSON.parse(text))).toThrow();
    }
  });
});
