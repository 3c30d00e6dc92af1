import { MINUTE_MS } from '../model/time.ts';
import type { Kpi } from './kpi.ts';
import { slotUtilization, TARGET_UTILIZATION } from './resource-utilization.ts';
import { countTasks } from './task-rollup.ts';

/** Below these, utilization and tasks are too few to tell how many more would fit. */
const MIN_UTILIZATION = 0.05;
const MIN_TASKS = 20;

export const throughput: Kpi = {
  unit: '1/min',
  better: 'higher',
  formula: `completed tasks ÷ minutes of the window; parts: capacity, the throughput of all slots at work, at the window's service times and share of tasks that complete = throughput ÷ utilization; headroom = capacity × ${TARGET_UTILIZATION} − throughput, negative beyond the target; both null below ${MIN_TASKS} completed tasks, below a utilization of ${MIN_UTILIZATION}, and where that is unknown`,
  counts: 'tasks',
  minimumSample: MIN_TASKS,
  drives: ['bottleneck_formation'],
  scopes: ['fleet', 'pool', 'agent', 'taskType'],
  of(figures) {
    const { tasks, presence, fromMs, toMs } = figures;
    const n = tasks.counters.completed;
    // A live agent that finished nothing has a throughput of 0; of an agent that reported nothing, nothing is known.
    if (countTasks(tasks.counters) + presence.counters.beats + presence.counters.samples === 0) {
      return { value: null, n, unit: '1/min', reason: 'nothing was reported in the window' };
    }
    const value = n / ((toMs - fromMs) / MINUTE_MS);
    const utilization = slotUtilization(figures).value;
    const isKnown = n >= MIN_TASKS && utilization !== null && utilization > MIN_UTILIZATION;
    const capacity = isKnown ? value / utilization : null;
    const headroom = capacity === null ? null : capacity * TARGET_UTILIZATION - value;
    return { value, n, unit: '1/min', parts: { capacity, headroom } };
  },
};
