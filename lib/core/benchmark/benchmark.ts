import type { KpiId } from '../kpi/registry.ts';
import type { EpochMs } from '../model/time.ts';

/** `fleet`, `pool:ID` or `agent:ID`. */
export type BenchmarkScope = string;

/** An estimate with the ends of an interval of 90 %. */
export interface Estimate {
  value: number;
  low: number;
  high: number;
}

/** How changes of a KPI are told: of what it was (0.05 is 5 % more), or by how much it moved in its own unit. */
export type ChangeUnit = 'ratio' | 'points';

export type TrendVerdict = 'better' | 'worse' | 'same' | 'unknown';

/**
 * How a KPI of the last days compares with the days before, like hours with like hours. `change` is what anybody sees, `mixEffect` what
 * came of other work (task types, agents, hours), `performanceEffect` what came of doing the same work differently: they add up, as points
 * do, and for ratios in the logarithm of 1 + each.
 */
export interface KpiTrend {
  kpi: KpiId;
  /** Unit of `value` and `reference`. */
  unit: string;
  changeUnit: ChangeUnit;
  /** Of the last days; null where nothing is known, then `reason` says why. */
  value: number | null;
  /** Of the days before. */
  reference: number | null;
  /** Tasks (or what the KPI counts) of the last days. */
  n: number;
  change: number | null;
  low: number | null;
  high: number | null;
  /** null where work is not told apart for this KPI. */
  mixEffect: number | null;
  /** The parts of mixEffect, which add up to it. */
  mix: { taskTypes: number; agents: number; hours: number } | null;
  performanceEffect: Estimate | null;
  /** Drift of the performance over all days, per week, in changeUnit; robust against single days. */
  perWeek: Estimate | null;
  verdict: TrendVerdict;
  reason?: string;
  /** First moment of the day of the newest change of level in performance, where there is one, and what changed about then. */
  since?: { atMs: EpochMs; changes: string[] };
}
