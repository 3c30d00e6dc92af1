import type { AlertMarks } from '../core/alert/alert-marks.ts';
import type { Silence } from '../core/alert/silence.ts';
import type { EpochMs } from '../core/model/time.ts';

/** What people say of alerts: apart from the alerts, which the minute job alone writes. */
export interface AlertWordStore {
  /** Silences that are in force, will be, or ended after a moment. */
  silences(system: string, endedAfterMs: EpochMs): Promise<Silence[]>;
  /** Enters a silence, or replaces the one with its id. */
  saveSilence(system: string, silence: Silence): Promise<void>;
  /** Marks of alerts that were detected after a moment, by alert. */
  marks(system: string, detectedAfterMs: EpochMs): Promise<Map<string, AlertMarks>>;
  /** Changes the marks of one alert; others who do so at the same time lose nothing. */
  mark(system: string, alert: string, change: (before: AlertMarks | null) => AlertMarks): Promise<AlertMarks>;
}
