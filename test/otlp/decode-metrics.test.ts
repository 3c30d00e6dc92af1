import type { HrTime } from '@opentelemetry/api';
import { JsonMetricsSerializer, ProtobufMetricsSerializer } from '@opentelemetry/otlp-transformer';
import {
  type DataPoint,
  DataPointType,
  type ExponentialHistogram,
  type Histogram,
  type MetricData,
} from '@opentelemetry/sdk-metrics';
import { describe, expect, test } from 'vitest';
import { decodeMetrics } from '../../lib/otlp/decode-metrics.ts';
import type { OtlpMetric } from '../../lib/otlp/otlp-data.ts';
import { bytesField, doubleField, fixed64Field, varintField } from '../fixtures/protobuf-fields.ts';
import { recordedMetrics } from '../fixtures/recorded-metrics.ts';

describe.each(['delta', 'cumulative'] as const)('%s metrics', async (temporality) => {
  const recorded = await recordedMetrics(temporality);
  const bodies = {
    protobuf: Buffer.from(ProtobufMetricsSerializer.serializeRequest(recorded)!),
    json: Buffer.from(JsonMetricsSerializer.serializeRequest(recorded)!),
  };

  test.each(['protobuf', 'json'] as const)('in %s are what the SDK recorded', (encoding) => {
    const expected = [
      {
        resource: { 'service.name': 'travel' },
        scopes: [{ name: 'app', version: '2.0', metrics: recorded.scopeMetrics[0]!.metrics.map(asOtlp) }],
      },
    ];
    expect(decodeMetrics(bodies[encoding], encoding)).toEqual(expected);
  });

  test('are the same in both encodings', () => {
    expect(decodeMetrics(bodies.json, 'json')).toStrictEqual(decodeMetrics(bodies.protobuf, 'protobuf'));
  });

  test('of the recording are of every kind', () => {
    const kinds = recorded.scopeMetrics[0]!.metrics.map((metric) => asOtlp(metric).data.kind);
    expect(kinds.toSorted()).toEqual(['exponential', 'gauge', 'gauge', 'histogram', 'sum', 'sum', 'sum']);
  });

  test('have figures as counted by hand', () => {
    const [{ scopes }] = decodeMetrics(bodies.protobuf, 'protobuf') as [ReturnType<typeof decodeMetrics>[number]];
    const data = Object.fromEntries(scopes[0]!.metrics.map((metric) => [metric.name, metric.data]));
    const wire = temporality === 'delta' ? 1 : 2;
    expect(data['app.requests']).toMatchObject({
      kind: 'sum',
      monotonic: true,
      temporality: wire,
      points: [
        { value: 3, attributes: { route: '/a', ok: true } },
        { value: 4, attributes: { route: '/b', ok: false } },
      ],
    });
    expect(data['app.active']).toMatchObject({ kind: 'sum', monotonic: false, points: [{ value: -7 }] });
    expect(data['app.cost']).toMatchObject({ points: [{ value: 0.125 }] });
    expect(data['app.temperature']).toMatchObject({ kind: 'gauge', points: [{ value: -3.75 }] });
    expect(data['app.latency']).toMatchObject({
      kind: 'histogram',
      temporality: wire,
      // (-∞, 0.1] holds 0.05 and 0.1; then 0.5, 5 and 50 one each.
      points: [{ count: 5, min: 0.05, max: 50, bounds: [0.1, 1, 10], bucketCounts: [2, 1, 1, 1] }],
    });
    expect(data['app.spread']).toMatchObject({ kind: 'exponential', points: [{ count: 6, zeroCount: 1, min: 0 }] });
  });
});

