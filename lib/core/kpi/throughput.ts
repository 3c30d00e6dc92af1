import { MINUTE_MS } from '../model/time.ts';
import type { Kpi } from './kpi.ts';
import { countTasks } from './task-rollup.ts';

export const throughput: Kpi = {
  unit: '1/min',
  better: 'higher',
  formula: 'completed tasks ÷ minutes of the window',
  counts: 'tasks',
  minimumSample: 20,
  drives: ['bottleneck_formation'],
  scopes: ['fleet', 'pool', 'agent', 'taskType'],
  of({ tasks: { counters }, presence, fromMs, toMs }) {
    const n = counters.completed;
    // A live agent that finished nothing has a throughput of 0; of an agent that reported nothing, nothing is known.
    if (countTasks(counters) + presence.counters.beats + presence.counters.samples === 0) {
      return { value: null, n, unit: '1/min', reason: 'nothing was reported in the window' };
    }
    return { value: n / ((toMs - fromMs) / MINUTE_MS), n, unit: '1/min' };
  },
};
