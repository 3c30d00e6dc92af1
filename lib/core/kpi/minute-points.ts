import type { RosterEntry } from '../model/roster.ts';
import type { Minute } from '../model/time.ts';
import { poolIn, SIGNS_LOOKBACK_MINUTES } from './agent-figures.ts';
import { chunkColumns } from './chunk-columns.ts';
import type { Figures } from './figures.ts';
import type { HistoryPoint } from './history-point.ts';
import { addToPools, scopePoints } from './history-points.ts';
import { longestTaskByPool } from './longest-task.ts';
import type { RollupChunk } from './rollup-chunk.ts';
import type { Signs } from './signs.ts';
import { type Activities, enterLoads, signsIn, TileBuilder } from './tile.ts';

/** How many minutes before the first of some are needed to tell how agents were then. */
export const POINTS_LOOKBACK_MINUTES = SIGNS_LOOKBACK_MINUTES;

/**
 * What history will keep of some pools in minutes that are not summed up yet.
 * @param chunks every chunk of the minutes in [from, to), and of {@link POINTS_LOOKBACK_MINUTES} before
 * @param entries everyone by id, with those who were forgotten
 * @returns by pool, oldest first
 */
export function poolMinutePoints(
  chunks: readonly RollupChunk[],
  { from, to }: { from: Minute; to: Minute },
  entries: ReadonlyMap<string, RosterEntry>,
  pools: ReadonlySet<string>,
): Map<string, HistoryPoint[]> {
  const byMinute = Map.groupBy(chunks, ({ minute }) => minute);
  const of = (minute: Minute) => (byMinute.get(minute) ?? []).map(chunkColumns);
  const longest = longestTaskByPool(entries.values());
  const isWanted = (agent: string) => pools.has(poolIn(entries, agent));
  const points = new Map([...pools].map((pool) => [`pool:${pool}`, [] as HistoryPoint[]]));
  let signs: Map<string, Signs> | undefined;
  for (let minute = from; minute < to; minute++) {
    const activity: Activities = new Map();
    const builder = new TileBuilder(minute, minute + 1, entries, { longest, activity });
    const before = signs ? [] : Array.from({ length: POINTS_LOOKBACK_MINUTES }, (_, i) => of(from - i - 1)).flat();
    builder.add([...before, ...of(minute)], signs, { isWanted, isWantedPool: (pool) => pools.has(pool) });
    const { tile } = builder;
    signs = signsIn(tile);
    enterLoads(tile, activity);
    const sums = new Map<string, Figures>();
    addToPools(sums, tile.agents, entries);
    for (const point of scopePoints(minute, tile, sums)) points.get(point.scope)?.push(point);
  }
  return new Map([...pools].map((pool) => [pool, points.get(`pool:${pool}`) ?? []]));
}
