import type { EpochMs } from '../model/time.ts';
import type { BenchmarkScope, KpiTrend } from './benchmark.ts';

/** How one scope compares, as of the last complete day. Plain JSON. */
export interface BenchmarkReport {
  scope: BenchmarkScope;
  madeAtMs: EpochMs;
  /** The last days, which are compared, and the days before, with which they are: [fromMs, toMs). */
  window: { fromMs: EpochMs; toMs: EpochMs };
  reference: { fromMs: EpochMs; toMs: EpochMs };
  performanceTrend: KpiTrend[];
}
