import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { TimestreamQueryClient } from '@aws-sdk/client-timestream-query';
import { TimestreamWriteClient } from '@aws-sdk/client-timestream-write';
import { DynamoTable } from '../lib/aws/dynamodb/dynamo-table.ts';
import { dynamoFleetStore } from '../lib/aws/dynamodb/fleet-store.ts';
import { dynamoMetricStore } from '../lib/aws/dynamodb/metric-store.ts';
import { dynamoMinuteLog } from '../lib/aws/dynamodb/minute-log.ts';
import { dynamoRollupStore } from '../lib/aws/dynamodb/rollup-store.ts';
import { dynamoTileStore } from '../lib/aws/dynamodb/tile-store.ts';
import { timestreamMetricStore } from '../lib/aws/timestream/metric-store.ts';
import { chunkColumns } from '../lib/core/kpi/chunk-columns.ts';
import type { Figures } from '../lib/core/kpi/figures.ts';
import { Folding } from '../lib/core/kpi/folding.ts';
import { addToPools, agentPoints, scopePoints } from '../lib/core/kpi/history-points.ts';
import { emptyRollupChunk, type RollupChunk } from '../lib/core/kpi/rollup-chunk.ts';
import { appendTile, emptyTile, type Tile, TileBuilder } from '../lib/core/kpi/tile.ts';
import { floorTo } from '../lib/core/kpi/tile-progress.ts';
import { enterBatch, type Roster } from '../lib/core/model/roster.ts';
import { DAY_MINUTES, type Minute, startOfMinute } from '../lib/core/model/time.ts';
import type { LocalCloud } from '../lib/local/local-cloud.ts';
import type { MetricStoreKind } from '../lib/local/metric-store-kind.ts';
import { startFleetpulse } from '../lib/local/start-fleetpulse.ts';
import type { MetricStore } from '../lib/ports/metric-store.ts';
import { fleetMinute } from './analyze/fleet-minute.ts';
import { medianAbsoluteDeviation } from './median-absolute-deviation.ts';
import { moved, newer } from './read/moved-rollups.ts';
import { ignoreFigure, type RecordFigure } from './results/figure.ts';

const KEY = 'key-of-the-benchmark-0123456789-0123456789';
const AGENTS = 1_000;
const DAYS = 8;
/** In the middle of a day, an hour and ten minutes, so that no window ends where a tile does. */
export const END = floorTo(29_500_000, DAY_MINUTES) + 9 * 60 + 47;
const MAX_LIST_MS = 200;
const MAX_SERIES_MS = 300;
const SERIES_DAYS = 90;
/** The oldest hour has expired in part. */
const SERIES_HOURS = SERIES_DAYS * 24 - 1;
/** The last whole hour. */
const SERIES_END = floorTo(END, 60);
const SERIES_AGENT = 'worker-00042';
/** Everyone in one answer, next to the page that is given by default. */
const ALL = `limit=${AGENTS}`;

/**
 * How long readers wait: the list of 1,000 agents over an hour, a day and a week, asked of the local cloud over HTTP. The
 * stores are filled with what the minute job would have written; the windows end between tiles.
 */
