import type { Account } from '../ledger/account.ts';
import { type BucketCount, countBatch } from '../ledger/ledger.ts';
import type { Batch } from '../model/batch.ts';
import { changesIn, type FleetChange } from '../model/fleet-change.ts';
import type { Minute } from '../model/time.ts';
import { foldBatch } from './folding.ts';
import { chunkIndex, emptyRollupChunk, type RollupChunk } from './rollup-chunk.ts';

/** Of the batches of one bucket that are folded: what is needed of them besides their figures. */
interface FoldedBucket {
  ids: Set<string>;
  counts: Map<Account, BucketCount>;
  changes: FleetChange[];
}

/** Whether nothing in a batch has to be put together with other batches before it can be counted. */
export function isPlain({ events }: Batch): boolean {
  return events.every(({ type }) => type !== 'span' && type !== 'point');
}

/**
 * What plain batches come to in minutes that are open, and which batches these are. It grows batch by batch, each is
 * folded once, and it may be kept from one run of the minute job to the next: what it holds is a function of the set of
 * batches. Minutes that are yet to come are in it, too.
 */
export class OpenMinutes {
  /** Into how many chunks each minute is split. */
  readonly chunks: number;
  readonly #minutes = new Map<Minute, Map<number, RollupChunk>>();
  readonly #buckets = new Map<Minute, FoldedBucket>();

  constructor(chunks: number) {
    this.chunks = chunks;
  }

  /** Ids of the batches of a bucket that are folded. */
  idsIn(bucket: Minute): ReadonlySet<string> {
    return this.#buckets.get(bucket)?.ids ?? new Set();
  }

  /** By bucket, what the ledger says of these batches. */
  get counts(): Map<Minute, ReadonlyMap<Account, BucketCount>> {
    return new Map([...this.#buckets].map(([bucket, { counts }]) => [bucket, counts]));
  }

  /** Changes that these batches tell of. */
  get changes(): FleetChange[] {
    return [...this.#buckets.values()].flatMap(({ changes }) => changes);
  }

  /** The chunks of minutes in [from, through] that batches touch. Whoever wants to add to one makes a copy. */
  *between(from: Minute, through: Minute): Generator<RollupChunk> {
    for (const [minute, chunks] of this.#minutes) if (minute >= from && minute <= through) yield* chunks.values();
  }

  chunk(minute: Minute, index: number): RollupChunk | undefined {
    return this.#minutes.get(minute)?.get(index);
  }

  /**
   * Folds a plain batch, once.
   * @returns whether it touches minutes before `openFrom`, which are not kept here
   */
  add(batch: Batch, openFrom: Minute): boolean {
    const bucket: FoldedBucket = this.#buckets.get(batch.bucket) ?? { ids: new Set(), counts: new Map(), changes: [] };
    this.#buckets.set(batch.bucket, bucket);
    if (bucket.ids.has(batch.id)) return false;
    countBatch(bucket.counts, batch);
    bucket.changes.push(...changesIn(batch));
    bucket.ids.add(batch.id);
    let touchesClosed = false;
    const chunkAt = (minute: Minute, agent: string): RollupChunk | null => {
      if (minute >= openFrom) return this.#chunkAt(minute, agent);
      touchesClosed = true;
      return null;
    };
    foldBatch(batch, chunkAt, () => true);
    return touchesClosed;
  }

  /** Drops what is closed for whoever completes minutes from now on. */
  closeBefore(openFrom: Minute): void {
    for (const minute of this.#minutes.keys()) if (minute < openFrom) this.#minutes.delete(minute);
    for (const bucket of this.#buckets.keys()) if (bucket < openFrom) this.#buckets.delete(bucket);
  }

  #chunkAt(minute: Minute, agent: string): RollupChunk {
    let chunks = this.#minutes.get(minute);
    if (!chunks) {
      chunks = new Map();
      this.#minutes.set(minute, chunks);
    }
    const index = this.chunks === 1 ? 0 : chunkIndex(agent, this.chunks);
    let chunk = chunks.get(index);
    if (!chunk) {
      chunk = emptyRollupChunk(minute, index, this.chunks);
      chunks.set(index, chunk);
    }
    return chunk;
  }
}
