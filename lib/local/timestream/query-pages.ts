import { randomUUID } from 'node:crypto';
import type { JsonObject } from '../json.ts';
import { invalid, TimestreamError } from './timestream-error.ts';
import type { QueryResult } from './timestream-store.ts';

interface FinishedQuery {
  query: string;
  clientToken: string | undefined;
  result: QueryResult;
  finishedAtMs: number;
  /** Of the page that was asked for last, and how often it was. */
  offset: number;
  timesRead: number;
  cancelled: boolean;
}

const LARGEST_PAGE_BYTES = 1_048_576;
const PAGE_TOKEN_LIFE_MS = 3_600_000;
const CLIENT_TOKEN_LIFE_MS = 4 * 3_600_000;
const READS_OF_A_TOKEN = 5;
/** Older results are forgotten first. */
const RESULTS_KEPT = 50;

/** Hands out the results of queries page by page. */
export class QueryPages {
  readonly #finished = new Map<string, FinishedQuery>();

  /**
   * The first page of a query that has run; empty, with a token, when the result is over a page, as Timestream does it.
   * @param clientToken makes `again` find the result
   */
  first(
    query: string,
    clientToken: string | undefined,
    maxRows: number | undefined,
    result: QueryResult,
    nowMs: number,
  ): JsonObject {
    const queryId = randomUUID().replaceAll('-', '').toUpperCase();
    const finished = { query, clientToken, result, finishedAtMs: nowMs, offset: 0, timesRead: 0, cancelled: false };
    this.#finished.set(queryId, finished);
    const [oldest] = this.#finished.keys();
    if (oldest !== undefined && this.#finished.size > RESULTS_KEPT) this.#finished.delete(oldest);
    return firstPage(queryId, result, maxRows);
  }

  /**
   * The first page once more, when the query has run with this client token.
   * @throws TimestreamError ValidationException when the token was given with another query
   */
  again(query: string, clientToken: string, maxRows: number | undefined, nowMs: number): JsonObject | undefined {
    for (const [queryId, finished] of this.#finished) {
      if (finished.clientToken !== clientToken || nowMs - finished.finishedAtMs > CLIENT_TOKEN_LIFE_MS) continue;
      if (finished.query !== query) throw invalid('The client token was given with another query.');
      return firstPage(queryId, finished.result, maxRows);
    }
    return undefined;
  }

  /** The page a token stands for. */
  next(query: string, token: string, maxRows: number | undefined, nowMs: number): JsonObject {
    const [queryId = '', at = ''] = token.split('.');
    const finished = this.#finished.get(queryId);
    const offset = Number(at);
    if (finished?.cancelled) {
      throw new TimestreamError('ConflictException', 'Unable to poll results for a cancelled query.');
    }
    const isOld = !finished || nowMs - finished.finishedAtMs > PAGE_TOKEN_LIFE_MS;
    if (isOld || finished.query !== query || !/^\d+$/.test(at) || offset < finished.offset) {
      throw invalid('Invalid pagination token.');
    }
    finished.timesRead = offset === finished.offset ? finished.timesRead + 1 : 1;
    finished.offset = offset;
    if (finished.timesRead > READS_OF_A_TOKEN) throw invalid('Invalid pagination token.');
    return page(queryId, finished.result, offset, pageEnd(finished.result, offset, maxRows));
  }

  cancel(queryId: string): JsonObject {
    const finished = this.#finished.get(queryId);
    if (!finished) throw invalid(`There is no query ${queryId}.`);
    finished.cancelled = true;
    return { CancellationMessage: 'Query cancelled' };
  }
}

function firstPage(queryId: string, result: QueryResult, maxRows: number | undefined): JsonObject {
  const fits = pageEnd(result, 0, maxRows) === result.rows.length;
  return page(queryId, result, 0, fits ? result.rows.length : 0);
}

function page(queryId: string, { columns, rows }: QueryResult, from: number, until: number): JsonObject {
  return {
    QueryId: queryId,
    ...(until < rows.length ? { NextToken: `${queryId}.${until}` } : {}),
    Rows: rows.slice(from, until),
    ColumnInfo: columns as unknown as JsonObject[],
    QueryStatus: { ProgressPercentage: 100, CumulativeBytesScanned: 0, CumulativeBytesMetered: 0 },
  };
}

/** Where the page that starts at a row ends: at least one row further, even a large one. */
function pageEnd({ rows }: QueryResult, from: number, maxRows: number | undefined): number {
  let bytes = 0;
  let end = from;
  for (const row of rows.slice(from, maxRows === undefined ? undefined : from + maxRows)) {
    bytes += Buffer.byteLength(JSON.stringify(row));
    if (bytes > LARGEST_PAGE_BYTES && end > from) break;
    end += 1;
  }
  return end;
}
