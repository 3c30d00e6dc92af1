import type { Kpi } from './kpi.ts';

const HOUR_MS = 3_600_000;

export const costPerTask: Kpi = {
  unit: 'usd',
  better: 'lower',
  formula: '(cost of tasks + hours of the window × cost per hour of the agent) ÷ completed tasks',
  counts: 'tasks',
  minimumSample: 20,
  drives: [],
  ofAgent({ tasks: { counters }, costPerHourUsd, fromMs, toMs }) {
    const n = counters.completed;
    const taskUsd = counters.costNanoUsd / 1e9;
    const agentUsd = costPerHourUsd === null ? null : (costPerHourUsd * (toMs - fromMs)) / HOUR_MS;
    const parts = { taskUsd, agentUsd };
    if (n === 0) return { value: null, n, unit: 'usd', reason: 'no task completed in the window', parts };
    if (agentUsd === null && counters.costNanoUsd === 0) {
      return { value: null, n, unit: 'usd', reason: 'no cost is known: send costUsd or costPerHourUsd', parts };
    }
    return { value: (taskUsd + (agentUsd ?? 0)) / n, n, unit: 'usd', parts };
  },
};
