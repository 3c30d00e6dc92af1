import type { SeriesKindName } from '../detect/series-kind.ts';
import type { PartKind } from '../model/event.ts';
import type { FleetChange } from '../model/fleet-change.ts';
import type { EpochMs } from '../model/time.ts';

/** What one agent did of one task type, with one version. Everything is additive. */
export interface CauseCell {
  pool: string;
  agent: string;
  taskType: string;
  version: string | null;
  tasks: number;
  /** Tasks that ended badly, at most `tasks`. */
  bad: number;
  /** Sums over the `timed` tasks with a service time: of it, of its natural logarithm (of µs) and of that squared. */
  timed: number;
  serviceUs: number;
  logSum: number;
  logSquares: number;
}

/** What one agent's tasks spent in one tool or model, or waiting for one thing. */
export interface PartCell {
  agent: string;
  pool: string;
  kind: PartKind;
  name: string;
  calls: number;
  failed: number;
  durationUs: number;
}

export interface ErrorCell {
  /** As errorSignature gives it. */
  signature: string;
  agent: string;
  pool: string;
  taskType: string;
  n: number;
}

/** All of a stretch of time. */
export interface CauseWindow {
  minutes: number;
  cells: readonly CauseCell[];
  parts: readonly PartCell[];
  errors: readonly ErrorCell[];
}

/** What got worse: how many tasks end badly, or how long they take. */
export type CauseMeasure = 'bad' | 'time';

/** Of which kind of series' alerts causes can be told. */
export const measuresOfSeries: Partial<Record<SeriesKindName, readonly CauseMeasure[]>> = {
  error_ratio: ['bad'],
  service_ms: ['time'],
};

export interface CauseInput {
  measure: CauseMeasure;
  now: CauseWindow;
  /** Of a time before the onset in which all was as usual. */
  before: CauseWindow;
  onsetMs: EpochMs;
  /** Of any time; those within the hour before the onset are looked at. */
  changes: readonly FleetChange[];
}

export const causeDimensions = [
  ...(['change', 'version', 'tool', 'model', 'pool', 'taskType', 'agent', 'errorType'] as const),
] as const;
export type CauseDimension = (typeof causeDimensions)[number];

export interface Cause {
  dimension: CauseDimension;
  /** Of a change, its id. */
  id: string;
  /** Of what is in excess of the baseline; may be above 1 where others got better. */
  share: number;
  /** Tasks, calls or errors that it is told by. */
  n: number;
  /** Probability of as much by chance, if there were no cause, over all candidates (Bonferroni); null where it is not known. */
  p: number | null;
  words: string;
}
