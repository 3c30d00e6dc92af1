import { join } from 'node:path';
import {
  CancelQueryCommand,
  ConflictException,
  paginateQuery,
  QueryCommand,
  type QueryCommandInput,
  TimestreamQueryClient,
} from '@aws-sdk/client-timestream-query';
import {
  MeasureValueType,
  RejectedRecordsException,
  TimestreamWriteClient,
  type _Record as TimestreamRecord,
  TimeUnit,
  WriteRecordsCommand,
  type WriteRecordsCommandInput,
} from '@aws-sdk/client-timestream-write';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  startTimestreamEmulator,
  type TimestreamEmulator,
} from '../../lib/local/timestream/start-timestream-emulator.ts';
import type { TimestreamTable } from '../../lib/local/timestream/timestream-table.ts';
import { temporaryFolder } from './fixture-app.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const START_MS = Date.parse('2026-11-24T10:00:00.000Z');

const minutes: TimestreamTable = {
  database: 'Data-Metrics',
  table: 'minute_table',
  memoryHours: 6,
  magneticDays: 90,
  magneticWrites: true,
};
const strict: TimestreamTable = { ...minutes, table: 'memory-only', magneticWrites: false };
const keyed: TimestreamTable = { ...minutes, table: 'keyed', requiredDimensions: ['system'] };

let nowMs = START_MS;
let file: string;
let emulator: TimestreamEmulator;
let injected: (operation: string) => 'throttle' | 'fail' | undefined = () => undefined;
const operations: string[] = [];
let write: TimestreamWriteClient;
let query: TimestreamQueryClient;

beforeEach(async () => {
  nowMs = START_MS;
  operations.length = 0;
  injected = () => undefined;
  file = join(temporaryFolder(), 'timestream.duckdb');
  await start();
});
afterEach(stop);

async function start(): Promise<void> {
  emulator = await startTimestreamEmulator({
    file,
    tables: [minutes, strict, keyed],
    nowMs: () => nowMs,
    intercept: (operation) => {
      operations.push(operation);
      return injected(operation);
    },
  });
  // As in a function: the clients are given nothing, and find the endpoint by discovery.
  process.env['AWS_ENDPOINT_URL_TIMESTREAM_WRITE'] = emulator.url;
  process.env['AWS_ENDPOINT_URL_TIMESTREAM_QUERY'] = emulator.url;
  const given = { region: 'us-east-1', credentials: { accessKeyId: 'x', secretAccessKey: 'x' } };
  write = new TimestreamWriteClient(given);
  query = new TimestreamQueryClient(given);
}

async function stop(): Promise<void> {
  write.destroy();
  query.destroy();
  await emulator.close();
}

const FROM = `FROM "${minutes.database}"."${minutes.table}"`;

function point(overrides: TimestreamRecord = {}): TimestreamRecord {
  return {
    Dimensions: [{ Name: 'agent', Value: 'a-1' }],
    MeasureName: 'minute',
    MeasureValueType: 'MULTI',
    MeasureValues: [{ Name: 'done', Value: '7', Type: 'BIGINT' }],
    Time: String(START_MS),
    ...overrides,
  };
}

function store(Records: TimestreamRecord[], more: Partial<WriteRecordsCommandInput> = {}) {
  return write.send(
    new WriteRecordsCommand({ DatabaseName: minutes.database, TableName: minutes.table, Records, ...more }),
  );
}

async function rejectedOf(written: Promise<unknown>) {
  const error = await written.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof RejectedRecordsException) return error.RejectedRecords;
  throw error ?? new Error('nothing was rejected');
}

/** Rows as lists of texts; null stands for no value. */
async function rows(sql: string, more: Partial<QueryCommandInput> = {}): Promise<(string | null | undefined)[][]> {
  const found: (string | null | undefined)[][] = [];
  for await (const page of paginateQuery({ client: query }, { QueryString: sql, ...more })) {
    for (const { Data } of page.Rows ?? []) {
      found.push((Data ?? []).map(({ ScalarValue, NullValue }) => (NullValue ? null : ScalarValue)));
    }
  }
  return found;
}

describe('what is written is read back', () => {
  test('by clients that discover their endpoint, with a type for each column', async () => {
    const { RecordsIngested } = await store(
      [
        point({
          Dimensions: [{ Name: 'agent', Value: "o'neil" }],
          MeasureValues: [
            { Name: 'ratio', Value: '0.25', Type: 'DOUBLE' },
            { Name: 'large', Value: '12345678', Type: 'DOUBLE' },
            { Name: 'done', Value: '9007199254740993', Type: 'BIGINT' },
            { Name: 'sketch', Value: 'AAEC"x"', Type: 'VARCHAR' },
            { Name: 'open', Value: 'true', Type: 'BOOLEAN' },
            { Name: 'seen', Value: String(START_MS + 123), Type: 'TIMESTAMP' },
          ],
        }),
      ],
      { CommonAttributes: { Dimensions: [{ Name: 'system', Value: 'shop' }] } },
    );
    expect(RecordsIngested).toEqual({ Total: 1, MemoryStore: 1, MagneticStore: 0 });
    const answer = await query.send(
      new QueryCommand({
        QueryString: `SELECT system, agent, measure_name, time, ratio, large, done, sketch, open, seen ${FROM}`,
      }),
    );
    expect(answer.ColumnInfo?.map(({ Name, Type }) => [Name, Type?.ScalarType])).toEqual([
      ['system', 'VARCHAR'],
      ['agent', 'VARCHAR'],
      ['measure_name', 'VARCHAR'],
      ['time', 'TIMESTAMP'],
      ['ratio', 'DOUBLE'],
      ['large', 'DOUBLE'],
      ['done', 'BIGINT'],
      ['sketch', 'VARCHAR'],
      ['open', 'BOOLEAN'],
      ['seen', 'TIMESTAMP'],
    ]);
    expect(answer.Rows?.[0]?.Data?.map(({ ScalarValue }) => ScalarValue)).toEqual([
      'shop',
      "o'neil",
      'minute',
      '2026-11-24 10:00:00.000000000',
      '0.25',
      '1.2345678E7',
      '9007199254740993',
      'AAEC"x"',
      'true',
      '2026-11-24 10:00:00.123000000',
    ]);
    expect(operations.filter((operation) => operation === 'DescribeEndpoints')).toHaveLength(2);
  });
});
