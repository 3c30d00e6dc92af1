import type { ArchivedItem, ItemKey } from '../core/backup/archived-item.ts';

/** What a restore must know of single items. */
export interface ItemRoles {
  /** Attributes, beside the key, that `systemIn` looks at. */
  attributes: readonly string[];
  isSystem(key: ItemKey): boolean;
  /** Null unless the item makes a system known. */
  systemIn(item: ArchivedItem): { system: string; hasReported: boolean } | null;
  isApiKey(key: ItemKey): boolean;
  isAudit(key: ItemKey): boolean;
  /** History of metrics, which may be there before anybody reports. */
  isHistory(key: ItemKey): boolean;
  /** Lease and progress of the minute job. */
  isMinuteLog(key: ItemKey): boolean;
  /**
   * The log of the minute job with a lease that nobody holds, and a fence above any under which something was written after
   * the backup.
   */
  freed(log: ArchivedItem): ArchivedItem;
}
