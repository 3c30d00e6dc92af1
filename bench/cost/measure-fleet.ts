import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type FleetLoad,
  type FunctionUse,
  functionUses,
  type MeasuredFleet,
} from '../../lib/core/cost/measured-fleet.ts';
import { MINUTE_MS } from '../../lib/core/model/time.ts';
import type { LocalCloud } from '../../lib/local/local-cloud.ts';
import type { MetricStoreKind } from '../../lib/local/metric-store-kind.ts';
import { startFleetpulse } from '../../lib/local/start-fleetpulse.ts';
import { CloudClient } from '../cloud-client.ts';
import { allItems } from './all-items.ts';
import { itemSize } from './item-size.ts';
import { LoggedBytes } from './logged-bytes.ts';
import { ReportingFleet } from './reporting-fleet.ts';
import { type TableName, UseMeter } from './use-meter.ts';

const KEY = 'key-of-the-benchmark-0123456789-0123456789';
/** Until every open minute and every look-back is full, and everybody has said who they are. */
const WARM_UP_MINUTES = 8;
/** DynamoDB adds so much to what an item takes in storage. */
const ITEM_OVERHEAD_BYTES = 100;
/** What functions keep for a second is read no less often than it would be. */
const CLOCK_STEP_MS = 1_000;
const DAY_MINUTES = 1_440;
const WEEK_MINUTES = 7 * DAY_MINUTES;
/** A Sunday, so that the jobs of the day and of the week follow. */
export const SUNDAY_EVENING_MS = Date.parse('2026-11-22T22:48:00Z');
/** When the daily comparison and the weekly review have run. */
const AFTER_WEEKLY_JOBS_MS = Date.parse('2026-11-23T03:18:30Z');

export interface MeasureOptions {
  minutes: number;
  /** Whether to go on until the jobs of the day and of the week have run, and count them by how often they do. It takes hours of minutes. */
  untilMonday?: boolean;
  metricStore?: MetricStoreKind;
  /** Asks the cloud whatever it likes, when everything is counted. */
  atTheEnd?: (client: CloudClient) => Promise<void>;
  /** An assembly synthesized before; without one, the app is synthesized. */
  assemblyDirectory?: string;
}

export interface MeasuredRun extends MeasuredFleet {
  /** Units per minute, by what they went into. */
  units: Record<string, number>;
  /** Custom metrics that functions write to their logs. */
  customMetrics: string[];
}

/**
 * What one fleet takes of everything that AWS bills, per minute: the local cloud runs the functions of production on a manual clock,
 * and everything they do is counted. A fleet of no agents is an environment that has been deployed and is not used.
 */
export async function measureFleet(load: FleetLoad, options: MeasureOptions): Promise<MeasuredRun> {
  const dataDirectory = mkdtempSync(join(tmpdir(), 'fleetpulse-bench-'));
  let cloud: LocalCloud | undefined;
  const tableOf = (physicalName: string): TableName =>
    cloud?.resources.tableNamed('State').name === physicalName ? 'State' : 'Rollups';
  const meter = new UseMeter(tableOf, () => cloud?.nowMs() ?? 0);
  const problems: string[] = [];
  ({ cloud } = await startFleetpulse({
    ...{ dataDirectory, port: 0, env: 'prod', presetKey: KEY, meter, metricStore: options.metricStore ?? 'dynamodb' },
    ...(options.assemblyDirectory === undefined ? {} : { assemblyDirectory: options.assemblyDirectory }),
    print: (line) => problems.push(line),
    clock: { kind: 'manual', atMs: SUNDAY_EVENING_MS },
    bundles: 'when invoked',
  }));
  try {
    return await measure(cloud, meter, new LoggedBytes(dataDirectory), load, options);
  } finally {
    await cloud.close();
    rmSync(dataDirectory, { recursive: true, force: true });
  }
}

