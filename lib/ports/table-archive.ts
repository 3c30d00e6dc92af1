import type { ArchivedItem, ItemKey } from '../core/backup/archived-item.ts';
import type { Minute } from '../core/model/time.ts';

/** All items of one table, whatever they are. */
export interface TableArchive {
  /**
   * Hands on every item, some at a time, in no order; an item that is written meanwhile is handed on as it was or as it
   * is. Waits for `each`.
   */
  scan(each: (items: ArchivedItem[]) => Promise<void>): Promise<void>;
  /** Only the keys, and the attributes that are named. */
  scanKeys(each: (items: ArchivedItem[]) => Promise<void>, attributes?: readonly string[]): Promise<void>;
  /** Writes items over what is there, each key once. Asks again for what the table did not take, and fails in the end. */
  put(items: readonly ArchivedItem[]): Promise<void>;
  delete(keys: readonly ItemKey[]): Promise<void>;
}

/** How far a system has come when its minute job begins to wait. */
export interface CutSystem {
  system: string;
  sinceMs: number | null;
  doneThrough: Minute | null;
}

/**
 * Which batches are in the journal at one moment, though it is read over a longer time in which more come in. A batch is
 * several items, written one after the other: read while it is written, it could be there without the mark that has it
 * counted, or without some of its parts. So what is not complete at the moment is left out as a whole, as if it had been
 * sent later; its sender, who sends it again, finds it missing and not a duplicate.
 */
export interface JournalCut {
  /** To be called when the minute job waits, before the journal is read. */
  begin(systems: readonly CutSystem[]): Promise<void>;
  /** Whether an item of the Rollups table, as it was read, is part of the cut. Not decided yet for some: see `end`. */
  keeps(key: ItemKey): boolean;
  /** To be called after the journal is read. @returns items that were kept and are not part of the cut after all */
  end(): Promise<ItemKey[]>;
}
