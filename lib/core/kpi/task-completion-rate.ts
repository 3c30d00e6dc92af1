import type { Kpi } from './kpi.ts';
import { ratioValue } from './kpi-value.ts';

export const taskCompletionRate: Kpi = {
  unit: 'ratio',
  better: 'higher',
  formula: 'completed ÷ (completed + failed + timeout + rejected); cancelled tasks are left out',
  counts: 'tasks',
  minimumSample: 20,
  drives: ['performance_degradation'],
  scopes: ['fleet', 'pool', 'agent', 'taskType'],
  of({ tasks: { counters } }) {
    const judged = counters.completed + counters.failed + counters.timeout + counters.rejected;
    return ratioValue(counters.completed, judged, { unit: 'ratio', reason: 'no task ended in the window' });
  },
};
