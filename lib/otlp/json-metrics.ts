import { attributesField } from './json-attributes.ts';
import {
  boolField,
  doubleField,
  doubleListField,
  enumField,
  integerField,
  integerListField,
  type JsonMessage,
  JsonReader,
  listField,
  messageField,
  microsecondsField,
  stringField,
  within,
} from './json-reader.ts';
import { resourceField, scopeField } from './json-resource.ts';
import { MAX_EXPONENTIAL_BUCKETS } from './limits.ts';
import type {
  ExponentialPoint,
  HistogramPoint,
  NumberPoint,
  OtlpMetric,
  OtlpPoint,
  OtlpScope,
  ResourceMetrics,
} from './otlp-data.ts';
import { OtlpError } from './otlp-error.ts';

const temporalities = [
  'AGGREGATION_TEMPORALITY_UNSPECIFIED',
  'AGGREGATION_TEMPORALITY_DELTA',
  'AGGREGATION_TEMPORALITY_CUMULATIVE',
];

/**
 * Reads an ExportMetricsServiceRequest.
 * @throws OtlpError
 */
export function metricsFromJson(body: Buffer): ResourceMetrics[] {
  const reader = new JsonReader();
  return reader.items(reader.request(body), 'resourceMetrics', readResourceMetrics);
}

function readResourceMetrics(reader: JsonReader, item: JsonMessage): ResourceMetrics {
  return { resource: resourceField(reader, item), scopes: reader.items(item, 'scopeMetrics', readScopeMetrics) };
}

function readScopeMetrics(reader: JsonReader, item: JsonMessage): OtlpScope & { metrics: OtlpMetric[] } {
  return { ...scopeField(item), metrics: reader.items(item, 'metrics', readMetric) };
}

function readMetric(reader: JsonReader, item: JsonMessage): OtlpMetric {
  return { name: stringField(item, 'name'), unit: stringField(item, 'unit'), data: readData(reader, item) };
}

function readData(reader: JsonReader, metric: JsonMessage): OtlpMetric['data'] {
  for (const field of ['gauge', 'sum', 'histogram', 'exponentialHistogram', 'summary'] as const) {
    const data = messageField(metric, field);
    if (!data) continue;
    try {
      return readDataOf(reader, field, data);
    } catch (error) {
      throw within(field, error);
    }
  }
  return { kind: 'none' };
}

function readDataOf(
  reader: JsonReader,
  field: 'gauge' | 'sum' | 'histogram' | 'exponentialHistogram' | 'summary',
  data: JsonMessage,
): OtlpMetric['data'] {
  const temporality = enumField(data, 'aggregationTemporality', temporalities);
  switch (field) {
    case 'gauge':
      return { kind: 'gauge', points: reader.items(data, 'dataPoints', readNumberPoint) };
    case 'sum': {
      const monotonic = boolField(data, 'isMonotonic');
      return { kind: 'sum', temporality, monotonic, points: reader.items(data, 'dataPoints', readNumberPoint) };
    }
    case 'histogram':
      return { kind: 'histogram', temporality, points: reader.items(data, 'dataPoints', readHistogramPoint) };
    case 'exponentialHistogram':
      return { kind: 'exponential', temporality, points: reader.items(data, 'dataPoints', readExponentialPoint) };
    case 'summary':
      return { kind: 'summary', points: listField(data, 'dataPoints').length };
  }
}

function readPoint(reader: JsonReader, item: JsonMessage): OtlpPoint {
  return {
    attributes: attributesField(reader, item, 'attributes'),
    startUs: microsecondsField(item, 'startTimeUnixNano'),
    timeUs: microsecondsField(item, 'timeUnixNano'),
    flags: integerField(item, 'flags', 'uint32'),
  };
}

function readNumberPoint(reader: JsonReader, item: JsonMessage): NumberPoint {
  const integer = item['asInt'] !== undefined && item['asInt'] !== null;
  const value = integer ? integerField(item, 'asInt', 'int64') : doubleField(item, 'asDouble');
  return { ...readPoint(reader, item), value };
}

function readHistogramPoint(reader: JsonReader, item: JsonMessage): HistogramPoint {
  return {
    ...readPoint(reader, item),
    count: integerField(item, 'count', 'uint64'),
    sum: doubleField(item, 'sum'),
    min: doubleField(item, 'min'),
    max: doubleField(item, 'max'),
    bucketCounts: integerListField(item, 'bucketCounts', 'uint64'),
    bounds: doubleListField(item, 'explicitBounds'),
  };
}

function readExponentialPoint(reader: JsonReader, item: JsonMessage): ExponentialPoint {
  return {
    ...readPoint(reader, item),
    count: integerField(item, 'count', 'uint64'),
    sum: doubleField(item, 'sum'),
    min: doubleField(item, 'min'),
    max: doubleField(item, 'max'),
    scale: integerField(item, 'scale', 'int32'),
    zeroCount: integerField(item, 'zeroCount', 'uint64'),
    positive: exponentialBucketsField(item, 'positive'),
    negative: exponentialBucketsField(item, 'negative'),
  };
}

function exponentialBucketsField(item: JsonMessage, field: string): ExponentialPoint['positive'] {
  const buckets = messageField(item, field) ?? {};
  try {
    if (listField(buckets, 'bucketCounts').length > MAX_EXPONENTIAL_BUCKETS) {
      throw new OtlpError(`more than ${MAX_EXPONENTIAL_BUCKETS} buckets`, 'bucketCounts');
    }
    return {
      offset: integerField(buckets, 'offset', 'int32'),
      counts: integerListField(buckets, 'bucketCounts', 'uint64'),
    };
  } catch (error) {
    throw within(field, error);
  }
}
