import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
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
  type _Record as TimestreamRecord,
  TimestreamWriteClient,
  TimeUnit,
  WriteRecordsCommand,
  type WriteRecordsCommandInput,
} from '@aws-sdk/client-timestream-write';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { sqlTokens } from '../../lib/local/timestream/sql-tokens.ts';
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

async function startAfresh(): Promise<void> {
  nowMs = START_MS;
  operations.length = 0;
  injected = () => undefined;
  file = join(temporaryFolder(), 'timestream.duckdb');
  await start();
}

function aStoreForEachTest(): void {
  beforeEach(startAfresh);
  afterEach(stop);
}

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
  aStoreForEachTest();

  test('a record with one measure has a column named after its type; other units of time are understood', async () => {
    const single = { MeasureValues: undefined, MeasureValueType: undefined };
    await store([
      point({ ...single, MeasureValue: '0.5', Time: String(START_MS / 1000), TimeUnit: TimeUnit.SECONDS }),
      point({
        ...single,
        MeasureName: 'state',
        MeasureValue: 'up',
        MeasureValueType: 'VARCHAR',
        Time: String(BigInt(START_MS) * 1_000_000n + 5_000n),
        TimeUnit: TimeUnit.NANOSECONDS,
      }),
    ]);
    expect(
      await rows(`SELECT time, measure_name, measure_value::double, measure_value::varchar ${FROM} ORDER BY time`),
    ).toEqual([
      ['2026-11-24 10:00:00.000000000', 'minute', '0.5', null],
      ['2026-11-24 10:00:00.000005000', 'state', null, 'up'],
    ]);
  });

  test('any text is read back as it was written, as a dimension, as a measure and as a literal', async () => {
    let time = START_MS;
    const any = fc.string({ unit: 'binary', minLength: 1, maxLength: 1 });
    const difficult = fc.constantFrom("'", '"', '\\', ';', '--', '\n', '5m');
    const statementText = fc
      .string({ unit: fc.oneof(any, difficult), minLength: 1 })
      .filter((text) => !text.includes('\0'));
    const anyText = fc.string({ unit: fc.oneof(any, difficult, fc.constant('\0')), minLength: 1 });
    await fc.assert(
      fc.asyncProperty(statementText, anyText, async (agent, sketch) => {
        time -= 1;
        await store([
          point({
            Time: String(time),
            Dimensions: [{ Name: 'agent', Value: agent }],
            MeasureValues: [{ Name: 'sketch', Value: sketch, Type: 'VARCHAR' }],
          }),
        ]);
        const literal = `'${agent.replaceAll("'", "''")}'`;
        const sql = `SELECT agent, sketch, ${literal} AS same ${FROM} WHERE agent = ${literal} AND time = from_milliseconds(${time})`;
        expect(await rows(sql)).toEqual([[agent, sketch, agent]]);
      }),
      { numRuns: 50 },
    );
  });

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

