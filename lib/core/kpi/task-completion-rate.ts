import type { Kpi } from './kpi.ts';
import { ratioValue } from './kpi-value.ts';

export const taskCompletionRate: Kpi = {
  unit: 'ratio',
  better: 'higher',
  formula:
    'completed ÷ (completed + failed + timeout + rejected); cancelled tasks are left out; of a workflow type, of its runs',
  counts: 'tasks',
  minimumSample: 20,
  drives: ['performance_degradation'],
  scopes: ['fleet', 'pool', 'agent', 'taskType', 'workflowType'],
  budget: {
    of: 'share',
    formula: 'completed among completed, failed, timeout and rejected tasks',
    nothing: 'no task ended in the window',
    count: ({ tasks: { counters } }) => ({
      good: counters.completed,
      total: counters.completed + counters.failed + counters.timeout + counters.rejected,
    }),
  },
  of({ tasks: { counters } }) {
    const judged = counters.completed + counters.failed + counters.timeout + counters.rejected;
    return ratioValue(counters.completed, judged, { unit: 'ratio', reason: 'no task ended in the window' });
  },
  ofRuns({ workflows: { counters } }) {
    const judged = counters.completed + counters.failed + counters.timeout;
    return ratioValue(counters.completed, judged, { unit: 'ratio', reason: 'no run ended in the window' });
  },
};
