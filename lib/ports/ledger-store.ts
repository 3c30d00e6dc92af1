import type { Account, BucketCount, LedgerPage, UnjournaledCount } from '../core/ledger/ledger.ts';
import type { Minute } from '../core/model/time.ts';

/** What the minute job found for one account: only the entries named are set. */
export interface LedgerEntries {
  account: Account;
  seen: ReadonlyMap<Minute, BucketCount>;
  stored: ReadonlyMap<Minute, number>;
  copies: ReadonlyMap<Minute, number>;
}

export interface LedgerStore {
  /** Pages of all accounts of the minutes of receipt in [from, through] that have one. */
  read(system: string, from: Minute, through: Minute): Promise<LedgerPage[]>;
  set(system: string, entries: LedgerEntries): Promise<void>;
  /** Counts a request that leaves nothing in the journal. */
  addUnjournaled(system: string, account: Account, counts: UnjournaledCount): Promise<void>;
}
