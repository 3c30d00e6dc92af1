import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { _Record as TimestreamRecord, WriteRecordsCommandInput } from '@aws-sdk/client-timestream-write';

/** Takes what is written to Timestream and keeps nothing but its size. */
export interface TimestreamMeter {
  /** Environment of a process that is to write to it. */
  env: Record<string, string>;
  /** Write units since the last time: one for each begun KB of a request, as AWS counts it. */
  take: () => number;
  close: () => Promise<void>;
}

export async function timestreamMeter(): Promise<TimestreamMeter> {
  let units = 0;
  const server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const operation = String(incoming.headers['x-amz-target'] ?? '').split('.')[1];
      let answer: object = { Endpoints: [{ Address: '127.0.0.1', CachePeriodInMinutes: 1_440 }] };
      if (operation === 'WriteRecords') {
        const input = JSON.parse(Buffer.concat(chunks).toString('utf8')) as WriteRecordsCommandInput;
        units += unitsOf(input);
        answer = { RecordsIngested: { Total: input.Records?.length ?? 0 } };
      }
      outgoing.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' });
      outgoing.end(JSON.stringify(answer));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const tables = { minute: 'minute', hour: 'hour', day: 'day' };
  return {
    env: {
      METRIC_STORE: JSON.stringify({ kind: 'timestream', database: 'bench', tables }),
      AWS_ENDPOINT_URL_TIMESTREAM_WRITE: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    },
    take: () => {
      const taken = units;
      units = 0;
      return taken;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Write units of one request. @see AWS: Timestream for LiveAnalytics, metering and pricing of writes */
export function unitsOf({ Records = [], CommonAttributes }: WriteRecordsCommandInput): number {
  const bytes = Records.reduce((sum, record) => sum + sizeOf(record), CommonAttributes ? sizeOf(CommonAttributes) : 0);
  return Math.max(1, Math.ceil(bytes / 1_024));
}

function sizeOf({ Dimensions = [], MeasureName = '', MeasureValues = [], Time }: TimestreamRecord): number {
  const dimensions = Dimensions.reduce((sum, { Name = '', Value = '' }) => sum + bytesOf(Name) + bytesOf(Value), 0);
  const measures = MeasureValues.reduce(
    (sum, { Name = '', Type, Value = '' }) => sum + bytesOf(Name) + (Type === 'VARCHAR' ? bytesOf(Value) : 8),
    0,
  );
  return dimensions + bytesOf(MeasureName) + measures + (Time === undefined ? 0 : 8);
}

function bytesOf(text: string): number {
  return Buffer.byteLength(text);
}
