import { type AuditEntry, auditIdOf } from '../../core/model/audit-entry.ts';
import { DAY_MINUTES, MINUTE_MS } from '../../core/model/time.ts';
import type { AuditLog } from '../../ports/audit-log.ts';
import { type ItemTable, isLive, textOf, ttlSeconds } from './item-table.ts';

const KEPT_MS = 400 * DAY_MINUTES * MINUTE_MS;

/** Audit entries in the State table: a partition for each system and month, so that the newest are read first. */
export function dynamoAuditLog(table: ItemTable, now: () => number): AuditLog {
  return {
    async write(system, entry) {
      await table.put({
        pk: partition(system, monthOf(entry.atMs)),
        sk: entry.id,
        entry: JSON.stringify(entry),
        ttl: ttlSeconds(entry.atMs + KEPT_MS),
      });
    },

    async read(system, { fromMs, toMs, limit, before }) {
      const nowMs = now();
      const oldestMs = Math.max(fromMs, nowMs - KEPT_MS);
      const from = auditIdOf(oldestMs, '');
      const end = auditIdOf(toMs, '');
      const to = before !== undefined && before < end ? before : end;
      const found: AuditEntry[] = [];
      // No entry lies in the future, whatever period was asked for; a day allows for clocks that differ.
      const newestMs = Math.min(toMs, nowMs + DAY_MINUTES * MINUTE_MS);
      for (let month = monthOf(newestMs); month >= monthOf(oldestMs); month--) {
        const items = await table.query(partition(system, month), { from, to });
        for (const item of items.reverse()) {
          if (item.sk >= to || !isLive(item, nowMs)) continue;
          found.push(JSON.parse(textOf(item, 'entry')) as AuditEntry);
          if (found.length === limit) return found;
        }
      }
      return found;
    },
  };
}

/** Months since the year 0, UTC. */
function monthOf(atMs: number): number {
  const date = new Date(atMs);
  return date.getUTCFullYear() * 12 + date.getUTCMonth();
}

function partition(system: string, month: number): string {
  return `AUDIT#${system}#${month}`;
}
