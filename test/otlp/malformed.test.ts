import {
  JsonMetricsSerializer,
  JsonTraceSerializer,
  ProtobufMetricsSerializer,
  ProtobufTraceSerializer,
} from '@opentelemetry/otlp-transformer';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { countLogRecords } from '../../lib/otlp/decode-logs.ts';
import { decodeMetrics } from '../../lib/otlp/decode-metrics.ts';
import { decodeTraces } from '../../lib/otlp/decode-traces.ts';
import type { OtlpEncoding } from '../../lib/otlp/otlp-encoding.ts';
import { OtlpError } from '../../lib/otlp/otlp-error.ts';
import { bytesField, fixed32Field, fixed64Field, tag, varint, varintField } from '../fixtures/protobuf-fields.ts';
import { recordedMetrics } from '../fixtures/recorded-metrics.ts';
import { recordedSpans } from '../fixtures/recorded-spans.ts';

const decoders = [decodeTraces, decodeMetrics, countLogRecords];
const spans = recordedSpans();
const metrics = await recordedMetrics('delta');
const requests = [
  {
    name: 'traces in protobuf',
    decode: decodeTraces,
    encoding: 'protobuf',
    body: Buffer.from(ProtobufTraceSerializer.serializeRequest(spans)!),
  },
  {
    name: 'traces in json',
    decode: decodeTraces,
    encoding: 'json',
    body: Buffer.from(JsonTraceSerializer.serializeRequest(spans)!),
  },
  {
    name: 'metrics in protobuf',
    decode: decodeMetrics,
    encoding: 'protobuf',
    body: Buffer.from(ProtobufMetricsSerializer.serializeRequest(metrics)!),
  },
  {
    name: 'metrics in json',
    decode: decodeMetrics,
    encoding: 'json',
    body: Buffer.from(JsonMetricsSerializer.serializeRequest(metrics)!),
  },
] as const;

/** 'value' or 'refused'; anything but an OtlpError comes through. */
function outcome(decode: (typeof decoders)[number], body: Buffer, encoding: OtlpEncoding): 'value' | 'refused' {
  try {
    decode(body, encoding);
    return 'value';
  } catch (error) {
    if (!(error instanceof OtlpError)) throw error;
    return 'refused';
  }
}

