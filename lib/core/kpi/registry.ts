import { averageResponseTime } from './average-response-time.ts';
import { costPerTask } from './cost-per-task.ts';
import { customerSatisfaction } from './customer-satisfaction.ts';
import { efficiencyScore } from './efficiency-score.ts';
import { endToEndLatency } from './end-to-end-latency.ts';
import { errorFrequency, errorRatio } from './error-frequency.ts';
import type { Kpi } from './kpi.ts';
import type { KpiBudget } from './kpi-budget.ts';
import type { ScopeKind } from './kpi-scope.ts';
import type { KpiValue } from './kpi-value.ts';
import { operationalEfficiency } from './operational-efficiency.ts';
import { qualityScore } from './quality-score.ts';
import { queueDepth } from './queue-depth.ts';
import { resourceUtilization } from './resource-utilization.ts';
import { revenueImpact } from './revenue-impact.ts';
import { scalabilityIndex } from './scalability-index.ts';
import type { ScopeFigures } from './scope-figures.ts';
import { slaCompliance } from './sla-compliance.ts';
import { systemAvailability } from './system-availability.ts';
import { taskCompletionRate } from './task-completion-rate.ts';
import { throughput } from './throughput.ts';

/** Every KPI by its id. */
export const kpis = {
  task_completion_rate: taskCompletionRate,
  average_response_time: averageResponseTime,
  error_frequency: errorFrequency,
  error_ratio: errorRatio,
  resource_utilization: resourceUtilization,
  quality_score: qualityScore,
  overall_throughput: throughput,
  queue_depth: queueDepth,
  end_to_end_latency: endToEndLatency,
  system_availability: systemAvailability,
  scalability_index: scalabilityIndex,
  cost_per_task: costPerTask,
  customer_satisfaction: customerSatisfaction,
  service_level_agreement_compliance: slaCompliance,
  revenue_impact: revenueImpact,
  operational_efficiency: operationalEfficiency,
  efficiency_score: efficiencyScore,
} as const satisfies Record<string, Kpi>;

export type KpiId = keyof typeof kpis;

export const kpiIds = Object.keys(kpis) as KpiId[];

/** The KPIs that are defined for a kind of scope. */
export function kpiIdsFor(kind: ScopeKind): KpiId[] {
  return kpiIds.filter((id) => (kpis[id] as Kpi).scopes.includes(kind));
}

/** The KPIs that budgets can be set on. */
export const budgetedKpiIds = kpiIds.filter((id) => (kpis[id] as Kpi).budget !== undefined);

/** How budgets count a KPI. @throws RangeError for one that can have none */
export function kpiBudget(id: KpiId): KpiBudget {
  const { budget }: Kpi = kpis[id];
  if (!budget) throw new RangeError(`${id} can have no budget`);
  return budget;
}

/** Whether an agent's value cannot be told without the figures of its pool. */
export function dependsOnPool(id: KpiId): boolean {
  return (kpis[id] as Kpi).comparesWithPool ?? false;
}

/** One KPI of one scope over one window. */
export function kpiValue(id: KpiId, kind: ScopeKind, figures: ScopeFigures): KpiValue {
  const kpi: Kpi = kpis[id];
  return kind === 'workflowType' && kpi.ofRuns ? kpi.ofRuns(figures) : kpi.of(figures);
}

/** Every KPI of one scope over one window, by id. */
/** @param ids those that are wanted; all that the kind of scope has, without it */
export function kpiValues(
  kind: ScopeKind,
  figures: ScopeFigures,
  ids: readonly KpiId[] = kpiIdsFor(kind),
): Record<string, KpiValue> {
  return Object.fromEntries(ids.map((id) => [id, kpiValue(id, kind, figures)]));
}