describe('a record has one version at a time', () => {
  aStoreForEachTest();

  test('stays in the pages of a query that ran before it was replaced', async () => {
    const done = (value: string, version: number) =>
      store(
        [0, 1, 2].map((minute) =>
          point({
            Time: String(START_MS - minute),
            Version: version,
            MeasureValues: [{ Name: 'done', Value: value, Type: 'BIGINT' }],
          }),
        ),
      );
    await done('1', 1);
    const paged = { QueryString: `SELECT done ${FROM}`, MaxRows: 2 };
    const { NextToken } = await query.send(new QueryCommand(paged));
    await done('2', 2);
    const page = await query.send(new QueryCommand({ ...paged, NextToken }));
    expect(page.Rows).toEqual([{ Data: [{ ScalarValue: '1' }] }, { Data: [{ ScalarValue: '1' }] }]);
  });

  const version = (value: string, Version?: number) =>
    point({ MeasureValues: [{ Name: 'done', Value: value, Type: 'BIGINT' }], ...(Version ? { Version } : {}) });
  const stored = () => rows(`SELECT done ${FROM}`);

  test('the same content and version again changes nothing', async () => {
    await store([version('7', 2)]);
    expect((await store([version('7', 2)])).RecordsIngested?.Total).toBe(1);
    expect(await stored()).toEqual([['7']]);
  });

  test('a higher version replaces all measures', async () => {
    await store([point({ MeasureValues: [{ Name: 'failed', Value: '1', Type: 'BIGINT' }] })]);
    await store([version('8', 2)]);
    expect(await rows(`SELECT done, failed ${FROM}`)).toEqual([['8', null]]);
  });

  test('the same version with other content is rejected, and so is a lower one, with the version that is there', async () => {
    await store([version('7', 5)]);
    expect(await rejectedOf(store([version('8', 5)]))).toEqual([
      { RecordIndex: 0, ExistingVersion: 5, Reason: expect.stringContaining('A record already exists with the same') },
    ]);
    expect(await rejectedOf(store([version('7')]))).toEqual([
      {
        RecordIndex: 0,
        ExistingVersion: 5,
        Reason:
          'The record version 1 is lower than the existing version 5. A higher version is required to update the measure value.',
      },
    ]);
    expect(await stored()).toEqual([['7']]);
  });

  test('a higher version with the same content counts from then on', async () => {
    await store([version('7', 1)]);
    await store([version('7', 3)]);
    expect(await rejectedOf(store([version('8', 2)]))).toMatchObject([{ ExistingVersion: 3 }]);
  });

  test('also within one request', async () => {
    expect(await rejectedOf(store([version('1', 1), version('2', 2), version('3', 1)]))).toMatchObject([
      { RecordIndex: 2, ExistingVersion: 2 },
    ]);
    expect(await stored()).toEqual([['2']]);
  });

  test('another time, measure name or value of a dimension is another record, the order of dimensions is not', async () => {
    const pair = (...names: string[]) => ({ Dimensions: names.map((Name) => ({ Name, Value: 'x' })) });
    await store([
      point(),
      point({ Time: String(START_MS + 1) }),
      point({ MeasureName: 'hour' }),
      point({ Dimensions: [{ Name: 'agent', Value: 'a-2' }] }),
      point(pair('agent', 'system')),
    ]);
    await store([point(pair('system', 'agent'))]);
    expect(await rows(`SELECT count(*) AS records ${FROM}`)).toEqual([['5']]);
  });
});

describe('a record is taken or rejected by its age', () => {
  aStoreForEachTest();

  test('a record that is rejected keeps no other of its request from being written', async () => {
    const rejected = await rejectedOf(
      store([point(), point({ Time: String(START_MS - 91 * DAY_MS) }), point({ Time: String(START_MS + 1) })]),
    );
    expect(rejected).toEqual([
      {
        RecordIndex: 1,
        Reason:
          'The record timestamp is outside the time range [2026-08-26T10:00:00.000Z, 2026-11-24T10:15:00.000Z) of the data ingestion window.',
      },
    ]);
    expect(await rows(`SELECT count(*) AS records ${FROM}`)).toEqual([['2']]);
  });

  const isIn = (store: string) => ({
    MemoryStore: store === 'memory' ? 1 : 0,
    MagneticStore: store === 'magnetic' ? 1 : 0,
  });
  test.each([
    { name: '15 minutes ahead', table: minutes, ageMs: -15 * MINUTE_MS },
    { name: 'just below 15 minutes ahead', table: minutes, ageMs: -15 * MINUTE_MS + 1, in: 'memory' },
    { name: 'as old as the memory store', table: minutes, ageMs: 6 * HOUR_MS, in: 'memory' },
    { name: 'older than the memory store', table: minutes, ageMs: 6 * HOUR_MS + 1, in: 'magnetic' },
    { name: 'as old as the magnetic store', table: minutes, ageMs: 90 * DAY_MS, in: 'magnetic' },
    { name: 'older than both', table: minutes, ageMs: 90 * DAY_MS + 1 },
    { name: 'as old as the memory store, without magnetic writes', table: strict, ageMs: 6 * HOUR_MS, in: 'memory' },
    { name: 'older than it, without magnetic writes', table: strict, ageMs: 6 * HOUR_MS + 1 },
  ])('$name', async ({ table, ageMs, in: expected }) => {
    const written = store([point({ Time: String(START_MS - ageMs) })], { TableName: table.table });
    if (expected) expect((await written).RecordsIngested).toEqual({ Total: 1, ...isIn(expected) });
    else
      expect(await rejectedOf(written)).toMatchObject([{ Reason: expect.stringContaining('outside the time range') }]);
  });

  test('by the clock that was given, and is deleted when its table keeps it no longer', async () => {
    await store([point(), point({ Time: String(START_MS + MINUTE_MS) })]);
    nowMs = START_MS + 90 * DAY_MS + 1;
    await emulator.deleteExpired();
    expect(await rows(`SELECT time ${FROM}`)).toEqual([['2026-11-24 10:01:00.000000000']]);
  });
});

