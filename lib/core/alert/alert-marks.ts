import type { EpochMs } from '../model/time.ts';
import type { Acknowledgement, Alert } from './alert.ts';

export const opinions = ['useful', 'noise'] as const;
export type Opinion = (typeof opinions)[number];

/** What somebody thought of an alert. */
export interface Feedback {
  opinion: Opinion;
  by: string;
  note: string | null;
  atMs: EpochMs;
}

/** What people said of one alert. */
export interface AlertMarks {
  alert: string;
  /** What it was about, for gates to learn from. */
  rule: string;
  pool: string | null;
  acknowledged: Acknowledgement | null;
  /** The last of each person counts, the newest last. */
  feedback: Feedback[];
}

export function noMarksOf({ id, rule, scope }: Alert): AlertMarks {
  return { alert: id, rule, pool: scope.pool ?? null, acknowledged: null, feedback: [] };
}
