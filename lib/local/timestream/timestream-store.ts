import { createHash } from 'node:crypto';
import { basename, extname } from 'node:path';
import {
  type DuckDBConnection,
  DuckDBDataChunk,
  DuckDBInstance,
  DuckDBTimestampValue,
  type DuckDBType,
  type DuckDBValue,
  StatementType,
} from '@duckdb/node-api';
import type { JsonObject } from '../json.ts';
import { LocalCloudError } from '../local-cloud-error.ts';
import { type AnswerColumn, answerColumn, answerDatum } from './query-answer.ts';
import type { Measure, MeasureType, TimestreamRecord } from './read-records.ts';
import { invalid, TimestreamError } from './timestream-error.ts';
import type { TimestreamTable } from './timestream-table.ts';

export type WriteOutcome = 'stored' | { rejected: string; existingVersion?: number };

export interface QueryResult {
  columns: AnswerColumn[];
  /** Rows as they are sent. */
  rows: JsonObject[];
}

interface Column {
  name: string;
  kind: 'dimension' | 'measure';
  type: MeasureType;
}

interface StoredVersion {
  version: number;
  content: bigint;
  /** Undefined when the row is among those about to be written. */
  rowId: bigint | undefined;
}

interface Row {
  key: bigint;
  content: bigint;
  record: TimestreamRecord;
}

const MOST_DIMENSIONS = 128;
const MOST_MEASURES = 1024;
/** Characters that the name of a database cannot have keep these apart from it. */
const STORE = '"~records"';
const COLUMNS = `${STORE}."~columns"`;

const MACROS = `
CREATE OR REPLACE MACRO timestream_bin(t, step) AS time_bucket(step, t, TIMESTAMP '1970-01-01');
CREATE OR REPLACE MACRO timestream_now(now) AS now;
CREATE OR REPLACE MACRO timestream_ago(now, duration) AS now - duration;
CREATE OR REPLACE MACRO timestream_from_milliseconds(ms) AS make_timestamp(CAST(ms AS BIGINT) * 1000);
CREATE OR REPLACE MACRO timestream_from_nanoseconds(ns) AS make_timestamp(CAST(ns AS BIGINT) // 1000);
CREATE OR REPLACE MACRO timestream_from_iso8601(iso) AS CAST(iso AS TIMESTAMP);
`;

/** Files this process has open: the lock of DuckDB keeps out other processes only. */
const openFiles = new Set<string>();

/**
 * The records of Timestream in a file of DuckDB. Each table has the columns that its records brought, and a view by the
 * names under which queries know it.
 */
export class TimestreamStore {
  readonly #file: string;
  readonly #instance: DuckDBInstance;
  readonly #writer: DuckDBConnection;
  readonly #readers = new Map<DuckDBConnection, Promise<unknown>>();
  readonly #columns = new Map<TimestreamTable, Map<string, Column>>();
  /** Writes go one after the other. */
  #lastWrite: Promise<unknown> = Promise.resolve();

  private constructor(file: string, instance: DuckDBInstance, writer: DuckDBConnection) {
    this.#file = file;
    this.#instance = instance;
    this.#writer = writer;
  }

  /** @throws LocalCloudError when the file is in use */
  static async open(file: string, tables: readonly TimestreamTable[]): Promise<TimestreamStore> {
    const catalog = basename(file, extname(file));
    if (tables.some(({ database }) => database === catalog)) {
      throw new LocalCloudError(`a Timestream database cannot be called ${catalog} on one machine`);
    }
    if (openFiles.has(file)) throw new LocalCloudError(`${file} is in use by this process`);
    openFiles.add(file);
    let store: TimestreamStore | undefined;
    try {
      const instance = await open(file);
      store = new TimestreamStore(file, instance, await instance.connect());
      await store.#prepare(tables);
      return store;
    } catch (error) {
      await store?.close();
      openFiles.delete(file);
      throw error;
    }
  }

