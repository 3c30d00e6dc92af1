import type { JsonObject } from '../json.ts';
import { QueryPages } from './query-pages.ts';
import { readRecords, type TimestreamRecord } from './read-records.ts';
import { invalid, TimestreamError } from './timestream-error.ts';
import { TimestreamStore } from './timestream-store.ts';
import { expiryMs, storeFor, type TimestreamTable } from './timestream-table.ts';
import { translateQuery } from './translate-query.ts';

export interface TimestreamOptions {
  /** Created when it is not there; one process at a time may have it open. */
  file: string;
  tables: readonly TimestreamTable[];
  nowMs: () => number;
}

export interface TimestreamAnswer {
  /** HTTP status. */
  status: number;
  /** What the operation gives, or the error in its place. */
  content: JsonObject;
}

/** Timestream for LiveAnalytics, its write and its query API, over a file of DuckDB. */
export class Timestream {
  readonly #options: TimestreamOptions;
  readonly #store: TimestreamStore;
  readonly #pages = new QueryPages();

  private constructor(options: TimestreamOptions, store: TimestreamStore) {
    this.#options = options;
    this.#store = store;
  }

  /** @throws LocalCloudError when the file is in use */
  static async open(options: TimestreamOptions): Promise<Timestream> {
    const timestream = new Timestream(options, await TimestreamStore.open(options.file, options.tables));
    await timestream.deleteExpired();
    return timestream;
  }

  async answer(operation: string, request: JsonObject): Promise<TimestreamAnswer> {
    try {
      return { status: 200, content: await this.#carryOut(operation, request) };
    } catch (error) {
      if (error instanceof TimestreamError) return errorAnswer(error);
      const message = error instanceof Error ? error.message : String(error);
      return errorAnswer(new TimestreamError('InternalServerException', message));
    }
  }

  /** Deletes what is older than its table keeps. */
  async deleteExpired(): Promise<void> {
    for (const table of this.#options.tables) {
      await this.#store.deleteBefore(table, expiryMs(table, this.#options.nowMs()));
    }
  }

  close(): Promise<void> {
    return this.#store.close();
  }

  #carryOut(operation: string, request: JsonObject): Promise<JsonObject> | JsonObject {
    switch (operation) {
      case 'DescribeEndpoints':
        // The SDK takes it for a host name, and keeps the port it called.
        return { Endpoints: [{ Address: '127.0.0.1', CachePeriodInMinutes: 1440 }] };
      case 'WriteRecords':
        return this.#writeRecords(request);
      case 'Query':
        return this.#query(request);
      case 'CancelQuery':
        return this.#pages.cancel(String(request['QueryId'] ?? ''));
      default:
        throw new TimestreamError('UnknownOperationException', `${operation} is not part of the local cloud`);
    }
  }

  async #writeRecords(request: JsonObject): Promise<JsonObject> {
    const table = this.#tableNamed(request['DatabaseName'], request['TableName']);
    const nowMs = this.#options.nowMs();
    const ingested = { Total: 0, MemoryStore: 0, MagneticStore: 0 };
    const rejected: JsonObject[] = [];
    const accepted: { index: number; record: TimestreamRecord; store: 'memory' | 'magnetic' }[] = [];
    readRecords(request).forEach((record, index) => {
      const place = 'rejected' in record ? record : placeOf(table, record, nowMs);
      if ('rejected' in place) rejected.push({ RecordIndex: index, Reason: place.rejected });
      else if (!('rejected' in record)) accepted.push({ index, record, store: place.store });
    });
    const outcomes = await this.#store.write(
      table,
      accepted.map(({ record }) => record),
    );
    accepted.forEach(({ index, store }, position) => {
      const outcome = outcomes[position];
      if (outcome === undefined || outcome === 'stored') {
        ingested.Total += 1;
        ingested[store === 'memory' ? 'MemoryStore' : 'MagneticStore'] += 1;
        return;
      }
      const { rejected: reason, existingVersion } = outcome;
      const version = existingVersion === undefined ? {} : { ExistingVersion: existingVersion };
      rejected.push({ RecordIndex: index, Reason: reason, ...version });
    });
    if (rejected.length === 0) return { RecordsIngested: ingested };
    rejected.sort((one, other) => Number(one['RecordIndex']) - Number(other['RecordIndex']));
    throw new TimestreamError(
      'RejectedRecordsException',
      'One or more records have been rejected. See RejectedRecords for details.',
      { RejectedRecords: rejected },
    );
  }

  async #query(request: JsonObject): Promise<JsonObject> {
    const { QueryString: query, NextToken: token, MaxRows: maxRows, ClientToken: clientToken } = request;
    const nowMs = this.#options.nowMs();
    if (typeof query !== 'string' || query === '') throw invalid('QueryString must not be null or empty');
    if (maxRows !== undefined && !(Number.isInteger(maxRows) && Number(maxRows) >= 1 && Number(maxRows) <= 1000)) {
      throw invalid(`MaxRows must be from 1 to 1000, not ${String(maxRows)}`);
    }
    const rows = typeof maxRows === 'number' ? maxRows : undefined;
    if (typeof token === 'string') return this.#pages.next(query, token, rows, nowMs);
    const again = typeof clientToken === 'string' ? this.#pages.again(query, clientToken, rows, nowMs) : undefined;
    if (again) return again;
    const translated = translateQuery(query, nowMs);
    for (const { database, table } of translated.tables) {
      if (!this.#find(database, table)) throw invalid(`The table ${database}.${table} does not exist.`);
    }
    const result = await this.#store.query(translated.sql);
    return this.#pages.first(query, typeof clientToken === 'string' ? clientToken : undefined, rows, result, nowMs);
  }

  #tableNamed(database: unknown, table: unknown): TimestreamTable {
    const found = this.#find(String(database), String(table));
    if (found) return found;
    const hasDatabase = this.#options.tables.some((one) => one.database === database);
    throw new TimestreamError(
      'ResourceNotFoundException',
      hasDatabase ? `The table ${String(table)} does not exist.` : `The database ${String(database)} does not exist.`,
    );
  }

  #find(database: string, table: string): TimestreamTable | undefined {
    return this.#options.tables.find((one) => one.database === database && one.table === table);
  }
}

function placeOf(table: TimestreamTable, record: TimestreamRecord, nowMs: number): ReturnType<typeof storeFor> {
  const missing = table.requiredDimensions?.find((wanted) => !record.dimensions.some(({ name }) => name === wanted));
  if (missing !== undefined)
    return { rejected: `The record has no dimension ${missing}, which the partition key needs.` };
  return storeFor(table, Math.floor(Number(record.time) / 1000), nowMs);
}

export function errorAnswer({ code, message, members }: TimestreamError): TimestreamAnswer {
  const content = { __type: `com.amazonaws.timestream.v20181101#${code}`, Message: message, message, ...members };
  // 419 is what the service sends.
  if (code === 'RejectedRecordsException') return { status: 419, content };
  return { status: code === 'InternalServerException' ? 500 : 400, content };
}
