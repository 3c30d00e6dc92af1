import { DAY_MINUTES, type Minute } from '../model/time.ts';
import { SIGNS_LOOKBACK_MINUTES } from './agent-figures.ts';
import { type TileLength, tileLengths } from './tile.ts';

/** Which stretches are summed up. */
export interface TileProgress {
  /**
   * Every tile that starts at `from` or later and ends at `to` or before is written; one without events may be absent.
   * Both are multiples of the shortest length.
   */
  from: Minute;
  to: Minute;
  /** Minutes whose rollups changed after their tiles were written. */
  late: Minute[];
  /** Grows whenever tiles that were there are written anew: what was read of them before is out of date. */
  revision: number;
  /** Which these were, as far as it is kept; absent where none is. */
  rewritten?: {
    /** What was written anew at this revision and before is not listed. */
    since: number;
    /** Starts of the shortest tiles, each with the revision that came with it. */
    tiles: [from: Minute, revision: number][];
  };
}

const SHORTEST = tileLengths[0];
/** Events may be a day old, and those of a sender's wrong clock are kept out by ingest. */
const FIRST_DAYS = 2;
/** As many as a quarter of an hour can write anew. */
const REWRITTEN_KEPT = 90;
/**
 * How many minutes after it are closed when a tile is written: tasks that were at work in it have mostly ended by then, so
 * that it need not be written anew for their run time.
 */
const SETTLING_MINUTES = 5;
/**
 * When tiles that got late events are written anew: by the run after which this many minutes of a tile are closed.
 * Single tasks that run for long make nearly every run late for some tile, and each would cost as much as a new one.
 */
const REDONE_AT = 0;

/**
 * @param first the first minute that was completed
 * @param isNew whether nothing was completed before; else there are minutes without tiles
 */
export function firstTileProgress(first: Minute, isNew: boolean): TileProgress {
  const to = floorTo(first, SHORTEST);
  const from = isNew ? floorTo(first, DAY_MINUTES) - FIRST_DAYS * DAY_MINUTES : ceilTo(first, SHORTEST);
  return { from, to: Math.max(from, to), late: [], revision: 0 };
}

/** What is to be summed up now. */
export interface DueTiles {
  /** Starts of the shortest tiles, oldest first. */
  short: Minute[];
  /** Longer ones that change with them, the shorter before the longer. */
  long: { length: TileLength; from: Minute }[];
  next: TileProgress;
}

/**
 * @param closedTo the first minute that is still open
 * @param most how many of the shortest tiles at most; the rest is due next time
 */
export function dueTiles(progress: TileProgress, closedTo: Minute, most: number): DueTiles {
  const end = floorTo(closedTo - SETTLING_MINUTES, SHORTEST);
  const again = staleTiles(progress);
  const fresh: Minute[] = [];
  for (let at = progress.to; at < end && fresh.length < most; at += SHORTEST) fresh.push(at);
  // More than can be done at once is not put off.
  const isTime = fresh.length === 0 && (closedTo % SHORTEST === REDONE_AT || again.size > most);
  const old = isTime ? [...again].sort((a, b) => a - b).slice(0, most) : [];
  const to = fresh.length > 0 ? (fresh.at(-1) ?? 0) + SHORTEST : progress.to;
  const done = new Set(old);
  const isDone = (minute: Minute) => {
    const touched = Array.from({ length: 3 }, (_, i) => floorTo(minute, SHORTEST) + i * SHORTEST);
    return touched.every((at) => !again.has(at) || done.has(at));
  };
  const long = tileLengths.slice(1).flatMap((length) =>
    [...new Set([...old, ...fresh].map((at) => floorTo(at, length)))]
      .filter((from) => from >= progress.from && from + length <= to)
      .sort((a, b) => a - b)
      .map((from) => ({ length, from })),
  );
  const late = progress.late.filter((minute) => !isDone(minute));
  const next = { ...progress, to, late };
  return { short: [...old, ...fresh], long, next: old.length > 0 ? { ...next, ...writtenAnew(progress, old) } : next };
}

/** Starts of the shortest tiles that will be written anew, because of late events in them or shortly before. */
export function staleTiles({ from, to, late }: Pick<TileProgress, 'from' | 'to' | 'late'>): Set<Minute> {
  const stale = new Set<Minute>();
  for (const minute of late) {
    // What is heard of an agent tells how it is for a while afterwards. Signs of still later tiles stay as they were.
    for (let at = floorTo(minute, SHORTEST); at <= minute + SIGNS_LOOKBACK_MINUTES; at += SHORTEST) {
      if (at >= from && at < to) stale.add(at);
    }
  }
  return stale;
}

function writtenAnew({ revision: before, rewritten }: TileProgress, starts: readonly Minute[]) {
  const revision = before + 1;
  const { since, tiles } = rewritten ?? { since: before, tiles: [] };
  const all = [...tiles, ...starts.map((from): [Minute, number] => [from, revision])];
  const dropped = all.at(-REWRITTEN_KEPT - 1)?.[1] ?? since;
  return { revision, rewritten: { since: dropped, tiles: all.filter(([, of]) => of > dropped) } };
}

/** Whether a tile may have been written anew since it was read, when the revision was that. */
export function isWrittenAnew(
  { revision: now, rewritten }: TileProgress,
  { from, to }: { from: Minute; to: Minute },
  revision: number,
): boolean {
  if (revision === now) return false;
  if (revision > now || !rewritten || revision < rewritten.since) return true;
  return rewritten.tiles.some(([start, at]) => at > revision && start >= from && start < to);
}

/** Minutes whose rollups were changed, added to those whose tiles are to be written anew. */
export function withLate(progress: TileProgress, minutes: Iterable<Minute>): TileProgress {
  const tiled = [...minutes].filter((minute) => minute < progress.to && minute >= progress.from);
  if (tiled.length === 0) return progress;
  return { ...progress, late: [...new Set([...progress.late, ...tiled])].sort((a, b) => a - b) };
}

/** A part of a window that is read as a whole. */
export type WindowPiece =
  | { kind: 'tile'; length: TileLength; from: Minute }
  | { kind: 'minutes'; from: Minute; to: Minute };

/**
 * The fewest pieces that a window is put together from: the longest tiles that fit and have everything in them, and
 * minutes between them.
 */
export function windowPieces(
  from: Minute,
  to: Minute,
  tiled: Pick<TileProgress, 'from' | 'to' | 'late'> | null,
): WindowPiece[] {
  const pieces: WindowPiece[] = [];
  const stale = tiled ? [...staleTiles(tiled)] : [];
  for (let at = from; at < to; ) {
    const length = tileLengths.findLast(
      (it) =>
        tiled &&
        at % it === 0 &&
        at + it <= Math.min(to, tiled.to) &&
        at >= tiled.from &&
        !stale.some((start) => start >= at && start < at + it),
    );
    if (length) {
      pieces.push({ kind: 'tile', length, from: at });
      at += length;
      continue;
    }
    const end = Math.min(to, floorTo(at, SHORTEST) + SHORTEST);
    const last = pieces.at(-1);
    if (last?.kind === 'minutes') last.to = end;
    else pieces.push({ kind: 'minutes', from: at, to: end });
    at = end;
  }
  return pieces;
}

export function floorTo(minute: Minute, length: number): Minute {
  return Math.floor(minute / length) * length;
}

function ceilTo(minute: Minute, length: number): Minute {
  return Math.ceil(minute / length) * length;
}
