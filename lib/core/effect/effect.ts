import type { EpochMs, Minute } from '../model/time.ts';

/** KPIs that a directive may be expected to move. */
export type ExpectedKpi =
  | 'average_response_time'
  | 'error_ratio'
  | 'task_completion_rate'
  | 'service_level_agreement_compliance'
  | 'overall_throughput'
  | 'quality_score'
  | 'queue_depth'
  | 'resource_utilization'
  | 'cost_per_task';

/** What a directive is expected to do, said before it is done. */
export interface ExpectedEffect {
  kpi: ExpectedKpi;
  /** For example "pool:conv". */
  scope: string;
  direction: 'down' | 'up';
  /** Expected change, in `unit`; above 0. */
  size: number;
  unit: string;
  byMs: EpochMs;
}

export const verdicts = ['helped', 'no_effect', 'harmed', 'unmeasurable'] as const;
export type Verdict = (typeof verdicts)[number];

/** An estimate with its 90 % interval. */
export interface Interval {
  estimate: number;
  low: number;
  high: number;
}

/** What an effect was worth in the measured minutes; null where it cannot be told. Below 0 it cost as much. */
export interface EffectWorth {
  /** Tasks that would have ended badly, or later than promised. */
  tasksSaved: Interval | null;
  /** What tasks and agents would have cost. */
  usdSaved: Interval | null;
}

/** A measured change against what would have been without the directive. */
export interface MeasuredChange {
  /** Mean over the measured minutes, in `unit`; below 0 is less than without the directive. */
  estimate: number;
  /** 90 % interval. */
  low: number;
  high: number;
  unit: string;
  /** How likely it is that the figure moved the other way than was said beforehand, 0..1. Absent in effects of earlier versions. */
  harmProbability?: number;
  /** Absent in effects of earlier versions. */
  worth?: EffectWorth;
  /** Tasks that the estimate rests on. */
  n: number;
  /** How it was worked out, in words with figures. */
  evidence: string[];
}

export type Effect =
  /** Nobody has said yet that it is applied. */
  | { state: 'pending' }
  /**
   * In force: the minutes [from, to) are compared once they are complete. `word` is whose it rests on, and since when it is applied;
   * absent where nothing is done, and in effects of earlier versions.
   */
  | { state: 'measuring'; from: Minute; to: Minute; word?: { by: string; atMs: EpochMs } }
  | ({ state: 'measured'; verdict: Exclude<Verdict, 'unmeasurable'>; from: Minute; to: Minute } & MeasuredChange)
  | { state: 'measured'; verdict: 'unmeasurable'; reason: string };
