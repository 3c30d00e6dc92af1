import type { Alert, AlertRecord } from '../core/alert/alert.ts';
import type { EpochMs } from '../core/model/time.ts';

export interface AlertStore {
  /** Alerts that are firing or whose last transition has not been told, by fingerprint. */
  open(system: string): Promise<Map<string, AlertRecord>>;
  /**
   * Saves the record, and once all of it is told the alert in the history; a resolved one is open no more then.
   * @param fence of the writer's lease
   * @returns false when a later lease holder has saved it
   */
  save(system: string, record: AlertRecord, fence: number): Promise<boolean>;
  /** Saves an alert in the history. */
  enter(system: string, alert: Alert): Promise<void>;
  /** Alerts that fired at some time in [fromMs, toMs), newest detection first. */
  history(system: string, fromMs: EpochMs, toMs: EpochMs): Promise<Alert[]>;
}
