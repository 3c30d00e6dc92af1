import type { Account } from '../core/ledger/account.ts';
import type { BucketCount } from '../core/ledger/ledger.ts';
import type { Batch } from '../core/model/batch.ts';
import type { EpochMs, Minute } from '../core/model/time.ts';

/** Says that a closed bucket got a batch, so that the minute job reads it again. */
export interface DirtyMark {
  bucket: Minute;
  batchId: string;
}

/** Where a batch id was first used, and for what. */
export interface BatchClaim {
  contentHash: string;
  bucket: Minute;
}

/**
 * The durable list of accepted batches, by system and bucket. A batch is visible to readers wholly or not at all, and
 * stays for 25 hours or more after its receipt.
 */
export interface Journal {
  /** Binds a batch id to its content: the first claim wins, and the claim in force is returned. */
  claim(system: string, batchId: string, claim: BatchClaim, nowMs: EpochMs): Promise<BatchClaim>;
  has(system: string, bucket: Minute, batchId: string): Promise<boolean>;
  /** Durable once it returns. A batch that is there already is left as it is. */
  append(batch: Batch): Promise<'stored' | 'duplicate'>;
  markDirty(system: string, mark: DirtyMark, nowMs: EpochMs): Promise<void>;
  dirtyMarks(system: string): Promise<DirtyMark[]>;
  clearDirty(system: string, marks: readonly DirtyMark[]): Promise<void>;
  /**
   * Strongly consistent: every batch whose append returned before this call is in the answer.
   * @param known ids of batches that are left out
   */
  read(system: string, bucket: Minute, known?: ReadonlySet<string>): Promise<Batch[]>;
  /** The same, counted by account, without reading the events. */
  count(system: string, bucket: Minute): Promise<Map<Account, BucketCount>>;
}