describe('metrics that the SDK does not write', () => {
  const inRequest = (...metric: Buffer[]) => bytesField(1, bytesField(2, bytesField(2, ...metric)));
  const only = (body: Buffer | string): OtlpMetric => {
    const decoded =
      typeof body === 'string' ? decodeMetrics(Buffer.from(body), 'json') : decodeMetrics(body, 'protobuf');
    return decoded[0]!.scopes[0]!.metrics[0]!;
  };
  const json = (metric: unknown) => JSON.stringify({ resourceMetrics: [{ scopeMetrics: [{ metrics: [metric] }] }] });

  test('summaries are counted', () => {
    const summary = bytesField(11, bytesField(1, fixed64Field(4, 9n)), bytesField(1));
    expect(only(inRequest(summary)).data).toEqual({ kind: 'summary', points: 2 });
    expect(only(json({ summary: { dataPoints: [{}, {}] } })).data).toEqual({ kind: 'summary', points: 2 });
  });

  test('a metric without data has none', () => {
    expect(only(inRequest(bytesField(1, 'idle')))).toEqual({ name: 'idle', unit: '', data: { kind: 'none' } });
    expect(only(json({ name: 'idle' }))).toEqual({ name: 'idle', unit: '', data: { kind: 'none' } });
  });

  test('points without a value have NaN, and say so in their flags', () => {
    const point = { attributes: {}, startUs: 0, timeUs: 0, flags: 1, value: Number.NaN };
    expect(only(inRequest(bytesField(5, bytesField(1, varintField(8, 1n))))).data).toEqual({
      kind: 'gauge',
      points: [point],
    });
    expect(only(json({ gauge: { dataPoints: [{ flags: 1 }] } })).data).toEqual({ kind: 'gauge', points: [point] });
  });

  test.each([0n, 1n, -1n, 2n ** 53n, -(2n ** 63n), 2n ** 63n - 1n])(
    'the integer %d is the nearest number',
    (integer) => {
      const expected = { points: [{ value: Number(integer) }] };
      expect(only(inRequest(bytesField(5, bytesField(1, fixed64Field(6, integer))))).data).toMatchObject(expected);
      expect(only(json({ gauge: { dataPoints: [{ asInt: String(integer) }] } })).data).toMatchObject(expected);
    },
  );

  test('counts and offsets may use all their bits', () => {
    const most = 2n ** 64n - 1n;
    const point = { count: Number(most), scale: -(2 ** 31), positive: { offset: 2 ** 31 - 1, counts: [Number(most)] } };
    const positive = bytesField(8, varintField(1, 2n ** 32n - 2n), varintField(2, most));
    const exponential = bytesField(10, bytesField(1, fixed64Field(4, most), varintField(6, 2n ** 32n - 1n), positive));
    expect(only(inRequest(exponential)).data).toMatchObject({ points: [point] });
    const buckets = { offset: 2 ** 31 - 1, bucketCounts: [String(most)] };
    const inJson = { count: String(most), scale: -(2 ** 31), positive: buckets };
    expect(only(json({ exponentialHistogram: { dataPoints: [inJson] } })).data).toMatchObject({ points: [point] });
  });

  test('histograms may say in their flags that nothing was recorded', () => {
    const expected = { points: [{ flags: 1, count: 0 }] };
    for (const [field, name] of [[9, 'histogram'] as const, [10, 'exponentialHistogram'] as const]) {
      expect(only(inRequest(bytesField(field, bytesField(1, varintField(10, 1n))))).data).toMatchObject(expected);
      expect(only(json({ [name]: { dataPoints: [{ flags: 1 }] } })).data).toMatchObject(expected);
    }
  });

  test('histograms without sum, least and greatest have NaN there', () => {
    const expected = { count: 3, sum: Number.NaN, min: Number.NaN, max: Number.NaN };
    const histogram = only(inRequest(bytesField(9, bytesField(1, fixed64Field(4, 3n))))).data;
    expect(histogram).toMatchObject({ kind: 'histogram', points: [expected] });
    const exponential = only(json({ exponentialHistogram: { dataPoints: [{ count: '3' }] } })).data;
    expect(exponential).toMatchObject({ kind: 'exponential', points: [expected] });
  });

  test('lists that are not packed read like packed ones', () => {
    const packed = bytesField(
      1,
      bytesField(6, fixed64Field(1, 1n).subarray(1), fixed64Field(1, 2n).subarray(1)),
      bytesField(7, doubleField(1, 0.5).subarray(1)),
    );
    const single = bytesField(1, fixed64Field(6, 1n), doubleField(7, 0.5), fixed64Field(6, 2n));
    const expected = { kind: 'histogram', points: [{ bucketCounts: [1, 2], bounds: [0.5] }] };
    expect(only(inRequest(bytesField(9, packed))).data).toMatchObject(expected);
    expect(only(inRequest(bytesField(9, single))).data).toMatchObject(expected);

    const buckets = (counts: Buffer[]) =>
      only(inRequest(bytesField(10, bytesField(1, bytesField(8, varintField(1, 3n), ...counts))))).data;
    const positive = { offset: -2, counts: [300, 1] };
    const exponential = { kind: 'exponential', points: [{ positive }] };
    expect(buckets([bytesField(2, Buffer.from([0xac, 0x02, 0x01]))])).toMatchObject(exponential);
    expect(buckets([varintField(2, 300n), varintField(2, 1n)])).toMatchObject(exponential);
  });

  test('temporality may come by its name in JSON', () => {
    const sum = { aggregationTemporality: 'AGGREGATION_TEMPORALITY_DELTA', isMonotonic: true };
    expect(only(json({ sum })).data).toEqual({ kind: 'sum', temporality: 1, monotonic: true, points: [] });
  });
});

function asOtlp({ descriptor, ...metric }: MetricData): OtlpMetric {
  // The SDK has 0 for delta and 1 for cumulative.
  const temporality = metric.aggregationTemporality + 1;
  const data = (): OtlpMetric['data'] => {
    switch (metric.dataPointType) {
      case DataPointType.GAUGE:
        return { kind: 'gauge', points: metric.dataPoints.map((point) => ({ ...common(point), value: point.value })) };
      case DataPointType.SUM: {
        const points = metric.dataPoints.map((point) => ({ ...common(point), value: point.value }));
        return { kind: 'sum', temporality, monotonic: metric.isMonotonic, points };
      }
      case DataPointType.HISTOGRAM: {
        const points = metric.dataPoints.map((point) => ({
          ...common(point),
          ...extent(point.value),
          bucketCounts: point.value.buckets.counts,
          bounds: point.value.buckets.boundaries,
        }));
        return { kind: 'histogram', temporality, points };
      }
      case DataPointType.EXPONENTIAL_HISTOGRAM: {
        const points = metric.dataPoints.map((point) => ({
          ...common(point),
          ...extent(point.value),
          scale: point.value.scale,
          zeroCount: point.value.zeroCount,
          positive: { offset: point.value.positive.offset, counts: point.value.positive.bucketCounts },
          negative: { offset: point.value.negative.offset, counts: point.value.negative.bucketCounts },
        }));
        return { kind: 'exponential', temporality, points };
      }
    }
  };
  return { name: descriptor.name, unit: descriptor.unit, data: data() };
}

function common({ attributes, startTime, endTime }: DataPoint<unknown>) {
  const known = attributes as Record<string, string | boolean>;
  return { attributes: known, startUs: micros(startTime), timeUs: micros(endTime), flags: 0 };
}

function extent({ count, sum, min, max }: Histogram | ExponentialHistogram) {
  return { count, sum: sum!, min: min!, max: max! };
}

function micros([seconds, nanos]: HrTime): number {
  return Number((BigInt(seconds) * 1_000_000_000n + BigInt(nanos)) / 1_000n);
}
