import type { AuditEntry } from '../core/model/audit-entry.ts';
import type { EpochMs } from '../core/model/time.ts';

/** Who changed what, for 400 days. */
export interface AuditLog {
  /** Writes an entry, or what has become of one that was written before. */
  write(system: string, entry: AuditEntry): Promise<void>;
  /**
   * Entries of [fromMs, toMs), newest first.
   * @param before only those with smaller ids
   */
  read(
    system: string,
    page: { fromMs: EpochMs; toMs: EpochMs; limit: number; before?: string | undefined },
  ): Promise<AuditEntry[]>;
}
