import type { Kpi } from './kpi.ts';
import type { KpiValue } from './kpi-value.ts';
import type { TaskRollup } from './task-rollup.ts';

export const revenueImpact: Kpi = {
  unit: 'usd',
  better: 'higher',
  formula:
    'revenue of completed tasks; part: atRiskUsd, the revenue of tasks that failed, timed out, were rejected or missed their limit (a task completed too late is in both); of a workflow type, of its runs',
  counts: 'tasks',
  minimumSample: 1,
  drives: [],
  scopes: ['fleet', 'pool', 'agent', 'taskType', 'workflowType'],
  budget: {
    of: 'amount',
    formula: 'revenue at risk: of tasks that failed, timed out, were rejected or missed their limit',
    limitUnit: 'usd',
    count({ tasks: { counters } }) {
      const { value, n, reason = '', parts } = revenueOfTasks(counters);
      return value === null ? { spent: null, n, reason } : { spent: parts?.['atRiskUsd'] ?? 0, n };
    },
  },
  of({ tasks: { counters } }) {
    return revenueOfTasks(counters);
  },
  ofRuns({ workflows: { counters } }) {
    return revenue(counters, counters.completed + counters.failed + counters.timeout, 'run');
  },
};

function revenueOfTasks(counters: TaskRollup['counters']): KpiValue {
  return revenue(counters, counters.completed + counters.failed + counters.timeout + counters.rejected, 'task');
}

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
