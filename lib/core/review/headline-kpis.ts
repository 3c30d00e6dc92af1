import type { KpiId } from '../kpi/registry.ts';

/** What people ask of a fleet first, in this order; readers show as many as they have room for. */
export const headlineKpis = [
  ...(['task_completion_rate', 'average_response_time', 'overall_throughput', 'cost_per_task'] as const),
  ...(['service_level_agreement_compliance', 'system_availability', 'quality_score'] as const),
] as const satisfies readonly KpiId[];
