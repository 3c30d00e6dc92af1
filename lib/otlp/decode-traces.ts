import { tracesFromJson } from './json-traces.ts';
import type { ResourceSpans } from './otlp-data.ts';
import type { OtlpEncoding } from './otlp-encoding.ts';
import { tracesFromProtobuf } from './protobuf-traces.ts';

/**
 * The spans in the body of `POST /v1/traces`; none in an empty body.
 * @throws OtlpError and nothing else, whatever the bytes
 */
export function decodeTraces(body: Buffer, encoding: OtlpEncoding): ResourceSpans[] {
  return encoding === 'json' ? tracesFromJson(body) : tracesFromProtobuf(body);
}
