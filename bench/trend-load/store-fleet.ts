import { dynamoBenchmarkSettingsStore } from '../../lib/aws/dynamodb/benchmark-settings-store.ts';
import type { DynamoTable } from '../../lib/aws/dynamodb/dynamo-table.ts';
import { dynamoFleetStore } from '../../lib/aws/dynamodb/fleet-store.ts';
import { dynamoMinuteLog } from '../../lib/aws/dynamodb/minute-log.ts';
import { dynamoRollupStore } from '../../lib/aws/dynamodb/rollup-store.ts';
import { dynamoTileStore } from '../../lib/aws/dynamodb/tile-store.ts';
import { dynamoWorkDayStore } from '../../lib/aws/dynamodb/work-day-store.ts';
import { TREND_DAYS } from '../../lib/core/benchmark/performance-trend.ts';
import { chunkColumns } from '../../lib/core/kpi/chunk-columns.ts';
import type { RollupChunk } from '../../lib/core/kpi/rollup-chunk.ts';
import { appendTile, emptyTile, type Tile, TileBuilder } from '../../lib/core/kpi/tile.ts';
import type { Roster } from '../../lib/core/model/roster.ts';
import { DAY_MINUTES, type Minute, startOfMinute } from '../../lib/core/model/time.ts';
import { moved, newer } from '../read/moved-rollups.ts';
import { drawDay, drawMinute } from './drawn-fleet.ts';

const SYSTEM = 'default';
/** The days that are summed up again. */
const OPEN_DAYS = 2;
/** Minutes of so many are drawn, and come again every hour. */
const HOUR = 60;

/**
 * Fills the tables with what ingest and the minute job leave of a fleet in 90 days, as far as the daily comparison reads it: days of
 * work, tiles of days, and the minutes of the last two days.
 * @param today the first minute that is not over
 */
export async function storeFleet(
  agents: number,
  today: Minute,
  { state, rollups: table }: { state: DynamoTable; rollups: DynamoTable },
): Promise<void> {
  const now = Date.now;
  const from = today - TREND_DAYS * DAY_MINUTES;
  const workDays = dynamoWorkDayStore(table, now);
  for (let day = from; day < today; day += DAY_MINUTES) await workDays.save(SYSTEM, drawDay(agents, day));
  const roster: Roster = new Map();
  const hour = Array.from({ length: HOUR }, (_, i) => drawMinute(agents, from + i, roster));
  for (const entry of roster.values()) entry.lastSeenMs = startOfMinute(today) - 1;
  const tiles = dynamoTileStore(table, { 10: 30, 60: 90, 1440: 400 }, now);
  const tile = dayTile(hour, from, roster);
  for (let day = from; day < today; day += DAY_MINUTES) await tiles.save(SYSTEM, tileAt(tile, day), 1);
  const rollups = dynamoRollupStore(table, OPEN_DAYS + 1, now);
  for (let minute = today - OPEN_DAYS * DAY_MINUTES; minute < today; minute++) {
    await rollups.save(SYSTEM, moved(hour[minute % HOUR] as RollupChunk, minute), 1);
  }
  const fleet = dynamoFleetStore(state, now);
  await fleet.knowSystem(SYSTEM, startOfMinute(from));
  await fleet.saveRoster(SYSTEM, roster, 1);
  const declared = { domain: 'customer-service', updatedAtMs: startOfMinute(from), updatedBy: 'bench' } as const;
  await dynamoBenchmarkSettingsStore(state, now).declare(SYSTEM, declared);
  const log = dynamoMinuteLog(state);
  const lease = await log.take(SYSTEM, 'bench', now(), now() + 1);
  const progress = { from, to: today, late: [], revision: 0 };
  const saved = { doneThrough: today - 1, chunks: 1, openDigests: {}, tiles: progress };
  await log.saveProgress(SYSTEM, saved, lease?.fence ?? 1);
}

function dayTile(minutes: readonly RollupChunk[], from: Minute, roster: Roster): Tile {
  const builder = new TileBuilder(from, from + HOUR, roster);
  builder.add(minutes.map(chunkColumns), undefined);
  const hour = builder.finish();
  const day = emptyTile(from, from + DAY_MINUTES);
  for (let i = 0; i < DAY_MINUTES / HOUR; i++) appendTile(day, hour);
  return { ...day, from, to: from + DAY_MINUTES };
}

function tileAt(tile: Tile, from: Minute): Tile {
  return { ...tile, from, to: from + DAY_MINUTES, agents: newer(tile, from) };
}