describe('what is over a limit is rejected alone', () => {
  aStoreForEachTest();

  const measures = (count: number, name = (index: number) => `m${index}`) => ({
    MeasureValues: Array.from({ length: count }, (_, index) => ({
      Name: name(index),
      Value: '1',
      Type: MeasureValueType.BOOLEAN,
    })).map((measure) => ({ ...measure, Value: 'true' })),
  });
  const sketch = (length: number) => ({
    MeasureValues: [{ Name: 's', Value: 'x'.repeat(length), Type: MeasureValueType.VARCHAR }],
  });
  const dimension = (Name: string, Value = 'x') => ({ Dimensions: [{ Name, Value }] });
  const double = (Value: string) => ({ MeasureValues: [{ Name: 'd', Value, Type: MeasureValueType.DOUBLE }] });
  test.each([
    // 8 bytes of time, 8 of agent=a-1, 6 of the measure name, 1 of the name s: 2025 are left.
    { name: 'a record of 2 KB', record: sketch(2025) },
    { name: 'a record of one byte more', record: sketch(2026), reason: 'The record has 2049 bytes' },
    { name: '256 measures', record: measures(256) },
    { name: '257 measures', record: measures(257), reason: 'no more than 256 measures' },
    { name: 'a dimension name of 60 bytes', record: dimension('d'.repeat(60)) },
    { name: 'one of 61', record: dimension('d'.repeat(61)), reason: 'longer than 60 bytes' },
    { name: 'a measure name of 256 bytes', record: measures(1, () => 'm'.repeat(256)) },
    { name: 'one of 257', record: measures(1, () => 'm'.repeat(257)), reason: 'longer than 256 bytes' },
    { name: 'a series of over 2 KB', record: dimension('d', 'x'.repeat(2048)), reason: 'a time series' },
    { name: 'a reserved name', record: dimension('time'), reason: 'The name time is reserved' },
    { name: 'a reserved prefix', record: dimension('ts_zone'), reason: 'The name ts_zone is reserved' },
    { name: 'a name that the store needs', record: dimension('rowid'), reason: 'is not supported by the local cloud' },
    { name: 'NaN', record: double('NaN'), reason: 'The measure value NaN is not a valid DOUBLE' },
    { name: 'Infinity', record: double('-Infinity'), reason: 'is not a valid DOUBLE' },
    { name: 'a number too large', record: double('1e400'), reason: 'is not a valid DOUBLE' },
    { name: 'a number with an exponent', record: double('1.5e-7') },
    {
      name: 'an integer over 64 bits',
      record: { MeasureValues: [{ Name: 'i', Value: '9223372036854775808', Type: MeasureValueType.BIGINT }] },
      reason: 'is not a valid BIGINT',
    },
  ])('$name', async ({ record, reason }) => {
    const written = store([point(record), point({ MeasureName: 'other' })]);
    if (reason === undefined) expect((await written).RecordsIngested?.Total).toBe(2);
    else expect(await rejectedOf(written)).toEqual([{ RecordIndex: 0, Reason: expect.stringContaining(reason) }]);
    expect(await rows(`SELECT count(*) AS records ${FROM}`)).toEqual([[reason === undefined ? '2' : '1']]);
  });

  test('a measure keeps the type it had first, and a name is of a dimension or of a measure', async () => {
    await store([point()]);
    const rejected = await rejectedOf(
      store([
        point({ MeasureName: 'b', MeasureValues: [{ Name: 'done', Value: '1', Type: 'DOUBLE' }] }),
        point({ MeasureName: 'c', Dimensions: [{ Name: 'done', Value: '1' }] }),
        point({ MeasureName: 'd', MeasureValues: [{ Name: 'Done', Value: '1', Type: 'BIGINT' }] }),
      ]),
    );
    expect(rejected?.map(({ Reason }) => Reason)).toEqual([
      'Measure name already has an assigned type: done is BIGINT, not DOUBLE.',
      'done is the name of a measure already.',
      'Done differs from done by case only.',
    ]);
  });

  test('a table has no more than 128 dimensions', async () => {
    const named = (from: number, count: number) =>
      Array.from({ length: count }, (_, index) => ({ Name: `d${from + index}`, Value: 'x' }));
    await store([point({ Dimensions: named(0, 100) })]);
    await store([point({ Dimensions: named(100, 28) })]);
    expect(await rejectedOf(store([point({ Dimensions: named(128, 1) })]))).toMatchObject([
      { Reason: 'A table can have 128 dimensions.' },
    ]);
  });

  test('a dimension that the partition key needs must be there', async () => {
    const partitioned = { TableName: keyed.table };
    expect(await rejectedOf(store([point()], partitioned))).toMatchObject([
      { Reason: 'The record has no dimension system, which the partition key needs.' },
    ]);
    await store([point({ Dimensions: [{ Name: 'system', Value: 's' }] })], partitioned);
  });
});

