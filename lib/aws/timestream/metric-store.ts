import { type Datum, paginateQuery, type TimestreamQueryClient } from '@aws-sdk/client-timestream-query';
import {
  type RejectedRecord,
  RejectedRecordsException,
  type _Record as TimestreamRecord,
  type TimestreamWriteClient,
  WriteRecordsCommand,
} from '@aws-sdk/client-timestream-write';
import type { HistoryLevel, HistoryPoint } from '../../core/kpi/history-point.ts';
import { type Minute, minuteOf, startOfMinute } from '../../core/model/time.ts';
import type { MetricStore } from '../../ports/metric-store.ts';
import { inParallel } from '../in-parallel.ts';
import { pointOfRecords, pointRecords, type ReadRecord } from './point-records.ts';

export interface TimestreamTables {
  database: string;
  tables: Record<HistoryLevel, string>;
}

const RECORDS_A_REQUEST = 100;
const REQUESTS_AT_ONCE = 8;
/** Revisions that one version may have; the version of a record is version * REVISIONS + revision, and 1 or more. */
const REVISIONS = 1_000;

/**
 * History in Timestream for LiveAnalytics: a table for each level, a time series for each system and scope, a record for
 * each point (a few for one with large sketches).
 *
 * Reads are eventually consistent: a point may be seen a little after it was written, and one that has several records is
 * absent until all of them are there. How long points are kept is a property of the tables. A point older than the memory
 * store is taken only where the table has magnetic writes.
 *
 * Timestream takes a record again with the same version only when it is the same, and here the newest writing counts; so
 * a version has revisions, and a point that is refused is written once more with the next.
 */
export function timestreamMetricStore(
  write: TimestreamWriteClient,
  query: TimestreamQueryClient,
  { database, tables }: TimestreamTables,
): MetricStore {
  return {
    async write(system, level, points, version) {
      const lists: HistoryPoint[][] = [];
      for (let i = 0; i < points.length; i += RECORDS_A_REQUEST) lists.push(points.slice(i, i + RECORDS_A_REQUEST));
      const to = { database, table: tables[level], system };
      // Records are made when their turn comes: all at once would take a gigabyte for a large fleet.
      await inParallel(lists, REQUESTS_AT_ONCE, async (list) => {
        const first = Math.max(1, version * REVISIONS);
        const recorded = list.map((point) => ({ point, records: pointRecords(system, point, first) }));
        for (const request of requestsOf(recorded)) await writeRequest(write, to, request, version);
      });
    },

    async read(system, scope, level, from, to) {
      const sql =
        `SELECT time, measure_name, packed, parts, revision FROM ${name(database)}.${name(tables[level])} ` +
        `WHERE "system" = ${text(system)} AND "scope" = ${text(scope)} ` +
        `AND time >= from_milliseconds(${timeOf(from)}) AND time < from_milliseconds(${timeOf(to)}) ORDER BY time`;
      const records = new Map<Minute, ReadRecord[]>();
      try {
        for await (const { Rows = [] } of paginateQuery({ client: query }, { QueryString: sql })) {
          for (const { Data = [] } of Rows) {
            const { at, ...record } = readRow(Data);
            const its = records.get(at);
            if (its) its.push(record);
            else records.set(at, [record]);
          }
        }
      } catch (error) {
        if (isUnwritten(error)) return [];
        throw error;
      }
      return [...records].flatMap(([at, its]) => {
        const point = pointOfRecords(its);
        return point ? [{ scope, at, ...point }] : [];
      });
    },
  };
}

/** A point with its records. */
interface Recorded {
  point: HistoryPoint;
  records: TimestreamRecord[];
}

/** Where records go, and the system they are of. */
interface Destination {
  database: string;
  table: string;
  system: string;
}

/** Points by request; those of one are together, so that it is written whole or not at all. */
function requestsOf(recorded: readonly Recorded[]): Recorded[][] {
  const requests: Recorded[][] = [];
  let room = 0;
  for (const one of recorded) {
    room -= one.records.length;
    if (room < 0) {
      requests.push([]);
      room = RECORDS_A_REQUEST - one.records.length;
    }
    requests.at(-1)?.push(one);
  }
  return requests;
}

/** Writes points, each unless it is there with a higher version. */
async function writeRequest(
  client: TimestreamWriteClient,
  to: Destination,
  request: readonly Recorded[],
  version: number,
): Promise<void> {
  let left = request;
  while (left.length > 0) {
    const rejected = await send(client, to, left);
    left = toWriteAgain(to.system, left, rejected, version);
  }
}

/** @returns the records that were rejected */
async function send(
  client: TimestreamWriteClient,
  { database, table, system }: Destination,
  recorded: readonly Recorded[],
): Promise<RejectedRecord[]> {
  try {
    await client.send(
      new WriteRecordsCommand({
        DatabaseName: database,
        TableName: table,
        CommonAttributes: { Dimensions: [{ Name: 'system', Value: system }], MeasureValueType: 'MULTI' },
        Records: recorded.flatMap(({ records }) => records),
      }),
    );
    return [];
  } catch (error) {
    if (error instanceof RejectedRecordsException) return error.RejectedRecords ?? [];
    throw error;
  }
}

/**
 * The points to write with another revision; those that are there with a higher version stay.
 * @throws Error when a record was rejected for another reason, such as its time
 */
function toWriteAgain(
  system: string,
  sent: readonly Recorded[],
  rejected: readonly RejectedRecord[],
  version: number,
): Recorded[] {
  const existing = new Map(rejected.map((record) => [record.RecordIndex ?? 0, record.ExistingVersion]));
  const others = rejected.filter(({ ExistingVersion }) => ExistingVersion === undefined);
  if (others.length > 0) throw new Error(`Timestream rejected ${others.length} records: ${others[0]?.Reason}`);
  let index = 0;
  return sent.flatMap(({ point, records }) => {
    const versions = records.flatMap(() => existing.get(index++) ?? []);
    const highest = Math.max(...versions);
    if (versions.length === 0 || highest >= (version + 1) * REVISIONS) return [];
    if (highest + 1 === (version + 1) * REVISIONS) {
      throw new Error(`a point of ${point.scope} was written ${REVISIONS} times with version ${version}`);
    }
    return [{ point, records: pointRecords(system, point, highest + 1) }];
  });
}

function readRow(row: readonly Datum[]): ReadRecord & { at: Minute } {
  const [time = '', measureName = '', packed = '', parts, revision] = row.map(({ ScalarValue }) => ScalarValue);
  // 2026-11-22 10:00:00.000000000, in UTC
  const atMs = Date.parse(`${time.slice(0, 10)}T${time.slice(11, 23)}Z`);
  return { at: minuteOf(atMs), measureName, packed, parts: Number(parts), revision: Number(revision) };
}

/** A table has the columns of the records that were written to it: at first none. */
function isUnwritten(error: unknown): boolean {
  return (
    error instanceof Error &&
    error.name === 'ValidationException' &&
    /column .*(does not exist|cannot be resolved)/i.test(error.message)
  );
}

/** The start of a minute, within the times that Timestream knows. */
function timeOf(minute: Minute): number {
  return Math.min(Math.max(0, startOfMinute(minute)), 9_223_372_036_854);
}

function name(identifier: string): string {
  return `"${identifier.replaceAll('"', '""')}"`;
}

function text(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}
