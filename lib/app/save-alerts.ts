import type { AlertRecord } from '../core/alert/alert.ts';
import type { AlertGroup } from '../core/alert/alert-group.ts';
import { isSameRecord, staysOpen } from '../core/alert/lifecycle.ts';
import { ruleOf } from '../core/alert/rules/registry.ts';
import type { Minute } from '../core/model/time.ts';
import type { AlertStore } from '../ports/alert-store.ts';

export interface AlertToSave {
  record: AlertRecord;
  isOpen: boolean;
}

/** Open alerts by fingerprint and groups by key, as they are stored. */
interface StoredAlerts {
  alerts: ReadonlyMap<string, AlertRecord>;
  groups: ReadonlyMap<string, AlertGroup>;
}

interface AlertsToSave {
  alerts: readonly AlertToSave[];
  /** All of them: those that are stored and not among these are taken away. */
  groups: ReadonlyMap<string, AlertGroup>;
}

const ALERTS_TOGETHER = 50;

/** Those that differ from what is stored, and those that stay open no longer. */
export function alertsToSave(
  before: ReadonlyMap<string, AlertRecord>,
  after: ReadonlyMap<string, AlertRecord>,
  minute: Minute,
): AlertToSave[] {
  const dropped = [...before].flatMap(([fingerprint, record]) =>
    after.has(fingerprint) ? [] : [{ record, isOpen: false }],
  );
  const kept = [...after].flatMap(([fingerprint, record]) => {
    const isOpen = staysOpen(record, ruleOf(record.alert.rule), minute);
    const known = before.get(fingerprint);
    return isOpen && known && isSameRecord(known, record) ? [] : [{ record, isOpen }];
  });
  return [...dropped, ...kept];
}

/**
 * First what happened to alerts, so that no notice speaks of one that there is not; then the groups with their notices; last
 * that the alerts were told: see planNotices.
 */
export async function saveAlerts(
  store: AlertStore,
  system: string,
  loaded: StoredAlerts,
  { groups, alerts }: AlertsToSave,
  fence: number,
): Promise<boolean> {
  const toldBefore = ({ alert }: AlertRecord) => loaded.alerts.get(alert.fingerprint)?.told ?? -1;
  const isLater = ({ record, isOpen }: AlertToSave) => !isOpen || record.told !== toldBefore(record);
  const untold = alerts.filter(({ isOpen }) => isOpen);
  const before = untold.map(({ record, isOpen }) => ({ record: { ...record, told: toldBefore(record) }, isOpen }));
  if (!(await saveRecords(store, system, before, fence))) return false;
  for (const group of groups.values()) {
    if (loaded.groups.get(group.key) !== group && !(await store.saveGroup(system, group, fence))) return false;
  }
  if (!(await saveRecords(store, system, alerts.filter(isLater), fence))) return false;
  for (const key of loaded.groups.keys()) {
    if (!groups.has(key) && !(await store.deleteGroup(system, key, fence))) return false;
  }
  return true;
}

async function saveRecords(
  store: AlertStore,
  system: string,
  records: readonly AlertToSave[],
  fence: number,
): Promise<boolean> {
  for (let i = 0; i < records.length; i += ALERTS_TOGETHER) {
    const some = records.slice(i, i + ALERTS_TOGETHER);
    const saved = await Promise.all(some.map(({ record, isOpen }) => store.save(system, record, isOpen, fence)));
    if (saved.includes(false)) return false;
  }
  return true;
}
