import type { Alert } from '../alert/alert.ts';
import type { EpochMs } from '../model/time.ts';
import type { FleetPlan } from '../plan/fleet-plan.ts';
import type { DirectiveRecord } from '../remediate/directive.ts';
import type { Budget } from '../slo/budget.ts';
import type { BudgetReport } from '../slo/budget-report.ts';
import type { MonitorFacts } from './monitor-health.ts';
import type { KpiValues } from './review-input.ts';

/** Everything that a digest is made of. */
export interface DigestInput {
  system: string;
  /** In UTC; see day.ts. */
  day: string;
  madeMs: EpochMs;
  /** KPIs of the fleet over the day, the day before, and the same weekday before; null of a day on which nobody was there. */
  kpis: Record<'day' | 'before' | 'weekBefore', KpiValues | null>;
  /** That fired at some time in the day. */
  alerts: readonly DigestAlert[];
  /** Issued in the day or the one before it. */
  directives: readonly DirectiveRecord[];
  /** At the end of the day. */
  budgets: readonly { budget: Budget; report: BudgetReport }[];
  /** The newest plan; null before the first. */
  plan: Pick<FleetPlan, 'madeAtMs' | 'pools'> | null;
  monitor: MonitorFacts;
}

export type DigestAlert = Pick<
  Alert,
  'kind' | 'severity' | 'title' | 'scope' | 'team' | 'onsetMs' | 'detectedMs' | 'resolvedMs' | 'inhibitedBy'
>;