async function measure(
  cloud: LocalCloud,
  meter: UseMeter,
  logged: LoggedBytes,
  load: FleetLoad,
  { minutes, untilMonday = false, atTheEnd }: MeasureOptions,
): Promise<MeasuredRun> {
  const sent = { requests: 0, bytes: 0 };
  const fleet = new ReportingFleet(load, {
    fromMs: SUNDAY_EVENING_MS,
    seed: 1,
    send: async ({ atMs, path, headers, body }) => {
      // In steps: moving the clock writes it down.
      const stepMs = Math.floor(atMs / CLOCK_STEP_MS) * CLOCK_STEP_MS;
      if (stepMs > cloud.nowMs()) await cloud.advanceTo(stepMs);
      const response = await fetch(`${cloud.url}${path}`, {
        method: 'POST',
        headers: { ...headers, 'x-api-key': KEY },
        body,
      });
      const text = await response.text();
      if (response.status !== 202) throw new Error(`${path} answered ${response.status}: ${text}`);
      sent.requests += 1;
      sent.bytes += body.length;
      return { status: response.status, text };
    },
  });
  const live = async (untilMs: number) => {
    await fleet.liveUntil(untilMs);
    await cloud.advanceTo(untilMs);
  };
  const fromMs = SUNDAY_EVENING_MS + WARM_UP_MINUTES * MINUTE_MS;
  await live(fromMs);
  meter.take();
  logged.take();
  Object.assign(sent, { requests: 0, bytes: 0 });
  const eventsBefore = fleet.events;
  const before = await itemsOf(cloud);
  await live(fromMs + minutes * MINUTE_MS);
  const counted = meter.take();
  const logs = logged.take();
  const after = await itemsOf(cloud);
  const [{ requests, bytes }, events] = [{ ...sent }, fleet.events - eventsBefore];

  await atTheEnd?.(new CloudClient(cloud, KEY));

  const functions: Record<string, FunctionUse> = {};
  const add = (name: string, use: FunctionUse, perMinutes: number) => {
    functions[name] ??= emptyUse();
    const sum = functions[name];
    for (const of of functionUses) sum[of] += use[of] / perMinutes;
  };
  for (const [name, use] of Object.entries(counted.functions)) {
    add(name, { ...use, logBytes: logs[name] ?? 0 }, minutes);
  }
  const stored = storedOf(before, after, { fromMs, minutes });
  const units = Object.fromEntries(Object.entries(counted.units).map(([name, all]) => [name, all / minutes]));
  if (untilMonday) {
    // Nobody reports any more; of what follows, only the jobs of the day and of the week count.
    await cloud.advanceTo(AFTER_WEEKLY_JOBS_MS);
    const { functions: jobs, puts } = meter.take();
    if (jobs['Benchmark']) add('Benchmark', jobs['Benchmark'], DAY_MINUTES);
    if (jobs['Review']) add('Review', jobs['Review'], WEEK_MINUTES);
    for (const { bytes: size, keptMs } of puts.filter(({ functionName }) => functionName === 'Benchmark')) {
      stored.steadyBytes += ((size + ITEM_OVERHEAD_BYTES) * keptMs) / MINUTE_MS / DAY_MINUTES;
      stored.expiringBytesPerMinute += (size + ITEM_OVERHEAD_BYTES) / DAY_MINUTES;
    }
  }
  return {
    ...{ load, minutes, untilMonday },
    perMinute: { requests: requests / minutes, requestBytes: bytes / minutes, events: events / minutes, functions },
    ...{ stored, units, customMetrics: [...logged.metrics].sort() },
  };
}

interface StoredItem {
  bytes: number;
  /** Undefined when it is kept for good. */
  endMs: number | undefined;
}

async function itemsOf(cloud: LocalCloud): Promise<Map<string, StoredItem>> {
  const items = new Map<string, StoredItem>();
  for await (const { table, item } of allItems(cloud)) {
    const end = item['ttl']?.N;
    items.set(`${table} ${item['pk']?.S} ${item['sk']?.S}`, {
      bytes: itemSize(item) + ITEM_OVERHEAD_BYTES,
      endMs: end === undefined ? undefined : Number(end) * 1_000,
    });
  }
  return items;
}

function storedOf(
  before: ReadonlyMap<string, StoredItem>,
  after: ReadonlyMap<string, StoredItem>,
  { fromMs, minutes }: { fromMs: number; minutes: number },
): MeasuredFleet['stored'] {
  const middleMs = fromMs + (minutes / 2) * MINUTE_MS;
  const stored = { expiringBytesPerMinute: 0, steadyBytes: 0, lastingBytes: 0 };
  for (const [key, { bytes, endMs }] of after) {
    if (endMs === undefined) stored.lastingBytes += bytes;
    else if (!before.has(key)) {
      stored.expiringBytesPerMinute += bytes / minutes;
      stored.steadyBytes += ((bytes / minutes) * Math.max(0, endMs - middleMs)) / MINUTE_MS;
    }
  }
  return stored;
}

function emptyUse(): FunctionUse {
  return Object.fromEntries(functionUses.map((of) => [of, 0])) as unknown as FunctionUse;
}
