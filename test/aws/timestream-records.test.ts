import { join } from 'node:path';
import { paginateQuery, TimestreamQueryClient } from '@aws-sdk/client-timestream-query';
import { TimestreamWriteClient } from '@aws-sdk/client-timestream-write';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { timestreamMetricStore } from '../../lib/aws/timestream/metric-store.ts';
import { pointOfRecords, pointRecords, type ReadRecord } from '../../lib/aws/timestream/point-records.ts';
import { emptyFigures } from '../../lib/core/kpi/figures.ts';
import type { HistoryPoint } from '../../lib/core/kpi/history-point.ts';
import { countObservation, emptyMetricRollup } from '../../lib/core/kpi/metric-rollup.ts';
import {
  startTimestreamEmulator,
  type TimestreamEmulator,
} from '../../lib/local/timestream/start-timestream-emulator.ts';
import { arbitraryFigures, arbitraryMetric } from '../fixtures/arbitrary-history.ts';
import { temporaryFolder } from '../local/fixture-app.ts';

const AT = 29_000_000;
const LONGEST_SYSTEM = 's'.repeat(128);
const LONGEST_SCOPE = `workflowType:${'w'.repeat(128)}`;

type Records = ReturnType<typeof pointRecords>;

/** As Timestream counts it: 8 bytes for the time and each number, and every name and text. */
function bytesOf(system: string, { Dimensions = [], MeasureName = '', MeasureValues = [] }: Records[number]): number {
  const dimensions = [{ Name: 'system', Value: system }, ...Dimensions];
  const texts = [MeasureName, ...dimensions.flatMap(({ Name = '', Value = '' }) => [Name, Value])];
  const measures = MeasureValues.map(
    ({ Name = '', Type, Value = '' }) => Buffer.byteLength(Name) + (Type === 'VARCHAR' ? Buffer.byteLength(Value) : 8),
  );
  return [8, ...texts.map((text) => Buffer.byteLength(text)), ...measures].reduce((sum, bytes) => sum + bytes, 0);
}

function asRead(records: Records): ReadRecord[] {
  return records.map(({ MeasureName = '', MeasureValues = [] }) => {
    const value = (name: string) => MeasureValues.find(({ Name }) => Name === name)?.Value ?? '';
    const [parts, revision] = [Number(value('parts')), Number(value('revision'))];
    return { measureName: MeasureName, packed: value('packed'), parts, revision };
  });
}

const arbitraryPoint: fc.Arbitrary<HistoryPoint> = fc.record({
  ...{ scope: fc.constantFrom('fleet', LONGEST_SCOPE), at: fc.constant(AT) },
  ...{ figures: fc.option(arbitraryFigures({ maxBins: 400 })), metric: fc.option(arbitraryMetric) },
});

test('every record of a point has at most 2 KB, with ids of any length', () => {
  fc.assert(
    fc.property(arbitraryPoint, fc.constantFrom('default', LONGEST_SYSTEM), (point, system) => {
      const records = pointRecords(system, point, 1);
      for (const record of records) expect(bytesOf(system, record)).toBeLessThanOrEqual(2_048);
      expect(pointOfRecords(asRead(records))).toEqual({ figures: point.figures, metric: point.metric });
    }),
  );
});

test('the largest figures there are take fewer records than a request may have', () => {
  const [figures] = fc.sample(arbitraryFigures(), { numRuns: 1, seed: 1 });
  const { tasks, presence, use, workflows } = figures!;
  for (const counters of [tasks.counters, presence.counters, use, workflows.counters] as Record<string, number>[]) {
    for (const name of Object.keys(counters)) counters[name] = Number.MAX_SAFE_INTEGER;
  }
  for (const { bins } of [tasks.response, tasks.service, workflows.duration]) {
    for (let bin = 0; bin <= 1_855; bin++) bins.set(bin, Number.MAX_SAFE_INTEGER);
  }
  const all = {
    minutes: Number.MAX_SAFE_INTEGER,
    completed: Number.MAX_SAFE_INTEGER,
    busyMilli: Number.MAX_SAFE_INTEGER,
  };
  // loadLevel of a billion tasks at once is 203.
  for (let level = 0; level <= 203; level++) figures!.loads.set(level, all);
  const records = pointRecords(LONGEST_SYSTEM, { scope: LONGEST_SCOPE, at: AT, figures: figures!, metric: null }, 1);
  expect(records.length).toBeLessThanOrEqual(80);
  for (const record of records) expect(bytesOf(LONGEST_SYSTEM, record)).toBeLessThanOrEqual(2_048);
});

test('no two counters have one name', () => {
  const figures = emptyFigures();
  for (const counters of [figures.tasks.counters, figures.presence.counters, figures.use, figures.workflows.counters]) {
    for (const name of Object.keys(counters)) (counters as Record<string, number>)[name] = 1;
  }
  const [record] = pointRecords('default', { scope: 'fleet', at: AT, figures, metric: null }, 1);
  const names = (record?.MeasureValues ?? []).map(({ Name }) => Name);
  expect(names.length).toBeGreaterThan(60);
  expect(new Set(names).size).toBe(names.length);
});