describe('a malformed request is refused whole', () => {
  beforeAll(startAfresh);
  afterAll(stop);

  test.each([
    { name: 'no records', records: [], message: 'Member must have length from 1 to 100, not 0' },
    {
      name: '101 records',
      records: Array.from({ length: 101 }, (_, index) => point({ Time: String(START_MS + index) })),
      message: 'Member must have length from 1 to 100, not 101',
    },
    { name: 'no measure name', records: [point({ MeasureName: '' })], message: 'records.1.member.MeasureName' },
    { name: 'no time', records: [point(), point({ Time: '' })], message: 'records.2.member.Time' },
    { name: 'a fraction of time', records: [point({ Time: '1.5' })], message: 'Member must be a whole number' },
    { name: 'version 0', records: [point({ Version: 0 })], message: 'Member must be an integer of 1 or more' },
    {
      name: 'the same dimension twice',
      records: [point({ Dimensions: ['1', '2'].map((Value) => ({ Name: 'agent', Value })) })],
      message: 'Duplicate dimensions are not allowed: agent',
    },
    {
      name: 'a value beside values',
      records: [point({ MeasureValue: '1' })],
      message: 'not allowed for the type MULTI',
    },
    {
      name: 'values beside a type of one',
      records: [point({ MeasureValueType: 'DOUBLE' })],
      message: 'MeasureValues is only allowed for the type MULTI',
    },
    {
      name: 'a text of over 2048 characters',
      records: [point({ MeasureValues: [{ Name: 's', Value: 'x'.repeat(2049), Type: 'VARCHAR' }] })],
      message: 'less than or equal to 2048',
    },
  ])('$name', async ({ records, message }) => {
    await expect(store(records)).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringContaining(message),
      $metadata: { attempts: 1 },
    });
  });

  test('one that names no table of the app', async () => {
    const missing = { name: 'ResourceNotFoundException' };
    await expect(store([point()], { TableName: 'other' })).rejects.toMatchObject({
      ...missing,
      message: 'The table other does not exist.',
    });
    await expect(store([point()], { DatabaseName: 'other' })).rejects.toMatchObject({
      ...missing,
      message: 'The database other does not exist.',
    });
  });
});

