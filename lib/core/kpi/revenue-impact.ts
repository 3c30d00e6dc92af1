import type { Kpi } from './kpi.ts';
import type { KpiValue } from './kpi-value.ts';

export const revenueImpact: Kpi = {
  unit: 'usd',
  better: 'higher',
  formula:
    'revenue of completed tasks; part: atRiskUsd, the revenue of tasks that failed, timed out, were rejected or missed their limit (a task completed too late is in both); of a workflow type, of its runs',
  counts: 'tasks',
  minimumSample: 1,
  drives: [],
  scopes: ['fleet', 'pool', 'agent', 'taskType', 'workflowType'],
  of({ tasks: { counters } }) {
    return revenue(counters, counters.completed + counters.failed + counters.timeout + counters.rejected, 'task');
  },
  ofRuns({ workflows: { counters } }) {
    return revenue(counters, counters.completed + counters.failed + counters.timeout, 'run');
  },
};

function revenue(
  counters: Record<'revenueMicroUsd' | 'revenueAtRiskMicroUsd', number>,
  n: number,
  what: 'task' | 'run',
): KpiValue {
  const [realised, atRisk] = [counters.revenueMicroUsd / 1e6, counters.revenueAtRiskMicroUsd / 1e6];
  const parts = { atRiskUsd: atRisk };
  if (realised === 0 && atRisk === 0) {
    return { value: null, n, unit: 'usd', reason: `no ${what} gave revenueUsd in the window`, parts };
  }
  return { value: realised, n, unit: 'usd', parts };
}