export async function benchRead(
  requests: number,
  print: (line: string) => void,
  record: RecordFigure = ignoreFigure,
): Promise<boolean> {
  const dataDirectory = mkdtempSync(join(tmpdir(), 'fleetpulse-bench-'));
  const { cloud } = await startFleetpulse({
    ...{ dataDirectory, port: 0, env: 'dev', print: () => {}, presetKey: KEY },
    clock: { kind: 'manual', atMs: startOfMinute(END) + 5_000 },
  });
  try {
    const client = new DynamoDBClient({
      endpoint: cloud.awsEndpoint,
      region: cloud.region,
      credentials: cloud.operatorCredentials,
    });
    const tableNamed = (name: string) => new DynamoTable(client, cloud.resources.tableNamed(name).name);
    await fill({ state: tableNamed('State'), rollups: tableNamed('Rollups') }, () => cloud.nowMs());
    client.destroy();
    let isMet = true;
    const measure = async (of: string, path: (request: number) => string) => {
      const times = await ask(cloud, path, requests);
      isMet = report(of, times, MAX_LIST_MS, print, record) && isMet;
    };
    for (const window of ['15m', '1h', '24h', '7d']) {
      await measure(`a page of ${AGENTS} agents over ${window}`, () => `/v1/agents?window=${window}`);
      await measure(`all ${AGENTS} agents over ${window}`, () => `/v1/agents?window=${window}&${ALL}`);
      await measure(`the fleet over ${window}`, () => `/v1/fleet?window=${window}`);
    }
    // As time goes by: each request sees minutes that no one before it did.
    for (const window of ['15m', '1h', '24h', '7d']) {
      const at = (request: number) => new Date(startOfMinute(END - 30 + (request % 30))).toISOString();
      const path = (request: number) => `/v1/agents?window=${window}&at=${at(request)}`;
      await measure(`a page over ${window} that ends a minute later each time`, path);
    }
    for (const kind of ['timestream', 'dynamodb'] as const)
      isMet = (await benchSeries(kind, requests, print, record)) && isMet;
    return isMet;
  } finally {
    await cloud.close();
    rmSync(dataDirectory, { recursive: true, force: true });
  }
}

/** How long the series of one agent takes, hour by hour over 90 days, from history in one or the other store. */
async function benchSeries(
  metricStore: MetricStoreKind,
  requests: number,
  print: (line: string) => void,
  record: RecordFigure,
) {
  const dataDirectory = mkdtempSync(join(tmpdir(), 'fleetpulse-bench-'));
  const { cloud } = await startFleetpulse({
    ...{ dataDirectory, port: 0, env: 'dev', print: () => {}, presetKey: KEY, metricStore },
    clock: { kind: 'manual', atMs: startOfMinute(END) + 5_000 },
  });
  const [given, now] = [{ region: cloud.region, credentials: cloud.operatorCredentials }, () => cloud.nowMs()];
  const dynamodb = new DynamoDBClient({ ...given, endpoint: cloud.awsEndpoint });
  process.env['AWS_ENDPOINT_URL_TIMESTREAM_WRITE'] = cloud.awsEndpoint;
  process.env['AWS_ENDPOINT_URL_TIMESTREAM_QUERY'] = cloud.awsEndpoint;
  const [write, query] = [new TimestreamWriteClient(given), new TimestreamQueryClient(given)];
  try {
    const tableNamed = (name: string) => new DynamoTable(dynamodb, cloud.resources.tableNamed(name).name);
    const [state, rollups] = [tableNamed('State'), tableNamed('Rollups')];
    const history = () => {
      const named = (name: string) => cloud.resources.timestreamTableNamed(name);
      const [minute, hour, day] = [named('MinuteHistory'), named('HourHistory'), named('DayHistory')];
      const tables = { minute: minute.table, hour: hour.table, day: day.table };
      return timestreamMetricStore(write, query, { database: hour.database, tables });
    };
    const days = { minute: 14, hour: 90, day: 400 };
    await fillSeries(state, metricStore === 'timestream' ? history() : dynamoMetricStore(rollups, days, now), now);
    const [from, to] = [SERIES_END - SERIES_HOURS * 60, SERIES_END].map((at) =>
      new Date(startOfMinute(at)).toISOString(),
    );
    const path = `/v1/series?kpi=average_response_time&scope=agent:${SERIES_AGENT}&from=${from}&to=${to}&step=1h`;
    const answer = await fetch(`${cloud.url}${path}`, { headers: { 'x-api-key': KEY } });
    const { points } = (await answer.json()) as { points: { value: number | null }[] };
    const known = points.filter(({ value }) => value !== null).length;
    if (known !== SERIES_HOURS) throw new Error(`${path}: ${known} points of ${SERIES_HOURS}`);
    const times = await ask(cloud, () => path, requests);
    return report(
      `${SERIES_DAYS} days of one agent by the hour, history in ${metricStore}`,
      times,
      MAX_SERIES_MS,
      print,
      record,
    );
  } finally {
    for (const client of [dynamodb, write, query]) client.destroy();
    await cloud.close();
    rmSync(dataDirectory, { recursive: true, force: true });
  }
}

