import type { Batch } from '../model/batch.ts';
import { DAY_MINUTES, type Minute } from '../model/time.ts';
import { type FoldedInput, plainInput } from './folded-input.ts';
import { type ChunkAt, Folding, spreadMinutes } from './folding.ts';
import type { OpenMinutes } from './open-minutes.ts';
import {
  type ClosedChunk,
  chunkIndex,
  chunkKey,
  copyOfChunk,
  emptyRollupChunk,
  noMarks,
  type RollupChunk,
} from './rollup-chunk.ts';

/**
 * For how many runs a minute is open, the first being the one at its end: it is computed afresh by each. What comes
 * later is added. Senders that send once a minute are on time with the second; a third would mostly write again what is
 * there for a few long tasks, which were at work in the minute and ended after it.
 */
export const OPEN_MINUTES = 2;
/** How far ahead of the clock senders may be. */
export const FUTURE_MINUTES = 15;
/** Each chunk has the marks of nearly all batches of its minute, so few large ones take less than many; and one is read for the figures of one agent. */
export const AGENTS_PER_CHUNK = 2_000;

/** The first minute that is open to a run that follows the completion of `done`. */
export function openFromAfter(done: Minute): Minute {
  return done + 1 - (OPEN_MINUTES - 1);
}

export interface MinuteWindow {
  /** First minute that is still open: it and all later ones are recomputed from the journal. */
  openFrom: Minute;
  /** Last minute to complete. */
  through: Minute;
}

/** The minutes that the input touches and that are closed already, so that their chunks must be loaded. */
export function closedMinutes(input: FoldedInput, window: MinuteWindow): Set<Minute> {
  const minutes = new Set<Minute>();
  fold(input, (minute) => {
    if (minute < window.openFrom && minute > window.openFrom - 2 * DAY_MINUTES) minutes.add(minute);
    return null;
  });
  return minutes;
}

/**
 * Counts what the journal holds: open minutes are computed from the journal alone, closed ones get what they do not have
 * yet.
 *
 * An open minute's rollups are a function of the journal alone, because a batch that touches minute m lies in a bucket
 * at or after m, and all of those are read. Closed minutes remember the batches that are in them. So the result does
 * not depend on how often, in which order or in which run a batch was seen.
 * @param closed what is stored of every minute in closedMinutes(input, window); what comes late is added in place
 * @param folded what the batches that are not in the input come to in open minutes; not changed. It says into how many
 * chunks a minute without stored chunks is split.
 * @param lateBatches batches that are folded, and of which closed minutes may lack something
 * @returns every chunk that was computed or changed; those of closed minutes are late ones
 */
export function completeMinutes(
  input: FoldedInput,
  window: MinuteWindow,
  closed: ReadonlyMap<Minute, ClosedChunk[]>,
  folded: OpenMinutes,
  lateBatches: readonly Batch[] = [],
): { open: RollupChunk[]; late: RollupChunk[] } {
  const { chunks } = folded;
  const open = new Map<string, RollupChunk>();
  for (const chunk of folded.between(window.openFrom, window.through)) open.set(chunkKey(chunk), chunk);
  const late = new LateChunks(closed, chunks);
  const chunkAt = (minute: Minute, agent: string): RollupChunk | null => {
    if (minute > window.through) return null;
    if (minute < window.openFrom) return late.chunkAt(minute, agent);
    const index = chunkIndex(agent, chunks);
    const key = chunkKey({ minute, index, isLate: false });
    const found = open.get(key);
    if (found && found !== folded.chunk(minute, index)) return found;
    const own = found ? copyOfChunk(found) : emptyRollupChunk(minute, index, chunks);
    open.set(key, own);
    return own;
  };
  fold(input, chunkAt, ({ minute }) => minute >= window.openFrom);
  const ofClosed = (minute: Minute, agent: string) => (minute < window.openFrom ? chunkAt(minute, agent) : null);
  fold(plainInput(lateBatches), ofClosed);
  return { open: [...open.values()], late: late.changed() };
}

/** What comes late for closed minutes. */
class LateChunks {
  readonly #closed: ReadonlyMap<Minute, ClosedChunk[]>;
  readonly #chunks: number;
  /** Late chunks that were asked for, and how many batches were known before. */
  readonly #touched = new Map<RollupChunk, number>();

  /** @param chunks into how many a minute is split of which nothing is stored */
  constructor(closed: ReadonlyMap<Minute, ClosedChunk[]>, chunks: number) {
    this.#closed = closed;
    this.#chunks = chunks;
  }

  chunkAt(minute: Minute, agent: string): RollupChunk | null {
    const stored = this.#closed.get(minute);
    if (!stored) return null;
    const chunks = stored[0]?.chunks ?? this.#chunks;
    const index = chunkIndex(agent, chunks);
    let own = stored.find((chunk) => chunk.index === index);
    if (!own) {
      own = noMarks(minute, index, chunks);
      stored.push(own);
    }
    own.late ??= { ...emptyRollupChunk(minute, index, chunks, true), batches: new Set(own.batches) };
    if (!this.#touched.has(own.late)) this.#touched.set(own.late, own.late.batches.size);
    return own.late;
  }

  changed(): RollupChunk[] {
    return [...this.#touched].flatMap(([chunk, known]) => (chunk.batches.size > known ? [chunk] : []));
  }
}

function fold(
  { batches, isOriginal, runs, points }: FoldedInput,
  chunkAt: ChunkAt,
  isAnew?: (chunk: RollupChunk) => boolean,
): void {
  const folding = new Folding(chunkAt, isAnew);
  for (const batch of batches) folding.batch(batch, isOriginal);
  for (const ofBatch of Map.groupBy(runs, ({ batchId }) => batchId).values()) {
    const spread = spreadMinutes(ofBatch.map(({ task }) => task));
    for (const run of ofBatch) folding.run(run, spread);
  }
  for (const point of points) folding.point(point);
}

/**
 * Empty chunks for the open minutes when minutes are split anew: what a chunk of an older division held is in others now,
 * and where no agent of the minute falls into its index, nothing else would overwrite it.
 * @param open the chunks that were computed
 * @param before into how many chunks minutes were split so far
 */
export function emptyChunksAfterGrowth(open: readonly RollupChunk[], before: number, chunks: number): RollupChunk[] {
  if (chunks === before) return [];
  const filled = new Set(open.map(({ minute, index }) => `${minute}#${index}`));
  return [...new Set(open.map(({ minute }) => minute))].flatMap((minute) =>
    Array.from({ length: chunks }, (_, index) => index)
      .filter((index) => !filled.has(`${minute}#${index}`))
      .map((index) => emptyRollupChunk(minute, index, chunks)),
  );
}

/** Chunks never become fewer within a fleet's life, so that an old chunk can always be overwritten. */
export function chunksFor(agents: number, before: number): number {
  let chunks = Math.max(1, before);
  while (chunks * AGENTS_PER_CHUNK < agents) chunks *= 2;
  return chunks;
}

/** Identifies what a chunk was computed from, so that an unchanged one need not be written again. */
export function chunkDigest(chunk: RollupChunk): string {
  let a = 0;
  let b = 0;
  for (const id of chunk.batches) {
    a = (a + chunkIndex(id, 0xffffffff)) % 0x100000000;
    b = (b ^ chunkIndex(`${id}+`, 0xffffffff)) >>> 0;
  }
  return `${chunk.chunks}.${chunk.batches.size}.${a.toString(36)}.${b.toString(36)}`;
}