test('a point is absent while parts of it are missing, or are of another writing', () => {
  const point = (seed: number): HistoryPoint => {
    const [figures] = fc.sample(arbitraryFigures({ maxBins: 900 }), { numRuns: 1, seed });
    for (let bin = 0; bin < 900; bin++) figures!.tasks.response.bins.set(bin, seed);
    return { scope: 'fleet', at: AT, figures: figures!, metric: null };
  };
  const [before, after] = [asRead(pointRecords('s', point(1), 1)), asRead(pointRecords('s', point(2), 2))];
  expect(after.length).toBeGreaterThan(2);
  for (let i = 0; i < after.length; i++) {
    expect(pointOfRecords(after.filter((_, part) => part !== i))).toBeNull();
    const mixed = after.map((record, part) => (part === i ? (before[i] ?? record) : record));
    expect(pointOfRecords(mixed)).toBeNull();
  }
  // Parts that a longer point left behind do not matter.
  expect(pointOfRecords([...after, { ...after[1]!, measureName: 'point.99', revision: 1 }])).not.toBeNull();
});

describe('in a table', () => {
  const NOW_MS = AT * 60_000;
  let emulator: TimestreamEmulator;
  let write: TimestreamWriteClient;
  let query: TimestreamQueryClient;
  const requests: number[] = [];
  beforeEach(async () => {
    requests.length = 0;
    emulator = await startTimestreamEmulator({
      file: join(temporaryFolder(), 'timestream.duckdb'),
      tables: [{ database: 'm', table: 't', memoryHours: 6, magneticDays: 90, magneticWrites: true }],
      nowMs: () => NOW_MS,
      intercept: (operation, request) => {
        if (operation === 'WriteRecords') requests.push((request['Records'] as unknown[]).length);
        return undefined;
      },
    });
    process.env['AWS_ENDPOINT_URL_TIMESTREAM_WRITE'] = emulator.url;
    process.env['AWS_ENDPOINT_URL_TIMESTREAM_QUERY'] = emulator.url;
    const given = { region: 'us-east-1', credentials: { accessKeyId: 'x', secretAccessKey: 'x' } };
    [write, query] = [new TimestreamWriteClient(given), new TimestreamQueryClient(given)];
  });
  afterEach(async () => {
    write.destroy();
    query.destroy();
    await emulator.close();
  });
  const store = () =>
    timestreamMetricStore(write, query, { database: 'm', tables: { minute: 't', hour: 't', day: 't' } });

  async function rows(sql: string): Promise<(string | undefined)[][]> {
    const found: (string | undefined)[][] = [];
    for await (const { Rows = [] } of paginateQuery({ client: query }, { QueryString: sql })) {
      for (const { Data = [] } of Rows) found.push(Data.map(({ ScalarValue }) => ScalarValue));
    }
    return found;
  }

  test('people can count with SQL, by the names of the counters', async () => {
    const points = Array.from({ length: 250 }, (_, i): HistoryPoint => {
      const figures = emptyFigures();
      figures.tasks.counters.completed = i;
      figures.tasks.counters.responseUs = 2_000 * i;
      figures.presence.counters.cpuPpm = 10;
      figures.use.thereMinutes = 1;
      figures.workflows.counters.completed = 3;
      return { scope: `agent:a-${i % 2}`, at: AT - i, figures, metric: null };
    });
    await store().write('team', 'minute', points, 1);
    const metric = emptyMetricRollup({ agent: '', pool: '', name: 'n', unit: 's', kind: 'gauge', direction: 'lower' });
    for (const value of [0.5, 4]) countObservation(metric, { ...metric, atMs: NOW_MS, value });
    await store().write('team', 'minute', [{ scope: 'metric:n', at: AT, figures: null, metric }], 1);
    // The sums over 0, 2, ..., 248 and 1, 3, ..., 249 are 15,500 and 15,625.
    expect(
      await rows(
        `SELECT scope, sum(completed) AS done, sum(response_us) / 2000 AS time, sum(cpu_ppm) AS cpu,
          sum(there_minutes) AS there, sum(workflow_completed) AS runs
        FROM "m"."t" WHERE "system" = 'team' AND completed >= 0 GROUP BY scope ORDER BY scope`,
      ),
    ).toEqual([
      ['agent:a-0', '15500', '15500', '1240', '124', '372'],
      ['agent:a-1', '15625', '15625', '1250', '125', '375'],
    ]);
    expect(
      await rows(
        `SELECT metric_count, metric_sum, metric_min, metric_max, metric_last FROM "m"."t" WHERE scope = 'metric:n'`,
      ),
    ).toEqual([['2', '4.5', '0.5', '4.0', '4.0']]);
    expect(requests.sort((a, b) => b - a)).toEqual([100, 100, 50, 1]);
  });

  test('points that the table does not take are an error that says how many and why', async () => {
    const point = (at: number): HistoryPoint => ({ scope: 'fleet', at, figures: emptyFigures(), metric: null });
    const points = [AT, AT - 91 * 1_440, AT - 92 * 1_440].map(point);
    await expect(store().write('team', 'day', points, 1)).rejects.toThrow(
      /Timestream rejected 2 records: .*outside the time range/,
    );
    expect(await store().read('team', 'fleet', 'day', 0, AT + 1)).toEqual([point(AT)]);
  });

  test('a table or database that is not there is an error, and not taken for an empty one', async () => {
    const missing = timestreamMetricStore(write, query, {
      database: 'm',
      tables: { minute: 'u', hour: 'u', day: 'u' },
    });
    await expect(missing.read('team', 'fleet', 'day', 0, AT)).rejects.toThrow(/does not exist/);
    const point: HistoryPoint = { scope: 'fleet', at: AT, figures: emptyFigures(), metric: null };
    await expect(missing.write('team', 'day', [point], 1)).rejects.toThrow(/does not exist/);
  });
});
