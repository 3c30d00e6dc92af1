import type { BucketCount, LedgerPage, UnjournaledCount } from '../core/ledger/ledger.ts';
import type { EpochMs, Minute } from '../core/model/time.ts';

/** What the minute job found for one minute of receipt: only the entries named are set. */
export interface LedgerEntries {
  receipt: Minute;
  seen: ReadonlyMap<Minute, BucketCount>;
  stored: ReadonlyMap<Minute, number>;
  copies: ReadonlyMap<Minute, number>;
}

export interface LedgerStore {
  /** Pages of the minutes of receipt in [from, through] that have one. */
  read(system: string, from: Minute, through: Minute): Promise<LedgerPage[]>;
  set(system: string, entries: LedgerEntries): Promise<void>;
  /** Counts a request that leaves nothing in the journal. */
  addUnjournaled(system: string, counts: UnjournaledCount, nowMs: EpochMs): Promise<void>;
}
