import { MINUTE_MS } from '../model/time.ts';
import { badTasks } from './bad-tasks.ts';
import type { Kpi } from './kpi.ts';
import { ratioValue } from './kpi-value.ts';
import { countTasks } from './task-rollup.ts';

export const errorFrequency: Kpi = {
  unit: '1/min',
  better: 'lower',
  formula: '(failed + timeout + rejected) ÷ minutes of the window',
  counts: 'tasks',
  minimumSample: 20,
  drives: ['performance_degradation'],
  scopes: ['fleet', 'pool', 'agent', 'taskType'],
  of({ tasks, fromMs, toMs }) {
    const n = countTasks(tasks.counters);
    if (n === 0) return { value: null, n, unit: '1/min', reason: 'no task ended in the window' };
    return { value: badTasks(tasks.counters) / ((toMs - fromMs) / MINUTE_MS), n, unit: '1/min' };
  },
};

export const errorRatio: Kpi = {
  unit: 'ratio',
  better: 'lower',
  formula: '(failed + timeout + rejected) ÷ all tasks that ended, cancelled ones included',
  counts: 'tasks',
  minimumSample: 20,
  drives: ['performance_degradation'],
  scopes: ['fleet', 'pool', 'agent', 'taskType'],
  budget: {
    of: 'share',
    formula: 'tasks without error (completed, cancelled) among all that ended',
    nothing: 'no task ended in the window',
    count({ tasks }) {
      const total = countTasks(tasks.counters);
      return { good: total - badTasks(tasks.counters), total };
    },
  },
  of: ({ tasks }) =>
    ratioValue(badTasks(tasks.counters), countTasks(tasks.counters), {
      unit: 'ratio',
      reason: 'no task ended in the window',
    }),
};
