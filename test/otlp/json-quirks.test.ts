import { expect, test } from 'vitest';
import { decodeMetrics } from '../../lib/otlp/decode-metrics.ts';
import { decodeTraces } from '../../lib/otlp/decode-traces.ts';
import type { OtlpSpan } from '../../lib/otlp/otlp-data.ts';
import { OtlpError } from '../../lib/otlp/otlp-error.ts';

function spanOf(span: unknown): OtlpSpan {
  const request = { resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] };
  return decodeTraces(Buffer.from(JSON.stringify(request)), 'json')[0]!.scopes[0]!.spans[0]!;
}

test('ids come in lower case, whatever the case they were sent in', () => {
  const span = spanOf({ traceId: 'ABCDEF0123456789abcdef0123456789', spanId: '00F067AA0BA902B7' });
  expect(span.traceId).toBe('abcdef0123456789abcdef0123456789');
  expect(span.spanId).toBe('00f067aa0ba902b7');
});

test.each([
  ['of another length', 'abc'],
  ['in base64', 'q83vASNFZ4mrze8BI0VniQ=='],
  ['not hexadecimal', 'xyzdef0123456789abcdef0123456789'],
  ['all zeros', '00000000000000000000000000000000'],
])('an id %s is none', (_, traceId) => {
  expect(spanOf({ traceId }).traceId).toBe('');
});

test('enums may come by name', () => {
  const span = spanOf({ kind: 'SPAN_KIND_CLIENT', status: { code: 'STATUS_CODE_ERROR' } });
  expect(span.kind).toBe(3);
  expect(span.statusCode).toBe(2);
  expect(() => spanOf({ kind: 'SPAN_KIND_ROBOT' })).toThrow(
    'resourceSpans[0].scopeSpans[0].spans[0].kind: "SPAN_KIND_ROBOT" instead of one of SPAN_KIND_UNSPECIFIED',
  );
});

test('an absent field, null and the default are the same', () => {
  const absent = spanOf({});
  const names = ['traceId', 'name', 'kind', 'startTimeUnixNano', 'attributes', 'events', 'links', 'status'];
  expect(spanOf(Object.fromEntries(names.map((name) => [name, null])))).toStrictEqual(absent);
  expect(spanOf({ name: '', kind: 0, startTimeUnixNano: '0', attributes: [], status: {} })).toStrictEqual(absent);
});

test.each(['{}', '{"resourceSpans":[]}', '{"resourceSpans":null}', ' {} '])('%s is a request without spans', (body) => {
  expect(decodeTraces(Buffer.from(body), 'json')).toEqual([]);
});

test.each([
  ['[]', 'body: an array instead of an object'],
  ['null', 'body: null instead of an object'],
  ['"spans"', 'body: "spans" instead of an object'],
  ['{"resourceSpans":', 'body: not JSON: '],
  ['{"resourceSpans":{}}', 'resourceSpans: an object instead of an array'],
  ['{"resourceSpans":[7]}', 'resourceSpans[0]: 7 instead of an object'],
  ['{"resourceSpans":[{},{"resource":{"attributes":[{"key":1}]}}]}', 'resourceSpans[1].resource.attributes[0].key: 1'],
  [
    '{"resourceSpans":[{"scopeSpans":[{},{"spans":[{"startTimeUnixNano":"1.5"}]}]}]}',
    'resourceSpans[0].scopeSpans[1].spans[0].startTimeUnixNano: "1.5" instead of an integer of type uint64',
  ],
  [
    '{"resourceSpans":[{"scopeSpans":[{"spans":[{"endTimeUnixNano":"18446744073709559999"}]}]}]}',
    'endTimeUnixNano: "18446744073709559999" instead of an integer',
  ],
  [
    '{"resourceSpans":[{"resource":{"attributes":[{"key":"a","value":{"arrayValue":{"values":[{},{"boolValue":1}]}}}]}}]}',
    'resource.attributes[0].value.arrayValue.values[1].boolValue: 1 instead of true or false',
  ],
])('%s is refused, saying where it is wrong', (body, message) => {
  const decode = () => decodeTraces(Buffer.from(body), 'json');
  expect(decode).toThrow(OtlpError);
  expect(decode).toThrow(message);
});

test.each([
  [{ gauge: { dataPoints: [{ asInt: 1.5 }] } }, 'gauge.dataPoints[0].asInt: 1.5 instead of an integer of type int64'],
  [{ gauge: { dataPoints: [{ asDouble: 'many' }] } }, 'gauge.dataPoints[0].asDouble: "many" instead of a number'],
  [{ histogram: { dataPoints: [{ bucketCounts: ['1', -1] }] } }, 'histogram.dataPoints[0].bucketCounts[1]: -1'],
  [{ exponentialHistogram: { dataPoints: [{ scale: 2 ** 31 }] } }, 'dataPoints[0].scale: 2147483648'],
  [
    { exponentialHistogram: { dataPoints: [{ positive: { offset: '-2147483649' } }] } },
    'dataPoints[0].positive.offset',
  ],
])('the metric %j is refused, saying where it is wrong', (metric, message) => {
  const body = JSON.stringify({ resourceMetrics: [{ scopeMetrics: [{ metrics: [metric] }] }] });
  expect(() => decodeMetrics(Buffer.from(body), 'json')).toThrow(message);
});