test('the tokens of a statement together are the statement', () => {
  const part = fc.oneof(
    fc.string(),
    fc.constantFrom("'it''s'", '"a""b"', '-- x\n', '/* y */', '5m', '1.5e0', ' ', 'bin', '(', ','),
  );
  fc.assert(
    fc.property(fc.array(part), (parts) => {
      const sql = parts.join('');
      let tokens: string | undefined;
      try {
        tokens = sqlTokens(sql)
          .map(({ text }) => text)
          .join('');
      } catch (error) {
        expect(error).toBeInstanceOf(RangeError);
      }
      expect(tokens ?? sql).toBe(sql);
    }),
  );
});

describe('a query', () => {
  beforeAll(async () => {
    await startAfresh();
    const Records = Array.from({ length: 90 }, (_, minute) =>
      point({
        Dimensions: [{ Name: 'agent', Value: `a-${minute % 3}` }],
        MeasureValues: [
          { Name: 'done', Value: String(minute), Type: 'BIGINT' },
          { Name: 'ratio', Value: String(minute / 10), Type: 'DOUBLE' },
        ],
        Time: String(START_MS - minute * MINUTE_MS),
      }),
    );
    await store(Records, { CommonAttributes: { Dimensions: [{ Name: 'system', Value: 'shop' }] } });
  });
  afterAll(stop);
  afterEach(() => {
    nowMs = START_MS;
  });

  test.each([
    {
      name: 'by dimensions and time, in order',
      select: `SELECT agent, done ${FROM} WHERE system = 'shop' AND agent = 'a-0' AND time >= from_milliseconds(${START_MS - 6 * MINUTE_MS}) AND time < from_milliseconds(${START_MS}) ORDER BY time`,
      expected: [
        ['a-0', '6'],
        ['a-0', '3'],
      ],
    },
    {
      name: 'of hours, with the functions of the field',
      // 10:00 has minute 0 alone, 09:00 has 1 to 60, 08:31 to 08:59 has 61 to 89.
      select: `SELECT bin(time, 1h) AS hour, count(*) AS n, max(done) AS most, min(done) AS least, avg(ratio) AS mean, sum(done) AS total, approx_percentile(done, 0.5) AS median, max_by(done, time) AS newest ${FROM} GROUP BY bin(time, 1h) ORDER BY 1`,
      expected: [
        ['2026-11-24 08:00:00.000000000', '29', '89', '61', '7.5', '2175', '75', '61'],
        ['2026-11-24 09:00:00.000000000', '60', '60', '1', '3.05', '1830', '30', '1'],
        ['2026-11-24 10:00:00.000000000', '1', '0', '0', '0.0', '0', '0', '0'],
      ],
    },
    {
      name: 'up to now, which is the time of the clock that was given',
      select: `SELECT count(*) AS n, now() AS now, current_timestamp AS same ${FROM} WHERE time > ago(10m) AND time BETWEEN now() - 1h AND now()`,
      expected: [['10', '2026-11-24 10:00:00.000000000', '2026-11-24 10:00:00.000000000']],
    },
    {
      name: 'with names given by WITH, a join, comments, and strings that look like SQL',
      select: `WITH busy AS (SELECT agent, sum(done) AS total ${FROM} GROUP BY agent), -- not 5m, "x"
        few AS (SELECT 'ago(5m); DROP' AS text)
        SELECT b.agent, b.total, f.text FROM busy b, few f /* 1.5 */ WHERE b.total > 1.5 ORDER BY 1 LIMIT 1`,
      expected: [['a-0', '1305', 'ago(5m); DROP']],
    },
    {
      name: 'with whole division, doubles for fractions, and texts for values of every kind',
      select: `SELECT 7 / 2 AS a, 1.5 AS b, 10000000.0 AS c, 0.0001 AS d, NULL AS e, true AS f, 1d AS g, CAST(time AS DATE) AS h ${FROM} WHERE done = 0`,
      expected: [['3', '1.5', '1.0E7', '1.0E-4', null, 'true', '1 00:00:00.000000000', '2026-11-24']],
    },
    {
      name: 'of nothing',
      select: `SELECT done ${FROM} WHERE system = 'other'`,
      expected: [],
    },
  ])('$name', async ({ select, expected }) => {
    expect(await rows(select)).toEqual(expected);
  });

  test('with * gives what was written, and nothing that is kept beside it', async () => {
    const answer = await query.send(new QueryCommand({ QueryString: `SELECT * ${FROM} WHERE done = 5` }));
    expect(answer.ColumnInfo?.map(({ Name }) => Name)).toEqual([
      'agent',
      'system',
      'measure_name',
      'time',
      'done',
      'ratio',
    ]);
    expect(answer.QueryStatus?.ProgressPercentage).toBe(100);
  });

  test('that gives an array', async () => {
    const QueryString = `SELECT approx_percentile(done, ARRAY[0.0, 1.0]) AS ends ${FROM}`;
    const answer = await query.send(new QueryCommand({ QueryString }));
    expect(answer.ColumnInfo).toEqual([
      { Name: 'ends', Type: { ArrayColumnInfo: { Type: { ScalarType: 'BIGINT' } } } },
    ]);
    expect(answer.Rows).toEqual([{ Data: [{ ArrayValue: [{ ScalarValue: '0' }, { ScalarValue: '89' }] }] }]);
  });

  describe('of more than a page', () => {
    const QueryString = `SELECT done ${FROM} ORDER BY done`;
    const first = () => query.send(new QueryCommand({ QueryString, MaxRows: 40 }));
    const next = (NextToken: string | undefined, sql = QueryString) =>
      query.send(new QueryCommand({ QueryString: sql, MaxRows: 40, NextToken }));

    test('begins with an empty page, as Timestream does it', async () => {
      const page = await first();
      expect(page.Rows).toEqual([]);
      expect(page.NextToken).toEqual(expect.any(String));
    });

    test('gives every row once', async () => {
      expect(await rows(QueryString, { MaxRows: 40 })).toEqual(Array.from({ length: 90 }, (_, done) => [String(done)]));
    });

    test('gives the same rows for the same token, five times at most and for an hour', async () => {
      const { NextToken } = await first();
      for (let time = 0; time < 5; time += 1) expect((await next(NextToken)).Rows).toHaveLength(40);
      await expect(next(NextToken)).rejects.toThrow('Invalid pagination token.');
      const later = await first();
      nowMs += HOUR_MS + 1;
      await expect(next(later.NextToken)).rejects.toThrow('Invalid pagination token.');
    });

    test('takes a token with its own query only, and none of an earlier page', async () => {
      const { NextToken } = await first();
      await expect(next(NextToken, `SELECT agent ${FROM}`)).rejects.toThrow('Invalid pagination token.');
      const second = await next(NextToken);
      await next(second.NextToken);
      await expect(next(NextToken)).rejects.toThrow('Invalid pagination token.');
    });

    test('has pages of a megabyte at most', async () => {
      const wide = `SELECT a.done, b.done AS other, 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx' AS text FROM "${minutes.database}"."${minutes.table}" a, "${minutes.database}"."${minutes.table}" b`;
      const pages: number[] = [];
      for await (const { Rows } of paginateQuery({ client: query }, { QueryString: wide }))
        pages.push(Rows?.length ?? 0);
      expect(pages[0]).toBe(0);
      expect(pages.length).toBeGreaterThan(2);
      expect(pages.reduce((sum, count) => sum + count, 0)).toBe(8100);
    });

    test('is over when it is cancelled', async () => {
      const { QueryId, NextToken } = await first();
      await query.send(new CancelQueryCommand({ QueryId }));
      await expect(next(NextToken)).rejects.toBeInstanceOf(ConflictException);
    });

    test('a retry with the same client token gives the same result', async () => {
      const retried = { QueryString, ClientToken: 'a-token-of-at-least-32-characters' };
      const { QueryId } = await query.send(new QueryCommand(retried));
      expect((await query.send(new QueryCommand(retried))).QueryId).toBe(QueryId);
      const other = query.send(new QueryCommand({ ...retried, QueryString: `SELECT agent ${FROM}` }));
      await expect(other).rejects.toMatchObject({ name: 'ValidationException' });
    });
  });

  test.each([
    { sql: 'DROP TABLE x', says: 'only one SELECT statement can be run' },
    { sql: `SELECT 1; DROP TABLE x`, says: "line 1:9: mismatched input ';'" },
    { sql: `SELECT done ${FROM};`, says: "mismatched input ';'" },
    { sql: 'SHOW TABLES', says: 'only one SELECT statement' },
    { sql: "SELECT * FROM read_text('/etc/hostname')", says: 'Function read_text not registered' },
    { sql: `SELECT * FROM "read_text"('/etc/hostname')`, says: 'Function "read_text" not registered' },
    { sql: "SELECT * FROM '/etc/hostname'", says: "mismatched input ''/etc/hostname''" },
    { sql: 'SELECT * FROM duckdb_settings()', says: 'Function duckdb_settings not registered' },
    { sql: `SELECT getenv('HOME') AS home ${FROM}`, says: 'Function getenv not registered' },
    { sql: 'SELECT * FROM information_schema.tables', says: 'The table information_schema.tables does not exist' },
    { sql: `SELECT * FROM "~records"."${minutes.database}|${minutes.table}"`, says: 'does not exist' },
    { sql: `SELECT * FROM "${minutes.database}"."other"`, says: 'The table Data-Metrics.other does not exist' },
    { sql: `SELECT 1 AS a ${FROM}, sqlite_master`, says: 'The table sqlite_master needs its database' },
    { sql: `SELECT a FROM (SELECT 1 AS a FROM "other"."t")`, says: 'The table other.t does not exist' },
    { sql: `SELECT done::varchar ${FROM}`, says: "mismatched input '::'" },
    { sql: `SELECT e'x' AS x ${FROM}`, says: "mismatched input 'x'" },
    { sql: `SELECT nothing ${FROM}`, says: "Column 'nothing' does not exist" },
    { sql: `SELECT done\n${FROM} WHERE tiem > ago(1h)`, says: "Column 'tiem' does not exist" },
    { sql: `SELECT foo(done) ${FROM}`, says: 'line 1:8: Function foo not registered' },
    { sql: `SELECT done ${FROM} WHERE`, says: 'Parser Error' },
    { sql: `SELECT done, sum(ratio) ${FROM}`, says: 'Binder Error' },
    { sql: 'WITH gone AS (DELETE FROM x RETURNING *) SELECT 1', says: 'The table x needs its database' },
    { sql: 'SELECT "open', says: `line 1:8: mismatched input '"'` },
    { sql: "SELECT 'a\0b' AS a", says: 'line 1:10: mismatched input' },
    { sql: 'SELECT current_date', says: 'current_date is not supported' },
    { sql: `SELECT 5x AS five ${FROM}`, says: "mismatched input '5x'" },
  ])('is refused: $sql', async ({ sql, says }) => {
    await expect(query.send(new QueryCommand({ QueryString: sql }))).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringContaining(says),
      $metadata: { attempts: 1 },
    });
  });

  test('that fails while it runs says why', async () => {
    const failing = query.send(new QueryCommand({ QueryString: `SELECT CAST(agent AS BIGINT) AS a ${FROM}` }));
    await expect(failing).rejects.toMatchObject({ name: 'QueryExecutionException' });
  });

  test.each([0, 1001])('takes from 1 to 1000 rows a page, not %i', async (MaxRows) => {
    const refused = query.send(new QueryCommand({ QueryString: `SELECT done ${FROM}`, MaxRows }));
    await expect(refused).rejects.toMatchObject({ name: 'ValidationException' });
  });
});

