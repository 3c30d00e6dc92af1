import { MAX_EXPONENTIAL_BUCKETS } from './limits.ts';
import type {
  ExponentialPoint,
  HistogramPoint,
  NumberPoint,
  OtlpMetric,
  OtlpScope,
  ResourceMetrics,
  Temporality,
} from './otlp-data.ts';
import { readAttribute } from './protobuf-attributes.ts';
import { ProtobufReader } from './protobuf-reader.ts';
import { readRequest, readResourceItems, readScope } from './protobuf-resource.ts';

/**
 * Reads an ExportMetricsServiceRequest.
 * @throws OtlpError
 * @see https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/metrics/v1/metrics.proto
 */
export function metricsFromProtobuf(body: Buffer): ResourceMetrics[] {
  return readRequest(new ProtobufReader(body), readResourceMetrics);
}

function readResourceMetrics(reader: ProtobufReader): ResourceMetrics {
  return readResourceItems(reader, readScopeMetrics);
}

function readScopeMetrics(reader: ProtobufReader): OtlpScope & { metrics: OtlpMetric[] } {
  reader.countItem();
  const outerEnd = reader.enter();
  const scope = { name: '', version: '', metrics: [] as OtlpMetric[] };
  while (reader.more()) {
    const tag = reader.tag();
    if (tag === 0x0a) readScope(reader, scope);
    else if (tag === 0x12) scope.metrics.push(readMetric(reader));
    else reader.skip(tag);
  }
  reader.leave(outerEnd);
  return scope;
}

