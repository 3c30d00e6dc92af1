import { metricsFromJson } from './json-metrics.ts';
import type { ResourceMetrics } from './otlp-data.ts';
import type { OtlpEncoding } from './otlp-encoding.ts';
import { metricsFromProtobuf } from './protobuf-metrics.ts';

/**
 * The metrics in the body of `POST /v1/metrics`; none in an empty body.
 * @throws OtlpError and nothing else, whatever the bytes
 */
export function decodeMetrics(body: Buffer, encoding: OtlpEncoding): ResourceMetrics[] {
  return encoding === 'json' ? metricsFromJson(body) : metricsFromProtobuf(body);
}