describe('whatever comes is decoded or refused as an OtlpError', () => {
  test('any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        for (const decode of decoders) {
          outcome(decode, Buffer.from(bytes), 'protobuf');
          outcome(decode, Buffer.from(bytes), 'json');
        }
      }),
      { numRuns: 2_000 },
    );
  });

  test('any messages with fields of the numbers that OTLP uses', () => {
    const { message } = fc.letrec<{ message: Buffer; field: Buffer }>((tie) => ({
      message: fc
        .array(tie('field'), { maxLength: 5, depthIdentifier: 'message' })
        .map((fields) => Buffer.concat(fields)),
      field: fc.oneof(
        { maxDepth: 8, depthIdentifier: 'message' },
        fc
          .tuple(fc.integer({ min: 0, max: 16 }), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }))
          .map(([n, v]) => varintField(n, v)),
        fc
          .tuple(fc.integer({ min: 0, max: 16 }), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }))
          .map(([n, v]) => fixed64Field(n, v)),
        fc.tuple(fc.integer({ min: 0, max: 16 }), fc.uint8Array({ maxLength: 20 })).map(([n, v]) => bytesField(n, v)),
        {
          weight: 4,
          arbitrary: fc.tuple(fc.constantFrom(1, 2, 5, 6), tie('message')).map(([n, v]) => bytesField(n, v)),
        },
      ),
    }));
    const seen = { value: 0, refused: 0 };
    fc.assert(
      fc.property(message, (body) => {
        for (const decode of decoders) seen[outcome(decode, body, 'protobuf')] += 1;
      }),
      { numRuns: 2_000 },
    );
    expect(Math.min(seen.value, seen.refused)).toBeGreaterThan(100);
  });

  test('any JSON with the names that OTLP uses', () => {
    const names = [
      ...[
        'resourceSpans',
        'scopeSpans',
        'spans',
        'resourceMetrics',
        'scopeMetrics',
        'metrics',
        'resourceLogs',
        'scopeLogs',
      ],
      ...['logRecords', 'resource', 'scope', 'attributes', 'key', 'value', 'stringValue', 'intValue', 'arrayValue'],
      ...[
        'kvlistValue',
        'values',
        'events',
        'links',
        'status',
        'code',
        'kind',
        'traceId',
        'startTimeUnixNano',
        'gauge',
      ],
      ...['sum', 'histogram', 'exponentialHistogram', 'summary', 'dataPoints', 'asInt', 'asDouble', 'bucketCounts'],
      ...['explicitBounds', 'positive', 'offset', 'scale', '__proto__', 'constructor'],
    ];
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 12, withCrossShrink: true },
        fc.constantFrom(null, true, 0, -1, 1.5, 1e300, '', '12', 'NaN', 'SPAN_KIND_CLIENT'),
        { weight: 3, arbitrary: fc.array(tie('value'), { maxLength: 3 }) },
        { weight: 6, arbitrary: fc.dictionary(fc.constantFrom(...names), tie('value'), { maxKeys: 8 }) },
      ),
    }));
    const top = fc.dictionary(fc.constantFrom('resourceSpans', 'resourceMetrics', 'resourceLogs'), value, {
      minKeys: 1,
    });
    const seen = { value: 0, refused: 0 };
    fc.assert(
      fc.property(fc.oneof(value, top), (json) => {
        const body = Buffer.from(JSON.stringify(json));
        for (const decode of decoders) seen[outcome(decode, body, 'json')] += 1;
      }),
      { numRuns: 2_000 },
    );
    expect(Math.min(seen.value, seen.refused)).toBeGreaterThan(100);
  });

  test.each(requests)('$name, cut off anywhere: always refused', ({ decode, encoding, body }) => {
    const taken: number[] = [];
    for (let length = 1; length < body.length; length += 1) {
      if (outcome(decode, body.subarray(0, length), encoding) === 'value') taken.push(length);
    }
    expect(taken).toEqual([]);
  });

  test.each(requests)('$name, with any bits flipped', ({ decode, encoding, body }) => {
    const bit = fc.integer({ min: 0, max: body.length * 8 - 1 });
    fc.assert(
      fc.property(fc.array(bit, { minLength: 1, maxLength: 4 }), (bits) => {
        const damaged = Buffer.from(body);
        for (const each of bits) damaged[each >> 3]! ^= 1 << (each & 7);
        outcome(decode, damaged, encoding);
      }),
      { numRuns: 3_000 },
    );
  });

  test.each(requests)('$name, read as the wrong signal or the wrong encoding', ({ body }) => {
    for (const decode of decoders) {
      outcome(decode, body, 'protobuf');
      outcome(decode, body, 'json');
    }
  });
});

