interface KpiName {
  label: string;
  /** What `n` counts. */
  counts: string;
}

const names: Readonly<Record<string, KpiName>> = {
  task_completion_rate: { label: 'Task completion', counts: 'tasks' },
  average_response_time: { label: 'Mean response', counts: 'tasks' },
  error_frequency: { label: 'Errors per minute', counts: 'tasks' },
  error_ratio: { label: 'Error ratio', counts: 'tasks' },
  resource_utilization: { label: 'Utilization', counts: 'samples' },
  quality_score: { label: 'Quality', counts: 'ratings' },
  overall_throughput: { label: 'Throughput', counts: 'tasks' },
  queue_depth: { label: 'Queue depth', counts: 'samples' },
  end_to_end_latency: { label: 'End-to-end latency', counts: 'workflows' },
  system_availability: { label: 'Availability', counts: 'minutes' },
  cost_per_task: { label: 'Cost per task', counts: 'tasks' },
  customer_satisfaction: { label: 'Customer satisfaction', counts: 'ratings' },
  service_level_agreement_compliance: { label: 'SLA compliance', counts: 'tasks' },
  revenue_impact: { label: 'Revenue', counts: 'tasks' },
  scalability_index: { label: 'Scalability', counts: 'minutes' },
  operational_efficiency: { label: 'Operational efficiency', counts: 'tasks' },
  efficiency_score: { label: 'Efficiency score', counts: 'tasks' },
};

/** What a KPI is called on the page; one that the page does not know is called by its id, in words. */
export function kpiName(id: string): KpiName {
  return names[id] ?? { label: inWords(id), counts: '' };
}

/** `tasksPerMinute` and `tasks_per_minute` as `Tasks per minute`. */
export function inWords(id: string): string {
  const words = id
    .replaceAll(/[_-]+/g, ' ')
    .replaceAll(/([a-z])([A-Z])/g, (_match, end: string, start: string) => `${end} ${start.toLowerCase()}`);
  return capitalized(words);
}

/** A sentence that begins as sentences do. */
export function capitalized(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
