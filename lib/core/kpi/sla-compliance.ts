import type { Kpi } from './kpi.ts';
import { ratioValue } from './kpi-value.ts';

export const slaCompliance: Kpi = {
  unit: 'ratio',
  better: 'higher',
  formula:
    'tasks completed with ended − queued ≤ slaMs ÷ tasks that have an slaMs; failed, timed-out and rejected tasks miss, cancelled ones are left out; of a workflow type, of its runs, from start to end',
  counts: 'tasks',
  minimumSample: 20,
  drives: ['performance_degradation'],
  scopes: ['fleet', 'pool', 'agent', 'taskType', 'workflowType'],
  budget: {
    of: 'share',
    formula: 'tasks that met their slaMs among those that have one',
    nothing: 'no task in the window had an slaMs',
    count: ({ tasks: { counters } }) => ({ good: counters.slaMet, total: counters.slaTotal }),
  },
  of: ({ tasks: { counters } }) =>
    ratioValue(counters.slaMet, counters.slaTotal, {
      unit: 'ratio',
      reason: 'no task in the window had an slaMs',
    }),
  ofRuns: ({ workflows: { counters } }) =>
    ratioValue(counters.slaMet, counters.slaTotal, { unit: 'ratio', reason: 'no run in the window had an slaMs' }),
};
