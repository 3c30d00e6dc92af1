import { DAY_MINUTES, MINUTE_MS } from '../../core/model/time.ts';
import type { NotificationLog } from '../../ports/notifier.ts';
import { type ItemTable, ttlSeconds } from './item-table.ts';

const KEPT_MS = 7 * DAY_MINUTES * MINUTE_MS;

/** What was told, in the State table. */
export function dynamoNotificationLog(table: ItemTable): NotificationLog {
  return {
    async wasSent(id) {
      return (await table.get(`SENT#${id}`, 'SENT')) !== null;
    },
    async markSent(id, nowMs) {
      await table.put({ pk: `SENT#${id}`, sk: 'SENT', ttl: ttlSeconds(nowMs + KEPT_MS) });
    },
  };
}
