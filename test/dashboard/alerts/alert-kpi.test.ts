import { describe, expect, test } from 'vitest';
import { alertRules } from '../../../lib/core/alert/rules/registry.ts';
import { kpis } from '../../../lib/core/kpi/registry.ts';
import { alertSeries } from '../../../lib/dashboard/alerts/alert-kpi.ts';

describe('the series that shows what an alert is about', () => {
  test.each([
    { rule: 'agent-degraded', scope: { agent: 'a', pool: 'p' }, unit: 'ms', of: 'average_response_time agent:a' },
    { rule: 'agent-failing', scope: { agent: 'a', pool: 'p' }, unit: 'ratio', of: 'error_ratio agent:a' },
    { rule: 'agent-dead', scope: { agent: 'a', pool: 'p' }, unit: 's', of: 'overall_throughput agent:a' },
    { rule: 'bottleneck-forming', scope: { pool: 'p' }, unit: 'tasks', of: 'queue_depth pool:p' },
    { rule: 'task-type-slower', scope: { taskType: 't' }, unit: 'ms', of: 'average_response_time taskType:t' },
    { rule: 'pool-resource-high', scope: { pool: 'p' }, unit: 'ratio', of: 'resource_utilization pool:p' },
    { rule: 'version-worse', scope: { pool: 'p', version: '2' }, unit: 'ratio', of: 'error_ratio pool:p' },
    { rule: 'version-worse', scope: { pool: 'p', version: '2' }, unit: 'ms', of: 'average_response_time pool:p' },
    { rule: 'metric-anomaly', scope: { metric: 'workload.fleet' }, unit: '', of: 'metric_value metric:workload.fleet' },
    { rule: 'fleet-slower', scope: {}, unit: 'ms', of: 'average_response_time fleet' },
  ])('$rule in $unit: $of', ({ rule, scope, unit, of }) => {
    const series = alertSeries({ rule, scope, unit });
    expect(`${series?.kpi} ${series?.scope}`).toBe(of);
  });

  test.each([
    { rule: 'budget-burn', scope: { budget: 'spending' } },
    { rule: 'tool-slow', scope: { tool: 'search' } },
    { rule: 'improvement-recommended', scope: { recommendation: 'r' } },
  ])('there is none of $rule', ({ rule, scope }) => {
    expect(alertSeries({ rule, scope, unit: 'ms' })).toBeUndefined();
  });

  test('is of a KPI that there is, for every rule', () => {
    for (const { id } of alertRules) {
      const series = alertSeries({ rule: id, scope: { agent: 'a', pool: 'p', metric: 'm' }, unit: 'ms' });
      if (series === undefined || series.kpi === 'metric_value') continue;
      expect(Object.keys(kpis), id).toContain(series.kpi);
      const kind = series.scope.split(':')[0];
      expect(kpis[series.kpi as keyof typeof kpis].scopes, id).toContain(kind);
    }
  });
});
