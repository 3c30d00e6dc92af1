import type { KpiScope } from '../kpi/kpi-scope.ts';
import type { EpochMs, Minute } from '../model/time.ts';
import type { ForecastMetricId } from './forecast-metric.ts';
import type { PoolOutlook } from './pool-outlook.ts';
import type { WorkloadOutlook } from './workload-outlook.ts';

/** What is asked for: an amount of the tasks of a scope, or a custom metric of the system. */
export type ForecastRequest = { horizonHours: number } & (
  | { of: 'tasks'; scope: KpiScope; metric: ForecastMetricId }
  | { of: 'metric'; name: string }
);

export interface ForecastRead {
  unit: string;
  /** Of the hours that are asked for; null where nothing is known of the scope. */
  outlook: WorkloadOutlook | null;
  /** The minute from which on hours are not complete yet; null before the first minute is. */
  knownTo: Minute | null;
  /** What the newest plan says of a pool's capacity; null of other scopes, and before the first plan. */
  pool: { outlook: PoolOutlook; madeAtMs: EpochMs } | null;
}
