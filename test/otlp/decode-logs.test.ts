import { JsonLogsSerializer, ProtobufLogsSerializer } from '@opentelemetry/otlp-transformer';
import {
  InMemoryLogRecordExporter,
  LoggerProvider,
  type ReadableLogRecord,
  SimpleLogRecordProcessor,
} from '@opentelemetry/sdk-logs';
import { describe, expect, test } from 'vitest';
import { countLogRecords } from '../../lib/otlp/decode-logs.ts';

const records = recordedLogs();
const bodies = {
  protobuf: Buffer.from(ProtobufLogsSerializer.serializeRequest(records)!),
  json: Buffer.from(JsonLogsSerializer.serializeRequest(records)!),
};

describe.each(['protobuf', 'json'] as const)('log records in %s', (encoding) => {
  test('are counted over all scopes', () => {
    expect(countLogRecords(bodies[encoding], encoding)).toBe(5);
  });

  test('are none in an empty body', () => {
    expect(countLogRecords(Buffer.alloc(0), encoding)).toBe(0);
  });
});

function recordedLogs(): ReadableLogRecord[] {
  const exporter = new InMemoryLogRecordExporter();
  const provider = new LoggerProvider({ processors: [new SimpleLogRecordProcessor({ exporter })] });
  const log = (scope: string, body: string) => provider.getLogger(scope).emit({ body, attributes: { scope } });
  for (const body of ['one', 'two', 'three']) log('planner', body);
  for (const body of ['four', 'five']) log('searcher', body);
  return exporter.getFinishedLogRecords();
}
