import {
  JsonLogsSerializer,
  JsonMetricsSerializer,
  JsonTraceSerializer,
  ProtobufLogsSerializer,
  ProtobufMetricsSerializer,
  ProtobufTraceSerializer,
} from '@opentelemetry/otlp-transformer';
import { describe, expect, test } from 'vitest';
import { encodePartialSuccess, encodeStatus } from '../../lib/otlp/otlp-answer.ts';
import { bytesField, varintField } from '../fixtures/protobuf-fields.ts';

const signals = [
  {
    signal: 'traces',
    key: 'rejectedSpans',
    protobuf: ProtobufTraceSerializer.deserializeResponse,
    json: JsonTraceSerializer.deserializeResponse,
  },
  {
    signal: 'metrics',
    key: 'rejectedDataPoints',
    protobuf: ProtobufMetricsSerializer.deserializeResponse,
    json: JsonMetricsSerializer.deserializeResponse,
  },
  {
    signal: 'logs',
    key: 'rejectedLogRecords',
    protobuf: ProtobufLogsSerializer.deserializeResponse,
    json: JsonLogsSerializer.deserializeResponse,
  },
] as const;

describe.each(signals)('the answer to $signal', ({ signal, key, protobuf, json }) => {
  test('says nothing when all was taken', () => {
    expect(encodePartialSuccess(signal, 'protobuf', 0, '')).toHaveLength(0);
    expect(encodePartialSuccess(signal, 'json', 0, '').toString()).toBe('{}');
    expect(protobuf(encodePartialSuccess(signal, 'protobuf', 0, ''))).toEqual({});
    expect(json(encodePartialSuccess(signal, 'json', 0, ''))).toEqual({});
  });

  test.each([1, 127, 128, 300, 2 ** 31, 2 ** 40 + 5])('tells the exporters of %d rejected', (rejected) => {
    const message = `${rejected} are older than 24 h: schönen Gruß`;
    const read = protobuf(encodePartialSuccess(signal, 'protobuf', rejected, message));
    expect(read).toEqual({ partialSuccess: { [key]: rejected, errorMessage: message } });
    const readJson = json(encodePartialSuccess(signal, 'json', rejected, message));
    // 64-bit integers are strings in protobuf's JSON.
    expect(readJson).toEqual({ partialSuccess: { [key]: String(rejected), errorMessage: message } });
  });

  test('may warn without rejecting', () => {
    const read = protobuf(encodePartialSuccess(signal, 'protobuf', 0, 'clock is off'));
    expect(read).toMatchObject({ partialSuccess: { errorMessage: 'clock is off' } });
    const readJson = json(encodePartialSuccess(signal, 'json', 0, 'clock is off'));
    expect(readJson).toEqual({ partialSuccess: { [key]: '0', errorMessage: 'clock is off' } });
  });
});

describe('the status of an error', () => {
  const message = 'x'.repeat(300);

  test('is a google.rpc.Status', () => {
    expect(encodeStatus('protobuf', 3, message)).toEqual(Buffer.concat([varintField(1, 3n), bytesField(2, message)]));
    expect(encodeStatus('json', 3, message).toString()).toBe(`{"code":3,"message":"${message}"}`);
  });

  test('leaves out what is empty', () => {
    expect(encodeStatus('protobuf', 0, '')).toHaveLength(0);
  });
});
