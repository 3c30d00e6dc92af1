import { tracesFromJson } from './json-traces.ts';
import type { ResourceSpans } from './otlp-data.ts';
import type { OtlpEncoding } from './otlp-encoding.ts';
import { tracesFromProtobuf } from './protobuf-traces.ts';

/**
 * The spans in the body of `POST /v1/traces`; none in an empty body.
 * @param isWanted which attributes to decode; the others are skipped, and prompts and answers never become text
 * @throws OtlpError and nothing else, whatever the bytes
 */
export function decodeTraces(
  body: Buffer,
  encoding: OtlpEncoding,
  isWanted: (key: string) => boolean = () => true,
): ResourceSpans[] {
  return encoding === 'json' ? tracesFromJson(body, isWanted) : tracesFromProtobuf(body, isWanted);
}