describe('protobuf that is refused', () => {
  test.each([
    { name: 'a length beyond the body', body: [0x0a, 0x7f], message: 'byte 2: a length of 127 bytes, 0 left' },
    {
      name: 'a length of 2^63',
      body: [0x0a, ...varint(2n ** 63n)],
      message: 'a length of 9223372036854776000 bytes, 0 left',
    },
    {
      name: 'a length beyond its message, though within the body',
      body: [0x0a, 0x02, 0x0a, 0x03, 0x00, 0x00, 0x00],
      message: 'byte 4: a length of 3 bytes, 0 left',
    },
    { name: 'a number of eleven bytes', body: [0x08, ...Array(11).fill(0x80)], message: 'more than ten bytes' },
    { name: 'a number that is cut off', body: [0x08, 0x80], message: 'byte 1: a number that is cut off' },
    { name: 'a time that is cut off', body: [0x09, 1, 2, 3], message: 'byte 1: 8 bytes wanted, 3 left' },
    {
      name: 'a number beyond its message, though within the body',
      body: [0x0a, 0x02, 0x08, 0x80, 0x01],
      message: 'byte 3: a number that is cut off',
    },
    {
      name: 'a time beyond its message, though within the body',
      body: [0x0a, 0x03, 0x09, 0x00, 0x00, ...Array(8).fill(0x08)],
      message: 'byte 3: 8 bytes wanted, 2 left',
    },
    { name: 'the start of a group', body: [...tag(4, 3)], message: 'wire type 3' },
    { name: 'the end of a group', body: [...tag(4, 4)], message: 'wire type 4' },
    { name: 'wire type 6', body: [...tag(4, 6)], message: 'wire type 6' },
    { name: 'field 0', body: [0x00, 0x00], message: 'field number 0' },
    { name: 'a field number above 2^29', body: [...varint(2n ** 32n), 0x00], message: 'a field number above 2^29' },
  ])('$name', ({ body, message }) => {
    for (const decode of decoders) {
      expect(() => decode(Buffer.from(body), 'protobuf')).toThrow(OtlpError);
      expect(() => decode(Buffer.from(body), 'protobuf')).toThrow(message);
    }
  });
});

describe('requests that would take far more memory than bytes', () => {
  const twoBytes = (field: number, count: number) => Buffer.alloc(2 * count, bytesField(field));

  test('more than 250,000 items are refused', () => {
    const inScope = (count: number) => bytesField(1, bytesField(2, twoBytes(2, count)));
    // Resource and scope count too.
    expect(decodeTraces(inScope(249_998), 'protobuf')[0]!.scopes[0]!.spans).toHaveLength(249_998);
    expect(() => decodeTraces(inScope(249_999), 'protobuf')).toThrow('more than 250000 spans, points and the like');
    expect(() => decodeMetrics(inScope(249_999), 'protobuf')).toThrow(OtlpError);
    const spans = (count: number) => `{"resourceSpans":[{"scopeSpans":[{"spans":[${'{},'.repeat(count - 1)}{}]}]}]}`;
    expect(decodeTraces(Buffer.from(spans(249_998)), 'json')[0]!.scopes[0]!.spans).toHaveLength(249_998);
    expect(() => decodeTraces(Buffer.from(spans(249_999)), 'json')).toThrow('more than 250000 spans');
  });

  test('more than 1,500,000 JSON objects and arrays are refused before they are parsed', () => {
    const unknown = (count: number) => Buffer.from(`{"unknown":[${'{},'.repeat(count - 3)}[]]}`);
    expect(decodeTraces(unknown(1_500_000), 'json')).toEqual([]);
    expect(() => decodeTraces(unknown(1_500_001), 'json')).toThrow('body: more than 1500000 objects and arrays');
  });

  test('more than 16,384 exponential buckets are refused', () => {
    const request = (count: number) => {
      const point = bytesField(1, bytesField(8, bytesField(2, Buffer.alloc(count))));
      return bytesField(1, bytesField(2, bytesField(2, bytesField(10, point))));
    };
    expect(decodeMetrics(request(16_384), 'protobuf')).toHaveLength(1);
    expect(() => decodeMetrics(request(16_385), 'protobuf')).toThrow('more than 16384 buckets');
    const json = (count: number) => {
      const positive = { bucketCounts: Array(count).fill(0) };
      const metric = { exponentialHistogram: { dataPoints: [{ positive }] } };
      return Buffer.from(JSON.stringify({ resourceMetrics: [{ scopeMetrics: [{ metrics: [metric] }] }] }));
    };
    expect(decodeMetrics(json(16_384), 'json')).toHaveLength(1);
    expect(() => decodeMetrics(json(16_385), 'json')).toThrow('positive.bucketCounts: more than 16384 buckets');
  });
});

