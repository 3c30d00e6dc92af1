import type { Alert, AlertRecord } from '../core/alert/alert.ts';
import type { EpochMs } from '../core/model/time.ts';

export interface AlertStore {
  /** Alerts that are firing or whose last transition has not been told, by fingerprint. */
  open(system: string): Promise<Map<string, AlertRecord>>;
  /** Saves the record, its alert's place in the history, and removes the record once it is resolved and told. */
  save(system: string, record: AlertRecord): Promise<void>;
  /** Alerts that fired at some time in [fromMs, toMs), newest detection first. */
  history(system: string, fromMs: EpochMs, toMs: EpochMs): Promise<Alert[]>;
}