  async #prepare(tables: readonly TimestreamTable[]): Promise<void> {
    await this.#writer.run(
      "SET GLOBAL integer_division = true; SET GLOBAL TimeZone = 'UTC'; SET GLOBAL lock_configuration = true",
    );
    await this.#transaction(async () => {
      await this.#writer.run(
        `${MACROS}
        CREATE SCHEMA IF NOT EXISTS ${STORE};
        CREATE TABLE IF NOT EXISTS ${COLUMNS} (owner VARCHAR, name VARCHAR, kind VARCHAR, type VARCHAR);`,
      );
      const known = await this.#writer.runAndReadAll(`SELECT owner, name, kind, type FROM ${COLUMNS} ORDER BY rowid`);
      const rows = known.getRows() as [string, string, Column['kind'], MeasureType][];
      for (const table of tables) {
        const own = rows.filter(([owner]) => owner === rowTableOf(table));
        this.#columns.set(
          table,
          new Map(own.map(([, name, kind, type]) => [name.toLowerCase(), { name, kind, type }])),
        );
        await this.#writer.run(
          `CREATE SCHEMA IF NOT EXISTS ${quoted(table.database)};
          CREATE TABLE IF NOT EXISTS ${rowsOf(table)} ("~key" HUGEINT, "~version" BIGINT, "~content" BIGINT,
            "measure_name" VARCHAR, "time" TIMESTAMP);
          ${this.#viewOf(table)}`,
        );
      }
    });
  }

  /**
   * Stores records, each unless a newer version of it is there, and returns when they are on the disk.
   * @returns what became of each
   */
  write(table: TimestreamTable, records: readonly TimestreamRecord[]): Promise<WriteOutcome[]> {
    return this.#inTurn(() => this.#write(table, records));
  }

  /** Deletes the records of a table before a time in ms since the epoch. */
  deleteBefore(table: TimestreamTable, timeMs: number): Promise<void> {
    return this.#inTurn(async () => {
      await this.#writer.run(
        `DELETE FROM ${rowsOf(table)} WHERE "time" < make_timestamp(${Math.floor(timeMs)} * 1000)`,
      );
    });
  }

  /**
   * Carries out a translated query.
   * @throws TimestreamError when it is no valid query
   */
  async query(sql: string): Promise<QueryResult> {
    const reader = await this.#instance.connect();
    const result = runQuery(reader, sql);
    this.#readers.set(reader, result);
    try {
      return await result;
    } catch (error) {
      throw asTimestreamError(error);
    } finally {
      this.#readers.delete(reader);
      reader.closeSync();
    }
  }

  /** Waits for writes, and cuts queries off. */
  async close(): Promise<void> {
    for (const reader of this.#readers.keys()) reader.interrupt();
    await Promise.allSettled([...this.#readers.values(), this.#lastWrite]);
    this.#writer.closeSync();
    this.#instance.closeSync();
    openFiles.delete(this.#file);
  }

  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const done = this.#lastWrite.then(work);
    this.#lastWrite = done.catch(() => undefined);
    return done;
  }

  async #write(table: TimestreamTable, records: readonly TimestreamRecord[]): Promise<WriteOutcome[]> {
    const outcomes: WriteOutcome[] = [];
    const added: Column[] = [];
    const rows = new Map<bigint, Row>();
    const replaced: bigint[] = [];
    const keyed = records.map((record) => ({ key: keyOf(record), content: contentOf(record), record }));
    const stored = await this.#storedVersions(table, keyed);
    for (const row of keyed) {
      const { version } = row.record;
      const existing = stored.get(row.key);
      const refusal = this.#refusal(table, row.record, added) ?? versionRefusal(row, existing);
      if (refusal) {
        outcomes.push(refusal);
        continue;
      }
      outcomes.push('stored');
      if (existing?.version === version) continue;
      added.push(...this.#newColumns(table, row.record, added));
      if (existing?.rowId !== undefined) replaced.push(existing.rowId);
      rows.set(row.key, row);
      stored.set(row.key, { version, content: row.content, rowId: undefined });
    }
    if (added.length > 0) await this.#addColumns(table, added);
    if (rows.size > 0) await this.#replace(table, [...rows.values()], replaced);
    return outcomes;
  }

  async #storedVersions(table: TimestreamTable, rows: readonly Row[]): Promise<Map<bigint, StoredVersion>> {
    if (rows.length === 0) return new Map();
    const times = [...new Set(rows.map(({ record }) => record.time))].toSorted((one, other) => (one < other ? -1 : 1));
    // The range lets DuckDB skip most of the table.
    const found = await this.#writer.runAndReadAll(
      `SELECT "~key", "~version", "~content", rowid FROM ${rowsOf(table)}
      WHERE "time" BETWEEN make_timestamp(${times[0]}) AND make_timestamp(${times.at(-1)})
        AND "~key" IN (${rows.map(({ key }) => key).join(', ')})`,
    );
    const versions = found.getRows() as [bigint, bigint, bigint, bigint][];
    return new Map(
      versions.map(([key, version, content, rowId]) => [key, { version: Number(version), content, rowId }]),
    );
  }

  /** What the columns of the table have against a record. */
  #refusal(table: TimestreamTable, record: TimestreamRecord, added: readonly Column[]): WriteOutcome | undefined {
    const known = this.#columns.get(table);
    for (const { name, kind, type } of columnsOf(record)) {
      const column =
        known?.get(name.toLowerCase()) ?? added.find((one) => one.name.toLowerCase() === name.toLowerCase());
      if (!column) continue;
      if (column.name !== name) return { rejected: `${name} differs from ${column.name} by case only.` };
      if (column.kind !== kind) return { rejected: `${name} is the name of a ${column.kind} already.` };
      if (column.type !== type) {
        return { rejected: `Measure name already has an assigned type: ${name} is ${column.type}, not ${type}.` };
      }
    }
    const all = [...(known?.values() ?? []), ...added, ...this.#newColumns(table, record, added)];
    const count = (wanted: Column['kind']) => all.filter(({ kind }) => kind === wanted).length;
    if (count('dimension') > MOST_DIMENSIONS) return { rejected: `A table can have ${MOST_DIMENSIONS} dimensions.` };
    if (count('measure') > MOST_MEASURES) return { rejected: `A table can have ${MOST_MEASURES} measures.` };
    return undefined;
  }

  #newColumns(table: TimestreamTable, record: TimestreamRecord, added: readonly Column[]): Column[] {
    const known = this.#columns.get(table);
    return columnsOf(record).filter(
      ({ name }) => !known?.has(name.toLowerCase()) && !added.some((one) => one.name === name),
    );
  }

  /** Committed before the rows: DuckDB does not append to a table that the same transaction altered. */
  async #addColumns(table: TimestreamTable, added: readonly Column[]): Promise<void> {
    const columns = new Map(this.#columns.get(table));
    for (const column of added) columns.set(column.name.toLowerCase(), column);
    const owner = literal(rowTableOf(table));
    await this.#transaction(async () => {
      await this.#writer.run(
        `${added.map(({ name, type }) => `ALTER TABLE ${rowsOf(table)} ADD COLUMN ${quoted(name)} ${type};`).join('')}
        INSERT INTO ${COLUMNS} VALUES ${added
          .map(({ name, kind, type }) => `(${owner}, ${literal(name)}, '${kind}', '${type}')`)
          .join(', ')};
        ${this.#viewOf(table, columns)}`,
      );
    });
    this.#columns.set(table, columns);
  }

  async #replace(table: TimestreamTable, rows: readonly Row[], replaced: readonly bigint[]): Promise<void> {
    await this.#transaction(async () => {
      if (replaced.length > 0) {
        await this.#writer.run(`DELETE FROM ${rowsOf(table)} WHERE rowid IN (${replaced.join(', ')})`);
      }
      const appender = await this.#writer.createAppender(rowTableOf(table), '~records');
      const names = ['~key', '~version', '~content', 'measure_name', 'time'];
      const columns = [...(this.#columns.get(table)?.values() ?? [])];
      const types = Array.from({ length: appender.columnCount }, (_, index) => appender.columnType(index));
      const values = rows.map(({ key, content, record }) => {
        const named = new Map<string, DuckDBValue>([
          ['~key', key],
          ['~version', BigInt(record.version)],
          ['~content', content],
          ['measure_name', record.measureName],
          ['time', new DuckDBTimestampValue(record.time)],
          ...record.dimensions.map(({ name, value }): [string, DuckDBValue] => [name, value]),
          ...record.measures.map((measure): [string, DuckDBValue] => [measure.name, storedValue(measure)]),
        ]);
        return [...names, ...columns.map(({ name }) => name)].map((name) => named.get(name) ?? null);
      });
      const chunk = DuckDBDataChunk.create(types, rows.length);
      types.forEach((_type, index) => {
        chunk.setColumnValues(
          index,
          values.map((row) => row[index] ?? null),
        );
      });
      appender.appendDataChunk(chunk);
      appender.closeSync();
    });
  }

  async #transaction(work: () => Promise<void>): Promise<void> {
    await this.#writer.run('BEGIN TRANSACTION');
    try {
      await work();
      await this.#writer.run('COMMIT');
    } catch (error) {
      await this.#writer.run('ROLLBACK');
      throw error;
    }
  }

  #viewOf(table: TimestreamTable, columns = this.#columns.get(table)): string {
    const all = [...(columns?.values() ?? [])];
    const named = (kind: Column['kind']) =>
      all.filter((column) => column.kind === kind).map(({ name }) => quoted(name));
    const listed = [...named('dimension'), '"measure_name"', '"time"', ...named('measure')];
    const view = `${quoted(table.database)}.${quoted(table.table)}`;
    return `CREATE OR REPLACE VIEW ${view} AS SELECT ${listed.join(', ')} FROM ${rowsOf(table)};`;
  }
}