/** Every hour the figures of an hour of the fleet. */
async function fillSeries(state: DynamoTable, metrics: MetricStore, now: () => number): Promise<void> {
  const roster: Roster = new Map();
  const hour = emptyTile(SERIES_END - 60, SERIES_END);
  for (let minute = SERIES_END - 60; minute < SERIES_END; minute += 10) {
    const builder = new TileBuilder(minute, minute + 10, roster);
    const chunks = Array.from({ length: 10 }, (_, i) => chunkOf(minute + i, roster, minute + i === SERIES_END - 60));
    builder.add(chunks.map(chunkColumns), undefined);
    appendTile(hour, builder.finish());
  }
  const pools = new Map<string, Figures>();
  addToPools(pools, hour.agents, roster);
  const own = agentPoints([SERIES_AGENT], [{ at: hour.from, table: hour.agents }]);
  const scopes = scopePoints(hour.from, hour, pools).filter(({ scope }) => scope.startsWith('pool:'));
  for (let first = 1; first <= SERIES_HOURS; first += 100) {
    const length = Math.min(100, SERIES_HOURS + 1 - first);
    const hours = Array.from({ length }, (_, i) => SERIES_END - (first + i) * 60);
    await metrics.write(
      'default',
      'hour',
      hours.flatMap((at) => [...own, ...scopes].map((it) => ({ ...it, at }))),
      1,
    );
  }
  for (const entry of roster.values()) {
    Object.assign(entry, { firstSeenMs: startOfMinute(SERIES_END - SERIES_DAYS * DAY_MINUTES) });
  }
  const fleet = dynamoFleetStore(state, now);
  await fleet.knowSystem('default', startOfMinute(SERIES_END - SERIES_DAYS * DAY_MINUTES));
  await fleet.saveRoster('default', roster, 1);
  const log = dynamoMinuteLog(state);
  const lease = await log.take('default', 'bench', now(), now() + 1);
  const progress = { from: SERIES_END - SERIES_DAYS * DAY_MINUTES, to: SERIES_END, late: [], revision: 0 };
  const saved = { doneThrough: END - 1, chunks: 1, openDigests: {}, tiles: progress };
  await log.saveProgress('default', saved, lease?.fence ?? 1);
}