describe('unknown fields', () => {
  /** Which fields hold messages, as a tree over the field numbers. */
  interface Shape {
    [field: number]: Shape;
  }
  const values: Shape = { 5: { 1: {} }, 6: { 1: { 2: {} } } };
  const attributes: Shape = { 2: { ...values, 5: { 1: values }, 6: { 1: { 2: values } } } };
  const metricData: Shape = {
    5: { 1: { 7: attributes } },
    7: { 1: { 7: attributes } },
    9: { 1: { 9: attributes } },
    10: { 1: { 1: attributes, 8: {}, 9: {} } },
  };
  const shapes = new Map<unknown, Shape>([
    [
      decodeTraces,
      {
        1: {
          1: { 1: attributes },
          2: { 1: {}, 2: { 9: attributes, 11: { 3: attributes }, 13: { 4: attributes }, 15: {} } },
        },
      },
    ],
    [decodeMetrics, { 1: { 1: { 1: attributes }, 2: { 1: {}, 2: metricData } } }],
  ]);

  const unknown = fc
    .tuple(fc.constantFrom(1_000, 17, 536_870_911), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), fc.uint8Array())
    .chain(([field, number, bytes]) =>
      fc.constantFrom(
        varintField(field, number),
        fixed64Field(field, number),
        bytesField(field, bytes),
        fixed32Field(field, Number(number & 0xffffffffn)),
      ),
    );

  test.each(requests.filter(({ encoding }) => encoding === 'protobuf'))(
    'anywhere in $name change nothing',
    (request) => {
      const { decode, body } = request;
      const expected = decode(body, 'protobuf');
      fc.assert(
        fc.property(fc.array(fc.option(unknown), { minLength: 1, maxLength: 30 }), (inserted) => {
          let fields = 0;
          const next = () => inserted[fields++ % inserted.length] ?? Buffer.alloc(0);
          const padded = withUnknown(body, shapes.get(decode)!, next);
          expect(decode(padded, 'protobuf')).toStrictEqual(expected);
        }),
      );
    },
  );

  test.each(requests.filter(({ encoding }) => encoding === 'json'))('anywhere in $name change nothing', (request) => {
    const { decode, body } = request;
    const expected = decode(body, 'json');
    const add = (_: string, value: unknown) =>
      typeof value === 'object' && value && !Array.isArray(value)
        ? { zip: 1, startEpochUnixNano: null, Name: { key: [] }, ...value, trace_id: ['x'] }
        : value;
    // As a reviver, which does not see what it added itself.
    const padded = JSON.stringify(JSON.parse(body.toString(), add));
    expect(padded.length).toBeGreaterThan(body.length);
    expect(decode(Buffer.from(padded), 'json')).toStrictEqual(expected);
  });

  /** The message with what `next` gives before every field and at the end, in the messages within it too. */
  function withUnknown(message: Buffer, shape: Shape, next: () => Buffer): Buffer {
    const parts: Buffer[] = [];
    let at = 0;
    const readVarint = (): bigint => {
      let value = 0n;
      for (let shift = 0n; ; shift += 7n) {
        const byte = message[at++]!;
        value |= BigInt(byte & 0x7f) << shift;
        if (byte < 0x80) return value;
      }
    };
    while (at < message.length) {
      parts.push(next());
      const start = at;
      const read = Number(readVarint());
      const field = read >> 3;
      if ((read & 7) === 0) readVarint();
      else if ((read & 7) === 1) at += 8;
      else if ((read & 7) === 5) at += 4;
      else {
        const length = Number(readVarint());
        const inner = shape[field];
        at += length;
        if (inner) {
          parts.push(bytesField(field, withUnknown(message.subarray(at - length, at), inner, next)));
          continue;
        }
      }
      parts.push(message.subarray(start, at));
    }
    return Buffer.concat([...parts, next()]);
  }

  test('are what known ones under another wire type count as', () => {
    const span = Buffer.concat([varintField(5, 7n), fixed32Field(9, 1), bytesField(7, 'abc'), bytesField(5, 'chat')]);
    const [decoded] = decodeTraces(bytesField(1, bytesField(2, bytesField(2, span))), 'protobuf')[0]!.scopes[0]!.spans;
    expect(decoded).toMatchObject({ name: 'chat', startUs: 0, attributes: {} });
  });
});