async function open(file: string): Promise<DuckDBInstance> {
  try {
    return await DuckDBInstance.create(file, { enable_external_access: 'false' });
  } catch (error) {
    throw new LocalCloudError(`${file} cannot be opened: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function runQuery(reader: DuckDBConnection, sql: string): Promise<QueryResult> {
  await reader.run('BEGIN TRANSACTION READ ONLY');
  const statements = await reader.extractStatements(sql);
  const statement = await statements.prepare(0);
  if (statements.count !== 1 || statement.statementType !== StatementType.SELECT) {
    throw invalid('only one SELECT statement can be run');
  }
  const answer = await statement.runAndReadAll();
  const types = answer.columnTypes();
  const columns = answer.columnNames().map((name, index) => answerColumn(name, types[index] as DuckDBType));
  const rows = answer
    .getRows()
    .map((row) => ({ Data: row.map((value, index) => answerDatum(value, columns[index] as AnswerColumn)) }));
  return { columns, rows };
}

function versionRefusal({ record, content }: Row, existing: StoredVersion | undefined): WriteOutcome | undefined {
  if (!existing || record.version > existing.version) return undefined;
  if (record.version === existing.version) {
    if (content === existing.content) return undefined;
    const rejected =
      'A record already exists with the same time, dimensions, measure name, and record version. A higher record version must be specified in order to update the measure value.';
    return { rejected, existingVersion: existing.version };
  }
  return {
    rejected: `The record version ${record.version} is lower than the existing version ${existing.version}. A higher version is required to update the measure value.`,
    existingVersion: existing.version,
  };
}

function columnsOf(record: TimestreamRecord): Column[] {
  return [
    ...record.dimensions.map(({ name }): Column => ({ name, kind: 'dimension', type: 'VARCHAR' })),
    ...record.measures.map(({ name, type }): Column => ({ name, kind: 'measure', type })),
  ];
}

/** Identifies a record: 127 bits of what makes two writes the same record. */
function keyOf({ dimensions, measureName, time }: TimestreamRecord): bigint {
  const identity = [String(time), measureName, ...dimensions.flatMap(({ name, value }) => [name, value])];
  const digest = sha256(identity);
  return (digest.readBigInt64BE(0) << 64n) | digest.readBigUInt64BE(8);
}

function contentOf({ measures }: TimestreamRecord): bigint {
  return sha256(measures.flatMap(({ name, type, value }) => [name, type, String(value)])).readBigInt64BE(0);
}

function sha256(texts: readonly string[]): Buffer {
  return createHash('sha256').update(JSON.stringify(texts)).digest();
}

function storedValue({ type, value }: Measure): DuckDBValue {
  return type === 'TIMESTAMP' && typeof value === 'bigint' ? new DuckDBTimestampValue(value) : value;
}

function asTimestreamError(error: unknown): TimestreamError {
  if (error instanceof TimestreamError) return error;
  const message = error instanceof Error ? error.message : String(error);
  const [problem = ''] = message.replace('Failed to extract statements: ', '').split('\n');
  const column = /^Binder Error: Referenced column "([^"]*)" (not found|was not found)/.exec(problem)?.[1];
  if (column !== undefined) return invalid(`Column '${column}' does not exist`);
  if (/^(Binder|Catalog|Parser) Error/.test(problem)) return invalid(problem);
  return new TimestreamError('QueryExecutionException', problem);
}

/** The table with its rows; its name, because the two names of a table may hold neither `|` nor quotes. */
function rowTableOf({ database, table }: TimestreamTable): string {
  return `${database}|${table}`;
}

function rowsOf(table: TimestreamTable): string {
  return `${STORE}.${quoted(rowTableOf(table))}`;
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
