import type { Kpi } from './kpi.ts';

const HOUR_MS = 3_600_000;

export const costPerTask: Kpi = {
  unit: 'usd',
  better: 'lower',
  formula:
    '(cost of tasks + hours of the window × cost per hour of the agents) ÷ completed tasks; of a task type, the cost of its tasks only',
  counts: 'tasks',
  minimumSample: 20,
  drives: [],
  scopes: ['fleet', 'pool', 'agent', 'taskType'],
  of({ tasks: { counters }, costPerHour: { usd, known, agents }, fromMs, toMs }) {
    const n = counters.completed;
    const taskUsd = counters.costNanoUsd / 1e9;
    const agentUsd = known > 0 && known === agents ? (usd * (toMs - fromMs)) / HOUR_MS : null;
    const parts = { taskUsd, agentUsd };
    const unknown = (reason: string) => ({ value: null, n, unit: 'usd', reason, parts });
    if (n === 0) return unknown('no task completed in the window');
    if (known > 0 && known < agents) {
      return unknown(`costPerHourUsd is unknown of ${agents - known} of ${agents} agents: send it in agent events`);
    }
    if (agentUsd === null && counters.costNanoUsd === 0) {
      return unknown('no cost is known: send costUsd or costPerHourUsd');
    }
    return { value: (taskUsd + (agentUsd ?? 0)) / n, n, unit: 'usd', parts };
  },
};
