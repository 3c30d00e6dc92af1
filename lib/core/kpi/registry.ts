import { averageResponseTime } from './average-response-time.ts';
import { costPerTask } from './cost-per-task.ts';
import { customerSatisfaction } from './customer-satisfaction.ts';
import { errorFrequency, errorRatio } from './error-frequency.ts';
import type { Kpi } from './kpi.ts';
import { qualityScore } from './quality-score.ts';
import { resourceUtilization } from './resource-utilization.ts';
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
  system_availability: systemAvailability,
  cost_per_task: costPerTask,
  customer_satisfaction: customerSatisfaction,
  service_level_agreement_compliance: slaCompliance,
} as const satisfies Record<string, Kpi>;
