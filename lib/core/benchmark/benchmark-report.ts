import type { EpochMs } from '../model/time.ts';
import type { AgentReview } from '../review/agent-review.ts';
import type { PoolReview } from '../review/pool-review.ts';
import type { BenchmarkScope, KpiTrend } from './benchmark.ts';
import type { EfficiencyRating } from './efficiency-rating.ts';
import type { RankedOpportunity } from './improvement-opportunities.ts';
import type { IndustryComparison } from './industry/industry-position.ts';

/** [fromMs, toMs) */
export interface Span {
  fromMs: EpochMs;
  toMs: EpochMs;
}

/** How one scope compares, as of the last complete day. Plain JSON. */
export interface BenchmarkReport {
  scope: BenchmarkScope;
  madeAtMs: EpochMs;
  /** The last days, whose performance is compared, and the days before, with which it is. */
  window: Span;
  reference: Span;
  /** What industry figures and the rating are of. */
  measured: Span;
  performanceTrend: KpiTrend[];
  industryPosition: IndustryComparison;
  efficiencyRating: EfficiencyRating;
  improvementOpportunities: RankedOpportunity[];
  /** Of an agent or a pool: skills, strengths, weaknesses and training; null where it did no work. */
  review: AgentReview | PoolReview | null;
}
