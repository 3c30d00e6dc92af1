import type { BenchmarkScope, KpiTrend } from '../benchmark/benchmark.ts';
import type { KpiValue } from '../kpi/kpi-value.ts';
import type { KpiId } from '../kpi/registry.ts';
import type { LedgerSummary } from '../ledger/ledger.ts';
import type { FleetChange } from '../model/fleet-change.ts';
import type { EpochMs } from '../model/time.ts';
import type { AdviceRecord } from '../recommend/lifecycle.ts';
import type { DirectiveRecord } from '../remediate/directive.ts';
import type { Budget } from '../slo/budget.ts';
import type { BudgetReport } from '../slo/budget-report.ts';
import type { Query } from './figure.ts';
import type { PastAlert } from './incident-cluster.ts';
import type { CoverageGap } from './review.ts';

/** Everything that a review is made of. */
export interface ReviewInput {
  system: string;
  /** ISO week; see week.ts. */
  week: string;
  madeMs: EpochMs;
  /** The fleet first: every KPI over the week and the week before, as /v1/fleet, /v1/pools and /v1/agents/{id} answer. */
  kpis: readonly { scope: BenchmarkScope; week: KpiValues; before: KpiValues }[];
  /** As /v1/benchmarks answers. */
  trends: readonly { scope: BenchmarkScope; trends: readonly KpiTrend[] }[];
  /** Days of the eight weeks that end with the week, as /v1/series answers with step=1d. */
  histories: readonly { scope: BenchmarkScope; kpi: KpiId; days: readonly { atMs: EpochMs; value: KpiValue }[] }[];
  budgets: readonly { budget: Budget; report: BudgetReport; before: BudgetReport | null }[];
  /** Alerts that fired in [alertsFromMs, end of the week), 90 days or more. */
  alerts: readonly PastAlert[];
  alertsFromMs: EpochMs;
  /** Every change in that time; absent where they are not known. */
  changes?: readonly FleetChange[];
  /** Issued in the week. */
  directives: readonly DirectiveRecord[];
  /** All that are kept. */
  advice: readonly AdviceRecord[];
  /** Mean error of the forecasts of a scope, as parts of what came; `n` hours. null where there is none. */
  forecasts: readonly { scope: string; week: MeanError | null; before: MeanError | null }[];
  coverage: readonly CoverageFact[];
  /** Of what was received in the week; null where it is not kept any more. */
  ledger: LedgerSummary | null;
  /** Minutes of the week in which no task ended; null where that is not known. */
  minutesWithoutTasks: number | null;
  personnel: readonly PersonnelNote[];
}

export type KpiValues = Readonly<Record<string, KpiValue>>;

export interface MeanError {
  /** Of the absolute error ÷ what came. */
  mean: number;
  n: number;
}

export interface CoverageFact {
  gap: CoverageGap;
  /** Names of those that lack it. */
  missing: readonly string[];
  /** How many there are. */
  of: number;
}

/** From a performance review of an agent or a pool. */
export interface PersonnelNote {
  scope: BenchmarkScope;
  title: string;
  /** Sentences with figures; `query` gives them, the KPIs of the scope over the week unless said. */
  evidence: readonly { text: string; query?: Query }[];
  recommendation: string | null;
}
