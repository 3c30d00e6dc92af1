import { AgentTable } from '../core/kpi/agent-table.ts';
import type { ChunkColumns } from '../core/kpi/chunk-columns.ts';
import { openFromAfter } from '../core/kpi/complete-minutes.ts';
import type { Figures } from '../core/kpi/figures.ts';
import type { HistoryLevel } from '../core/kpi/history-point.ts';
import { type AgentTime, addToPools, agentPoints, agentsByGroups, scopePoints } from '../core/kpi/history-points.ts';
import { longestTaskByPool } from '../core/kpi/longest-task.ts';
import { chunkIndex } from '../core/kpi/rollup-chunk.ts';
import type { Signs } from '../core/kpi/signs.ts';
import {
  type Activities,
  appendTile,
  emptyTile,
  enterLoads,
  signsIn,
  type Tile,
  TileBuilder,
  type TileLength,
  tileLengths,
} from '../core/kpi/tile.ts';
import { dueTiles } from '../core/kpi/tile-progress.ts';
import { withDeparted } from '../core/model/forgotten-agent.ts';
import type { Roster } from '../core/model/roster.ts';
import { DAY_MINUTES, type Minute } from '../core/model/time.ts';
import type { FleetStore } from '../ports/fleet-store.ts';
import type { MetricStore } from '../ports/metric-store.ts';
import type { MinuteLog, MinuteProgress } from '../ports/minute-log.ts';
import type { RollupStore } from '../ports/rollup-store.ts';
import type { TileStore } from '../ports/tile-store.ts';

export interface SumUpDeps {
  fleet: FleetStore;
  rollups: RollupStore;
  tiles: TileStore;
  metrics: MetricStore;
  log: MinuteLog;
}

const SHORTEST = tileLengths[0];
/** More than a quarter of an hour of late or missed minutes is caught up by the runs that follow. */
const SHORT_TILES_A_RUN = 6;
const GROUPS_AT_ONCE = 16;
const levels: Record<Exclude<TileLength, 10>, HistoryLevel> = { 60: 'hour', 1440: 'day' };

/**
 * Sums up the minutes that have closed since the last run, and again those that got late events: short tiles from minutes,
 * long ones from shorter. All of it is computed from what is stored, and written over what was there, so a run that
 * stopped anywhere is repaired by the next.
 * @returns the new progress, or null when another run has taken over
 */
export async function sumUp(
  deps: SumUpDeps,
  system: string,
  progress: MinuteProgress,
  fence: number,
): Promise<MinuteProgress | null> {
  if (!progress.tiles || progress.doneThrough === null) return progress;
  const due = dueTiles(progress.tiles, openFromAfter(progress.doneThrough), SHORT_TILES_A_RUN);
  if (due.short.length === 0 && due.next.late.length === progress.tiles.late.length) return progress;
  const roster = await entriesOf(deps, system);
  let before: Tile | null = null;
  for (const from of due.short) {
    const signs = before?.to === from ? signsIn(before) : await signsBefore(deps, system, from);
    const tile = await sumUpMinutes(deps, system, { from, signs, roster, chunks: progress.chunks, fence });
    if (!(await deps.tiles.save(system, tile, fence))) return null;
    before = tile;
  }
  for (const { length, from } of due.long) {
    const shorter = tileLengths[tileLengths.indexOf(length) - 1] ?? SHORTEST;
    const tile = emptyTile(from, from + length);
    for (let at = from; at < from + length; at += shorter) {
      for (const part of await deps.tiles.read(system, shorter, at, at + shorter)) appendTile(tile, part);
    }
    await writeHistory(deps, system, levels[length as keyof typeof levels], tile, roster, fence);
    if (!(await deps.tiles.save(system, tile, fence))) return null;
  }
  const next = { ...progress, tiles: due.next };
  return (await deps.log.saveProgress(system, next, fence)) ? next : null;
}

async function entriesOf(deps: SumUpDeps, system: string): Promise<Roster> {
  const [roster, forgotten] = await Promise.all([deps.fleet.roster(system), deps.fleet.forgotten(system, 0)]);
  return withDeparted(roster, forgotten);
}

