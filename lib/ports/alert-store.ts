import type { Alert, AlertRecord } from '../core/alert/alert.ts';
import type { AlertGroup } from '../core/alert/alert-group.ts';
import type { EpochMs } from '../core/model/time.ts';

export interface AlertStore {
  /** Alerts that may still change, or of which somebody has yet to hear, by fingerprint. */
  open(system: string): Promise<Map<string, AlertRecord>>;
  /**
   * Saves the record, and once the bus has all of it, unless it never fired, the alert in the history.
   * @param isOpen whether it stays open; one that does not goes away
   * @param fence of the writer's lease
   * @returns false when a later lease holder has saved it
   */
  save(system: string, record: AlertRecord, isOpen: boolean, fence: number): Promise<boolean>;
  /** Saves an alert in the history. */
  enter(system: string, alert: Alert): Promise<void>;
  /** Alerts that fired at some time in [fromMs, toMs), newest detection first. */
  history(system: string, fromMs: EpochMs, toMs: EpochMs): Promise<Alert[]>;
  /** An alert in the history; null where there is none. */
  find(system: string, id: string): Promise<Alert | null>;
  /** By key. */
  groups(system: string): Promise<Map<string, AlertGroup>>;
  /** @returns false when a later lease holder has saved it */
  saveGroup(system: string, group: AlertGroup, fence: number): Promise<boolean>;
  /** @returns false when a later lease holder has saved it */
  deleteGroup(system: string, key: string, fence: number): Promise<boolean>;
}
