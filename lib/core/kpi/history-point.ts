import type { Minute } from '../model/time.ts';
import type { Figures } from './figures.ts';
import type { MetricRollup } from './metric-rollup.ts';

/** The steps that history is kept in, in minutes. */
export const historySteps = { minute: 1, hour: 60, day: 1_440 } as const;
export type HistoryLevel = keyof typeof historySteps;

/** The longest steps of history that a step of some minutes is made of. */
export function levelOfStep(minutes: number): HistoryLevel {
  if (minutes % historySteps.day === 0) return 'day';
  return minutes % historySteps.hour === 0 ? 'hour' : 'minute';
}

/** `fleet`, `pool:ID`, `agent:ID`, `taskType:ID`, `workflowType:ID` or `metric:NAME`. */
export type HistoryScope = string;

/** What is kept of one subject for one step: figures, or the observations of a custom metric. */
export interface HistoryPoint {
  scope: HistoryScope;
  /** First minute of the step, a multiple of its length. */
  at: Minute;
  figures: Figures | null;
  metric: MetricRollup | null;
}