async function signsBefore(deps: SumUpDeps, system: string, from: Minute): Promise<Map<string, Signs>> {
  const [tile] = await deps.tiles.read(system, SHORTEST, from - SHORTEST, from);
  return tile ? signsIn(tile) : new Map();
}

interface Minutes {
  from: Minute;
  /** By the minute before. */
  signs: ReadonlyMap<string, Signs>;
  roster: Roster;
  /** Into how many chunks minutes are split now. */
  chunks: number;
  fence: number;
}

/** A chunk's agents after the other's, so that no more than these are in memory with ten minutes. */
async function sumUpMinutes(
  deps: SumUpDeps,
  system: string,
  { from, signs, roster, chunks, fence }: Minutes,
): Promise<Tile> {
  const tile = emptyTile(from, from + SHORTEST);
  const minutes = Array.from({ length: SHORTEST }, (_, i) => ({
    rest: emptyTile(from + i, from + i + 1),
    pools: new Map<string, Figures>(),
    activity: new Map() as Activities,
  }));
  const longest = longestTaskByPool(roster.values());
  for (let index = 0; index < chunks; index++) {
    const isOwn = (agent: string) => chunks === 1 || chunkIndex(agent, chunks) === index;
    const parts = await Promise.all(minutes.map(({ rest }) => readPart(deps, system, rest.from, index, chunks)));
    let known = new Map([...signs].filter(([agent]) => isOwn(agent)));
    const times: AgentTime[] = [];
    for (const [i, { rest, pools, activity }] of minutes.entries()) {
      const builder = new TileBuilder(rest.from, rest.to, roster, { longest, activity });
      builder.add(parts[i] ?? [], known, { isWanted: isOwn });
      const { tile: part } = builder;
      times.push({ at: rest.from, table: part.agents });
      addToPools(pools, part.agents, roster);
      known = signsIn(part);
      appendTile(tile, part);
      appendTile(rest, { ...part, agents: new AgentTable() });
    }
    await writeAgents(deps, system, { level: 'minute', fence }, times);
  }
  const points = minutes.flatMap(({ rest, pools, activity }) => {
    enterLoads(rest, activity);
    appendTile(tile, { ...emptyTile(rest.from, rest.to), loads: rest.loads });
    return scopePoints(rest.from, rest, pools);
  });
  await deps.metrics.write(system, 'minute', points, fence);
  return { ...tile, agents: ofThoseHeardOf(tile) };
}

/** The chunk that an agent of `index` among `chunks` is in; minutes may have been split into fewer. */
async function readPart(
  deps: SumUpDeps,
  system: string,
  minute: Minute,
  index: number,
  chunks: number,
): Promise<ChunkColumns[]> {
  for (let among = chunks; among >= 1; among /= 2) {
    const found = await deps.rollups.readChunkColumns(system, minute, index % among);
    if (found[0]?.chunks === among) return found;
  }
  return [];
}

async function writeHistory(
  deps: SumUpDeps,
  system: string,
  level: HistoryLevel,
  tile: Tile,
  roster: Roster,
  fence: number,
): Promise<void> {
  const pools = new Map<string, Figures>();
  addToPools(pools, tile.agents, roster);
  await writeAgents(deps, system, { level, fence }, [{ at: tile.from, table: tile.agents }]);
  await deps.metrics.write(system, level, scopePoints(tile.from, tile, pools), fence);
}

/** Points are large: some agents' after the others'. */
async function writeAgents(
  { metrics }: SumUpDeps,
  system: string,
  { level, fence }: { level: HistoryLevel; fence: number },
  times: readonly AgentTime[],
): Promise<void> {
  const agents = new Set(times.flatMap(({ table }) => table.ids));
  for (const some of agentsByGroups(agents, GROUPS_AT_ONCE)) {
    await metrics.write(system, level, agentPoints(some, times), fence);
  }
}

/** Signs are needed of those who may come back, too. */
function ofThoseHeardOf({ agents, to }: Tile): AgentTable {
  const isHeardOf = ({ seen }: Signs) => seen !== null && to - seen <= DAY_MINUTES;
  const kept = new AgentTable();
  kept.append(agents, (row) => agents.wasThere(row) || isHeardOf(agents.signs[row] as Signs));
  return kept;
}
