import type { Minute } from '../model/time.ts';
import type { Figures } from './figures.ts';
import type { MetricRollup } from './metric-rollup.ts';
import { chunkIndex } from './rollup-chunk.ts';

/** The steps that history is kept in, in minutes. */
export const historySteps = { minute: 1, hour: 60, day: 1_440 } as const;
export type HistoryLevel = keyof typeof historySteps;

/** What is written together of one scope, in minutes: its minutes by ten, hours and days by themselves. */
export const historyBlocks: Readonly<Record<HistoryLevel, number>> = { ...historySteps, minute: 10 };

/** The longest steps of history that a step of some minutes is made of. */
export function levelOfStep(minutes: number): HistoryLevel {
  if (minutes % historySteps.day === 0) return 'day';
  return minutes % historySteps.hour === 0 ? 'hour' : 'minute';
}

/** Into how many groups scopes are divided by {@link historyGroup}. */
export const HISTORY_GROUPS = 1_024;

/**
 * Which scopes are stored together; for ever, because what was written is found by it. Agents of one group are of one
 * chunk of a minute: their points come together, and are written at once.
 */
export function historyGroup(scope: HistoryScope): number {
  return chunkIndex(hashedName(scope), HISTORY_GROUPS);
}

/** What the hash of a scope is taken from. */
export function hashedName(scope: HistoryScope): string {
  return scope.startsWith(AGENT) ? scope.slice(AGENT.length) : scope;
}

const AGENT = 'agent:';

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
