import type { Alert, AlertScope } from '../answers.ts';

/** The series that shows what an alert is about. */
export interface AlertSeries {
  kpi: string;
  /** For example `agent:writer-1`. */
  scope: string;
}

/** The first that fits the id of the rule. */
const kpiOfRules: readonly (readonly [RegExp, string])[] = [
  [/^metric-anomaly$/, 'metric_value'],
  [/^(budget|action|efficiency|improvement)-/, ''],
  [/failing|interrupted|retry-storm|new-error/, 'error_ratio'],
  [/poor-quality/, 'quality_score'],
  [/bottleneck/, 'queue_depth'],
  [/resource-high|leaking|capacity-shortfall|oversized/, 'resource_utilization'],
  [/volume|surge|work-stopped|silent|dead|hung|mute|capacity-ahead/, 'overall_throughput'],
  [/degraded|slow|at-risk|version/, 'average_response_time'],
];

/** What a KPI can be told of, beside the fleet; others are of pools, agents and task types. */
const scopesOf: Readonly<Record<string, readonly (keyof AlertScope)[]>> = {
  queue_depth: ['pool'],
  resource_utilization: ['agent', 'pool'],
  metric_value: ['metric'],
};
const usual: readonly (keyof AlertScope)[] = ['agent', 'taskType', 'pool'];

/** Of the KPI in the narrowest scope that it is told of; undefined where no KPI shows it, as with what a budget has left. */
export function alertSeries({
  rule = '',
  scope,
  unit,
}: Pick<Alert, 'rule' | 'scope' | 'unit'>): AlertSeries | undefined {
  const isShare = rule === 'version-worse' && unit === 'ratio';
  const kpi = isShare ? 'error_ratio' : kpiOfRules.find(([pattern]) => pattern.test(rule))?.[1];
  if (!kpi) return undefined;
  const kind = (scopesOf[kpi] ?? usual).find((name) => scope[name] !== undefined);
  if (kind !== undefined) return { kpi, scope: `${kind}:${scope[kind]}` };
  // Of a tool or a model alone there is no series; nothing at all is the whole system.
  return Object.values(scope).every((id) => id === undefined) ? { kpi, scope: 'fleet' } : undefined;
}
