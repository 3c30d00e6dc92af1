import { SIGNS_LOOKBACK_MINUTES } from '../core/kpi/agent-figures.ts';
import { type Signs, signsBefore } from '../core/kpi/signs.ts';
import {
  appendTile,
  emptyTile,
  signsIn,
  type Tile,
  TileBuilder,
  type TileLength,
  tileLengths,
} from '../core/kpi/tile.ts';
import type { TileCache } from '../core/kpi/tile-cache.ts';
import { floorTo, staleTiles, type TileProgress, type WindowPiece, windowPieces } from '../core/kpi/tile-progress.ts';
import type { RosterEntry } from '../core/model/roster.ts';
import type { Minute } from '../core/model/time.ts';
import type { RollupStore } from '../ports/rollup-store.ts';
import type { TileStore } from '../ports/tile-store.ts';

export interface WindowDeps {
  rollups: RollupStore;
  tiles: TileStore;
  /** Tiles that were read before; without it all are read every time. */
  tileCache?: TileCache;
}

const SHORTEST = tileLengths[0];
const KNOWN_WITHIN_MINUTES = 60;

/**
 * Everything that happened in [from, to), summed up, put together from the fewest stored pieces.
 * @param entries the agents to give figures of even where nothing was heard of them
 * @param tiled which stretches are summed up; null where none are
 */
export async function readWindow(
  deps: WindowDeps,
  system: string,
  { from, to }: { from: Minute; to: Minute },
  entries: ReadonlyMap<string, RosterEntry>,
  tiled: TileProgress | null,
): Promise<Tile> {
  const pieces = windowPieces(from, to, tiled);
  const known = pieces.map((piece) => (tiled && piece.kind === 'minutes' ? knownBefore(piece.from, tiled) : null));
  const moments = pieces.at(-1)?.kind === 'tile' ? [...known, to] : known;
  const [tiles, signs, parts] = await Promise.all([
    tiled ? readTiles(deps, system, pieces, tiled) : new Map<string, Tile>(),
    tiled ? readSigns(deps, system, moments, tiled) : new Map<Minute, Map<string, Signs>>(),
    Promise.all(
      pieces.map((piece, i) => (piece.kind === 'minutes' ? readMinutes(deps, system, piece, known[i] ?? null) : [])),
    ),
  ]);
  const window = emptyTile(from, to);
  for (const [i, piece] of pieces.entries()) {
    if (piece.kind === 'tile') {
      const tile = tiles.get(`${piece.length}#${piece.from}`);
      if (tile) appendTile(window, tile);
      continue;
    }
    const builder = new TileBuilder(piece.from, piece.to, entries);
    builder.add(parts[i] ?? [], signs.get(known[i] ?? Number.NaN));
    appendTile(window, builder.finish());
  }
  const last = signs.get(to);
  const { agents } = window;
  for (const [row, agent] of agents.ids.entries()) agents.signs[row] = last?.get(agent) ?? (agents.signs[row] as Signs);
  for (const [agent, entry] of entries) {
    if (agents.find(agent) === undefined) agents.enter(agent, last?.get(agent) ?? signsBefore(entry, to));
  }
  return window;
}

async function readTiles(
  deps: WindowDeps,
  system: string,
  pieces: readonly WindowPiece[],
  tiled: TileProgress,
): Promise<Map<string, Tile>> {
  const tiles = await Promise.all(
    tileLengths.map((length) => {
      const starts = pieces.flatMap((piece) => (piece.kind === 'tile' && piece.length === length ? [piece.from] : []));
      return readTilesOf(deps, system, length, starts, tiled);
    }),
  );
  return new Map(tiles.flat().map((tile) => [`${tile.to - tile.from}#${tile.from}`, tile]));
}

async function readTilesOf(
  { tiles, tileCache: cache }: WindowDeps,
  system: string,
  length: TileLength,
  starts: readonly Minute[],
  tiled: TileProgress,
): Promise<Tile[]> {
  const known = starts.map((from) => cache?.get(system, length, from, tiled));
  const missing = starts.filter((_, i) => known[i] === undefined);
  const runs = runsOf(missing, length).map(({ from, to }) => tiles.read(system, length, from, to));
  const read = (await Promise.all(runs)).flat();
  if (cache) {
    const byStart = new Map(read.map((tile) => [tile.from, tile]));
    for (const from of missing) cache.set(system, length, from, tiled, byStart.get(from) ?? null);
  }
  return [...known.filter((tile) => tile != null), ...read];
}

/** Neighbouring tiles are read together. */
function runsOf(starts: readonly Minute[], length: number): { from: Minute; to: Minute }[] {
  const runs: { from: Minute; to: Minute }[] = [];
  for (const from of starts) {
    const last = runs.at(-1);
    if (last?.to === from) last.to = from + length;
    else runs.push({ from, to: from + length });
  }
  return runs;
}

/** @param moments at which short tiles end; null for nothing */
async function readSigns(
  deps: WindowDeps,
  system: string,
  moments: readonly (Minute | null)[],
  tiled: TileProgress,
): Promise<Map<Minute, Map<string, Signs>>> {
  const read = [...new Set(moments.flatMap((at) => at ?? []))].map(async (at) => {
    const [tile] = await readTilesOf(deps, system, SHORTEST, [at - SHORTEST], tiled);
    return [at, tile ? signsIn(tile) : new Map<string, Signs>()] as const;
  });
  return new Map(await Promise.all(read));
}

/**
 * The chunks of a stretch, and of as many minutes before it as its signs need.
 * @param known from where on all that happened to its agents is needed; null where their signs are not known anywhere
 */
function readMinutes(
  deps: WindowDeps,
  system: string,
  { from, to }: { from: Minute; to: Minute },
  known: Minute | null,
) {
  const first = known ?? from - SIGNS_LOOKBACK_MINUTES;
  return deps.rollups.readColumns(system, first, to - 1);
}

/** What agents' signs were by the end of the newest short tile before a minute; null where there is none within an hour. */
export async function readSignsBefore(
  deps: WindowDeps,
  system: string,
  minute: Minute,
  tiled: TileProgress | null,
): Promise<{ to: Minute; signs: Map<string, Signs> } | null> {
  const to = tiled && knownBefore(minute, tiled);
  if (!tiled || to === null) return null;
  return { to, signs: (await readSigns(deps, system, [to], tiled)).get(to) ?? new Map() };
}

/**
 * The end of the newest short tile before a minute that has everything in it: from there on all that happened to an agent
 * is known. null where there is none within an hour.
 */
function knownBefore(minute: Minute, tiled: TileProgress): Minute | null {
  const stale = staleTiles(tiled);
  for (let end = floorTo(minute, SHORTEST); end > minute - KNOWN_WITHIN_MINUTES; end -= SHORTEST) {
    const start = end - SHORTEST;
    if (start >= tiled.from && end <= tiled.to && !stale.has(start)) return end;
  }
  return null;
}
