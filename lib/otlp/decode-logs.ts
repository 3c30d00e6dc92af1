import { JsonReader, listField } from './json-reader.ts';
import type { OtlpEncoding } from './otlp-encoding.ts';
import { ProtobufReader } from './protobuf-reader.ts';

/**
 * How many log records the body of `POST /v1/logs` holds. They are only counted, so that what is inside one is not read.
 * @throws OtlpError and nothing else, whatever the bytes
 */
export function countLogRecords(body: Buffer, encoding: OtlpEncoding): number {
  return encoding === 'json' ? countInJson(body) : countInProtobuf(new ProtobufReader(body), 0);
}

/** Tags of ExportLogsServiceRequest.resource_logs, ResourceLogs.scope_logs and ScopeLogs.log_records. */
const pathToRecords = [0x0a, 0x12, 0x12];

function countInProtobuf(reader: ProtobufReader, depth: number): number {
  let records = 0;
  while (reader.more()) {
    const tag = reader.tag();
    if (tag !== pathToRecords[depth]) reader.skip(tag);
    else if (depth === pathToRecords.length - 1) {
      reader.skip(tag);
      records += 1;
    } else {
      const outerEnd = reader.enter();
      records += countInProtobuf(reader, depth + 1);
      reader.leave(outerEnd);
    }
  }
  return records;
}

function countInJson(body: Buffer): number {
  const reader = new JsonReader();
  return sum(
    reader.items(reader.request(body), 'resourceLogs', (_, resourceLogs) =>
      sum(reader.items(resourceLogs, 'scopeLogs', (_, scopeLogs) => listField(scopeLogs, 'logRecords').length)),
    ),
  );
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}