describe('what is acknowledged', () => {
  aStoreForEachTest();

  test('is there after a restart, with its versions and types', async () => {
    await store([point({ Version: 3 })]);
    await stop();
    await start();
    expect(await rows(`SELECT agent, done ${FROM}`)).toEqual([['a-1', '7']]);
    const other = [{ Name: 'done', Value: '1', Type: MeasureValueType.BIGINT }];
    expect(await rejectedOf(store([point({ Version: 2, MeasureValues: other })]))).toMatchObject([
      { ExistingVersion: 3 },
    ]);
    expect(await rejectedOf(store([point({ MeasureValues: [{ ...other[0]!, Type: 'DOUBLE' }] })]))).toMatchObject([
      { Reason: expect.stringContaining('assigned type') },
    ]);
  });

  test('is kept when many write at once, among them the same record', async () => {
    await Promise.all(
      Array.from({ length: 20 }, (_, writer) =>
        store(
          Array.from({ length: 50 }, (_unused, index) =>
            point({
              Time: String(START_MS + index),
              MeasureValues: [{ Name: `m${index % 7}`, Value: String(index), Type: 'BIGINT' }],
              Dimensions: [{ Name: 'agent', Value: `a-${writer % 10}` }],
            }),
          ),
        ),
      ),
    );
    expect(await rows(`SELECT count(*) AS n, count(m0) AS zeros ${FROM}`)).toEqual([['500', '80']]);
  });

  test('is there after the process was killed', async () => {
    const killed = join(temporaryFolder(), 'timestream.duckdb');
    const script = fileURLToPath(new URL('./timestream-victim.ts', import.meta.url));
    const victim = spawn(process.execPath, [script, killed, String(START_MS), JSON.stringify(minutes)]);
    expect(String((await once(victim.stdout, 'data'))[0])).toBe('written');
    victim.kill('SIGKILL');
    await once(victim, 'exit');
    await stop();
    file = killed;
    await start();
    expect(await rows(`SELECT count(*) AS n, count(m9) AS last ${FROM}`)).toEqual([['10', '1']]);
  });

  test('the file is held once', async () => {
    const second = startTimestreamEmulator({ file, tables: [minutes], nowMs: () => nowMs });
    await expect(second).rejects.toThrow(`${file} is in use by this process`);
  });
});

describe('an error that passes', () => {
  aStoreForEachTest();

  test.each([
    { fault: 'throttle', name: 'ThrottlingException' },
    { fault: 'fail', name: 'InternalServerException' },
  ] as const)('$name is tried again by the client', async ({ fault }) => {
    let left = 1;
    injected = (operation) => {
      if (operation !== 'WriteRecords' || left === 0) return undefined;
      left -= 1;
      return fault;
    };
    const { $metadata } = await store([point()]);
    expect($metadata.attempts).toBe(2);
    expect(await rows(`SELECT done ${FROM}`)).toEqual([['7']]);
  });

  test.each([
    { fault: 'throttle', name: 'ThrottlingException' },
    { fault: 'fail', name: 'InternalServerException' },
  ] as const)('$name reaches the caller when it does not pass', async ({ fault, name }) => {
    injected = (operation) => (operation === 'Query' ? fault : undefined);
    await expect(query.send(new QueryCommand({ QueryString: `SELECT 1 AS one` }))).rejects.toMatchObject({
      name,
      $metadata: { attempts: 3 },
    });
  });
});
