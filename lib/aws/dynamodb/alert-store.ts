import { type Alert, type AlertRecord, LONGEST_ALERT_MS } from '../../core/alert/alert.ts';
import type { AlertGroup } from '../../core/alert/alert-group.ts';
import { DAY_MINUTES, MINUTE_MS, startOfMinute } from '../../core/model/time.ts';
import type { AlertStore } from '../../ports/alert-store.ts';
import { type ItemTable, isLive, notBeyond, textOf, ttlSeconds } from './item-table.ts';

const KEPT_MS = 90 * DAY_MINUTES * MINUTE_MS;

/** Alerts in the State table: the open ones by fingerprint, and all of them in order of detection. */
export function dynamoAlertStore(table: ItemTable, nowMs: () => number): AlertStore {
  const enter = async (system: string, alert: Alert) => {
    await table.put({
      pk: historyKey(system),
      sk: `${momentKey(alert.detectedMs)}#${alert.id}`,
      alert: JSON.stringify(alert),
      ttl: ttlSeconds(alert.detectedMs + KEPT_MS),
    });
  };
  return {
    async open(system) {
      const items = await table.query(openKey(system));
      return new Map(items.map((item) => [item.sk, JSON.parse(textOf(item, 'record')) as AlertRecord]));
    },

    async save(system, record, isOpen, fence) {
      const { alert, unsent } = record;
      // One that is over stays as it is until it goes: were it saved as told, and the rest not done, nobody would take it
      // away.
      if (isOpen) {
        const item = { pk: openKey(system), sk: alert.fingerprint, record: JSON.stringify(record), fence };
        if (!(await table.put(item, notBeyond(fence)))) return false;
      }
      if (unsent.length === 0 && alert.state !== 'pending') await enter(system, alert);
      return isOpen || table.delete(openKey(system), alert.fingerprint, notBeyond(fence));
    },

    enter,

    async history(system, fromMs, toMs) {
      const range = { from: momentKey(fromMs - LONGEST_ALERT_MS), to: `${momentKey(toMs - 1)}~` };
      const items = await table.query(historyKey(system), range);
      return items
        .filter((item) => isLive(item, nowMs()))
        .map((item) => JSON.parse(textOf(item, 'alert')) as Alert)
        .filter((alert) => alert.resolvedMs === null || alert.resolvedMs > fromMs || alert.detectedMs >= fromMs)
        .reverse();
    },

    async find(system, id) {
      // Its id begins with the minute that it was detected for.
      const minute = Number.parseInt(id, 36);
      if (!Number.isSafeInteger(minute)) return null;
      const item = await table.get(historyKey(system), `${momentKey(startOfMinute(minute + 1))}#${id}`);
      return item && isLive(item, nowMs()) ? (JSON.parse(textOf(item, 'alert')) as Alert) : null;
    },

    async groups(system) {
      const items = await table.query(groupsKey(system));
      const groups = items.map((item) => JSON.parse(textOf(item, 'group')) as AlertGroup);
      return new Map(groups.map((group) => [group.key, group]));
    },

    saveGroup(system, group, fence) {
      const item = { pk: groupsKey(system), sk: group.key, group: JSON.stringify(group), fence };
      return table.put(item, notBeyond(fence));
    },

    deleteGroup(system, key, fence) {
      return table.delete(groupsKey(system), key, notBeyond(fence));
    },
  };
}

function openKey(system: string): string {
  return `ALERTS#${system}`;
}

function groupsKey(system: string): string {
  return `ALERTGROUPS#${system}`;
}

function historyKey(system: string): string {
  return `ALERTLOG#${system}`;
}

function momentKey(ms: number): string {
  return String(Math.max(0, Math.floor(ms))).padStart(15, '0');
}