async function ask(cloud: LocalCloud, pathOf: (request: number) => string, requests: number): Promise<number[]> {
  const times: number[] = [];
  for (let i = 0; i < requests; i++) {
    const path = pathOf(i);
    const start = performance.now();
    const answer = await fetch(`${cloud.url}${path}`, { headers: { 'x-api-key': KEY } });
    const body = await answer.text();
    times.push(performance.now() - start);
    if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${body.slice(0, 500)}`);
    if (!body.includes('"value":')) throw new Error(`${path}: no figure in ${body.slice(0, 500)}`);
  }
  return times;
}

function report(
  of: string,
  times: readonly number[],
  maxMs: number,
  print: (line: string) => void,
  record: RecordFigure,
): boolean {
  const sorted = [...times].sort((a, b) => a - b);
  const p = (q: number) => sorted[Math.ceil(q * sorted.length) - 1] ?? Number.NaN;
  const isMet = p(0.95) < maxMs;
  const noise = medianAbsoluteDeviation(times);
  record({ name: `${of}: p50`, value: p(0.5), unit: 'ms', betterIs: 'lower', noise });
  record({ name: `${of}: p95`, value: p(0.95), unit: 'ms', betterIs: 'lower', noise, aim: maxMs });
  print(
    `${of}: p50 ${p(0.5).toFixed(0)} ms, p95 ${p(0.95).toFixed(0)} ms, the first ${times[0]?.toFixed(0)} ms (p95 under ${maxMs} ms: ${isMet ? 'met' : 'missed'})`,
  );
  return isMet;
}

/** Minutes that windows begin and end in, and tiles of all the time. */
export async function fill(
  { state, rollups: table }: { state: DynamoTable; rollups: DynamoTable },
  now: () => number,
): Promise<void> {
  const rollups = dynamoRollupStore(table, 30, now);
  const tiles = dynamoTileStore(table, { 10: 30, 60: 90, 1440: 400 }, now);
  const roster: Roster = new Map();
  const first = floorTo(END - DAYS * DAY_MINUTES, DAY_MINUTES);
  const tiledTo = floorTo(END - 2, 10);

  // Ten minutes that differ from each other, for any ten minutes.
  const pattern = Array.from({ length: 10 }, (_, i) => chunkOf(first + i, roster, i === 0));
  const entryOf = (agent: string) => roster.get(agent);
  for (const agent of roster.keys()) {
    const entry = entryOf(agent);
    if (entry) Object.assign(entry, { firstSeenMs: startOfMinute(first), lastSeenMs: startOfMinute(END) });
    if (entry?.lastBeat) entry.lastBeat = { ...entry.lastBeat, atMs: startOfMinute(END) - 1_000 };
  }

  const ten = new TileBuilder(first, first + 10, roster);
  ten.add(pattern.map(chunkColumns), undefined);
  const short = ten.finish();
  const build = (from: Minute, parts: number, part: (i: number) => Tile, length: number): Tile => {
    const tile = emptyTile(from, from + length);
    for (let i = 0; i < parts; i++) appendTile(tile, part(i));
    return { ...tile, from, to: from + length };
  };
  const hour = build(first, 6, () => short, 60);
  const day = build(first, 24, () => hour, DAY_MINUTES);
  const at = (tile: Tile, from: Minute): Tile => ({
    ...tile,
    from,
    to: from + (tile.to - tile.from),
    agents: newer(tile, from),
  });
  // Short ones only where a window may begin or end.
  const isNear = (from: Minute) =>
    [0, 60, DAY_MINUTES, 7 * DAY_MINUTES].some((back) => Math.abs(END - back - from) < 3 * 60);
  for (let from = first; from + 10 <= tiledTo; from += 10) {
    if (isNear(from)) await tiles.save('default', at(short, from), 1);
  }
  for (let from = first; from + 60 <= tiledTo; from += 60) await tiles.save('default', at(hour, from), 1);
  for (let from = first; from + DAY_MINUTES <= tiledTo; from += DAY_MINUTES)
    await tiles.save('default', at(day, from), 1);
  for (const back of [0, 60, DAY_MINUTES, 7 * DAY_MINUTES]) {
    for (let minute = END - back - 50; minute < Math.min(END, END - back + 30); minute++) {
      await rollups.save('default', moved(pattern[minute % 10] as RollupChunk, minute), 1);
    }
  }
  const fleet = dynamoFleetStore(state, now);
  await fleet.knowSystem('default', startOfMinute(first));
  await fleet.saveRoster('default', roster, 1);
  const log = dynamoMinuteLog(state);
  const lease = await log.take('default', 'bench', now(), now() + 1);
  const progress = { from: first, to: tiledTo, late: [], revision: 0 };
  const saved = { doneThrough: END - 1, chunks: 1, openDigests: {}, tiles: progress };
  await log.saveProgress('default', saved, lease?.fence ?? 1);
}

function chunkOf(minute: Minute, roster: Roster, isFirst: boolean): RollupChunk {
  const chunk = emptyRollupChunk(minute, 0, 1);
  const folding = new Folding((of) => (of === minute ? chunk : null));
  for (const batch of [...fleetMinute(AGENTS, minute, isFirst), ...fleetMinute(AGENTS, minute + 1, false)]) {
    enterBatch(roster, batch);
    folding.batch(batch);
  }
  return chunk;
}
