import type { Account } from '../core/ledger/account.ts';
import type { BucketCount, LedgerPage, UnjournaledCount } from '../core/ledger/ledger.ts';
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
  /**
   * @param fence of the writer's lease; what was set under a higher one stays
   * @returns false when a later lease holder has set entries of that minute
   */
  set(system: string, entries: LedgerEntries, fence: number): Promise<boolean>;
  /** Counts a request that leaves nothing in the journal. */
  addUnjournaled(system: string, account: Account, counts: UnjournaledCount): Promise<void>;
}
