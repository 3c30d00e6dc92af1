import type { Kpi } from './kpi.ts';

export const revenueImpact: Kpi = {
  unit: 'usd',
  better: 'higher',
  formula:
    'revenue of completed tasks; part: atRiskUsd, the revenue of tasks that failed, timed out, were rejected or missed their limit (a task completed too late is in both)',
  counts: 'tasks',
  minimumSample: 1,
  drives: [],
  scopes: ['fleet', 'pool', 'agent', 'taskType'],
  of({ tasks: { counters } }) {
    const n = counters.completed + counters.failed + counters.timeout + counters.rejected;
    const [realised, atRisk] = [counters.revenueMicroUsd / 1e6, counters.revenueAtRiskMicroUsd / 1e6];
    const parts = { atRiskUsd: atRisk };
    if (realised === 0 && atRisk === 0) {
      return { value: null, n, unit: 'usd', reason: 'no task gave revenueUsd in the window', parts };
    }
    return { value: realised, n, unit: 'usd', parts };
  },
};