function readMetric(reader: ProtobufReader): OtlpMetric {
  reader.countItem();
  const outerEnd = reader.enter();
  const metric: OtlpMetric = { name: '', unit: '', data: { kind: 'none' } };
  while (reader.more()) {
    const tag = reader.tag();
    switch (tag) {
      case 0x0a:
        metric.name = reader.string();
        break;
      case 0x1a:
        metric.unit = reader.string();
        break;
      case 0x2a: {
        const { points } = readPoints(reader, readNumberPoint);
        metric.data = { kind: 'gauge', points };
        break;
      }
      case 0x3a:
        metric.data = { kind: 'sum', ...readPoints(reader, readNumberPoint) };
        break;
      case 0x4a: {
        const { temporality, points } = readPoints(reader, readHistogramPoint);
        metric.data = { kind: 'histogram', temporality, points };
        break;
      }
      case 0x52: {
        const { temporality, points } = readPoints(reader, readExponentialPoint);
        metric.data = { kind: 'exponential', temporality, points };
        break;
      }
      case 0x5a:
        metric.data = { kind: 'summary', points: countSummaryPoints(reader) };
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  return metric;
}

/** Gauge, Sum, Histogram and ExponentialHistogram agree in field numbers as far as they have the same fields. */
function readPoints<Point>(
  reader: ProtobufReader,
  readPoint: (reader: ProtobufReader) => Point,
): { temporality: Temporality; monotonic: boolean; points: Point[] } {
  const outerEnd = reader.enter();
  const points: Point[] = [];
  let temporality = 0;
  let monotonic = false;
  while (reader.more()) {
    const tag = reader.tag();
    if (tag === 0x0a) points.push(readPoint(reader));
    else if (tag === 0x10) temporality = reader.int32();
    else if (tag === 0x18) monotonic = reader.bool();
    else reader.skip(tag);
  }
  reader.leave(outerEnd);
  return { temporality, monotonic, points };
}

function countSummaryPoints(reader: ProtobufReader): number {
  const outerEnd = reader.enter();
  let points = 0;
  while (reader.more()) {
    const tag = reader.tag();
    if (tag === 0x0a) points += 1;
    reader.skip(tag);
  }
  reader.leave(outerEnd);
  return points;
}

function readNumberPoint(reader: ProtobufReader): NumberPoint {
  reader.countItem();
  const outerEnd = reader.enter();
  const point: NumberPoint = { attributes: Object.create(null), startUs: 0, timeUs: 0, flags: 0, value: Number.NaN };
  while (reader.more()) {
    const tag = reader.tag();
    switch (tag) {
      case 0x11:
        point.startUs = reader.microseconds();
        break;
      case 0x19:
        point.timeUs = reader.microseconds();
        break;
      case 0x21:
        point.value = reader.double();
        break;
      case 0x31:
        point.value = reader.sfixed64();
        break;
      case 0x3a:
        readAttribute(reader, point.attributes);
        break;
      case 0x40:
        point.flags = reader.uint32();
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  return point;
}

function readHistogramPoint(reader: ProtobufReader): HistogramPoint {
  reader.countItem();
  const outerEnd = reader.enter();
  const point: HistogramPoint = {
    attributes: Object.create(null),
    startUs: 0,
    timeUs: 0,
    flags: 0,
    count: 0,
    sum: Number.NaN,
    min: Number.NaN,
    max: Number.NaN,
    bucketCounts: [],
    bounds: [],
  };
  while (reader.more()) {
    const tag = reader.tag();
    switch (tag) {
      case 0x11:
        point.startUs = reader.microseconds();
        break;
      case 0x19:
        point.timeUs = reader.microseconds();
        break;
      case 0x21:
        point.count = reader.fixed64();
        break;
      case 0x29:
        point.sum = reader.double();
        break;
      case 0x32:
        reader.packedFixed64(point.bucketCounts);
        break;
      case 0x31:
        point.bucketCounts.push(reader.fixed64());
        break;
      case 0x3a:
        reader.packedDoubles(point.bounds);
        break;
      case 0x39:
        point.bounds.push(reader.double());
        break;
      case 0x4a:
        readAttribute(reader, point.attributes);
        break;
      case 0x50:
        point.flags = reader.uint32();
        break;
      case 0x59:
        point.min = reader.double();
        break;
      case 0x61:
        point.max = reader.double();
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  return point;
}

function readExponentialPoint(reader: ProtobufReader): ExponentialPoint {
  reader.countItem();
  const outerEnd = reader.enter();
  const point: ExponentialPoint = {
    attributes: Object.create(null),
    startUs: 0,
    timeUs: 0,
    flags: 0,
    count: 0,
    sum: Number.NaN,
    min: Number.NaN,
    max: Number.NaN,
    scale: 0,
    zeroCount: 0,
    positive: { offset: 0, counts: [] },
    negative: { offset: 0, counts: [] },
  };
  while (reader.more()) {
    const tag = reader.tag();
    switch (tag) {
      case 0x0a:
        readAttribute(reader, point.attributes);
        break;
      case 0x11:
        point.startUs = reader.microseconds();
        break;
      case 0x19:
        point.timeUs = reader.microseconds();
        break;
      case 0x21:
        point.count = reader.fixed64();
        break;
      case 0x29:
        point.sum = reader.double();
        break;
      case 0x30:
        point.scale = reader.sint32();
        break;
      case 0x39:
        point.zeroCount = reader.fixed64();
        break;
      case 0x42:
        readExponentialBuckets(reader, point.positive);
        break;
      case 0x4a:
        readExponentialBuckets(reader, point.negative);
        break;
      case 0x50:
        point.flags = reader.uint32();
        break;
      case 0x61:
        point.min = reader.double();
        break;
      case 0x69:
        point.max = reader.double();
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  return point;
}

function readExponentialBuckets(reader: ProtobufReader, into: ExponentialPoint['positive']): void {
  const outerEnd = reader.enter();
  while (reader.more()) {
    const tag = reader.tag();
    if (tag === 0x08) into.offset = reader.sint32();
    else if (tag === 0x12) reader.packedUint64(into.counts, MAX_EXPONENTIAL_BUCKETS);
    else if (tag === 0x10) reader.unpackedUint64(into.counts, MAX_EXPONENTIAL_BUCKETS);
    else reader.skip(tag);
  }
  reader.leave(outerEnd);
}
