import type { HrTime } from '@opentelemetry/api';
import { JsonTraceSerializer, ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { describe, expect, test } from 'vitest';
import { decodeTraces } from '../../lib/otlp/decode-traces.ts';
import type { Attributes, OtlpSpan } from '../../lib/otlp/otlp-data.ts';
import { recordedSpans } from '../fixtures/recorded-spans.ts';

const spans = recordedSpans();
const bodies = {
  protobuf: Buffer.from(ProtobufTraceSerializer.serializeRequest(spans)!),
  json: Buffer.from(JsonTraceSerializer.serializeRequest(spans)!),
};

describe.each(['protobuf', 'json'] as const)('traces in %s', (encoding) => {
  test('are what the SDK recorded', () => {
    const expected = [
      {
        resource: spans[0]!.resource.attributes,
        scopes: [{ name: 'gen-ai', version: '1.4.0', spans: spans.map(asOtlp) }],
      },
    ];
    expect(decodeTraces(bodies[encoding], encoding)).toEqual(expected);
  });

  test('keep the microsecond', () => {
    const [call, tool, run] = decodeTraces(bodies[encoding], encoding)[0]!.scopes[0]!.spans;
    // 1,762,000,000.123456789 s and so on, cut after the sixth digit.
    expect(call!.startUs).toBe(1_762_000_000_123_456);
    expect(call!.endUs).toBe(1_762_000_000_999_999);
    expect(call!.events.map(({ timeUs }) => timeUs)).toEqual([1_762_000_000_200_000, 1_762_000_000_150_000]);
    expect(tool!.startUs).toBe(1_762_000_000_000_000);
    expect(tool!.endUs).toBe(1_762_000_000_000_000);
    expect(run!.startUs).toBe(1_762_000_000_000_001);
  });

  test('have attributes without a prototype', () => {
    const { resource, scopes } = decodeTraces(bodies[encoding], encoding)[0]!;
    const [call, tool] = scopes[0]!.spans;
    for (const attributes of [resource, call!.attributes, call!.events[0]!.attributes, tool!.links[0]!.attributes]) {
      expect(Object.getPrototypeOf(attributes)).toBeNull();
    }
  });

  test('are none in an empty body', () => {
    expect(decodeTraces(Buffer.alloc(0), encoding)).toEqual([]);
  });
});

test('both encodings of the same spans decode to the same', () => {
  expect(decodeTraces(bodies.json, 'json')).toStrictEqual(decodeTraces(bodies.protobuf, 'protobuf'));
});

function asOtlp(span: ReadableSpan): OtlpSpan {
  const { traceId, spanId } = span.spanContext();
  return {
    traceId,
    spanId,
    parentSpanId: span.parentSpanContext?.spanId ?? '',
    name: span.name,
    // The API counts from 0, INTERNAL; the protocol has 0 for unspecified.
    kind: span.kind + 1,
    startUs: micros(span.startTime),
    endUs: micros(span.endTime),
    attributes: span.attributes as OtlpSpan['attributes'],
    events: span.events.map(({ name, time, attributes }) => ({
      name,
      timeUs: micros(time),
      attributes: (attributes ?? {}) as OtlpSpan['attributes'],
    })),
    links: span.links.map(({ context, attributes }) => ({
      traceId: context.traceId,
      spanId: context.spanId,
      attributes: (attributes ?? {}) as OtlpSpan['attributes'],
    })),
    statusCode: span.status.code,
    statusMessage: span.status.message ?? '',
  };
}

function micros([seconds, nanos]: HrTime): number {
  return Number((BigInt(seconds) * 1_000_000_000n + BigInt(nanos)) / 1_000n);
}

describe('attributes that are not wanted', () => {
  const isWanted = (key: string) => key.startsWith('gen_ai.') || key === 'service.name';
  const wantedOf = (attributes: Attributes): Attributes =>
    Object.assign(Object.create(null), Object.fromEntries(Object.entries(attributes).filter(([key]) => isWanted(key))));

  test.each(['protobuf', 'json'] as const)(
    'are left out of what is decoded from %s, and nothing else is',
    (encoding) => {
      const serializer = encoding === 'json' ? JsonTraceSerializer : ProtobufTraceSerializer;
      const body = Buffer.from(serializer.serializeRequest(recordedSpans()) ?? []);
      const all = decodeTraces(body, encoding);
      for (const { resource, scopes } of all) {
        for (const key of Object.keys(resource)) if (!isWanted(key)) delete resource[key];
        for (const span of scopes.flatMap(({ spans }) => spans)) {
          span.attributes = wantedOf(span.attributes);
          for (const part of [...span.events, ...span.links]) part.attributes = wantedOf(part.attributes);
        }
      }
      expect(decodeTraces(body, encoding, isWanted)).toEqual(all);
    },
  );
});
