import type { Figures } from './figures.ts';
import type { Kpi } from './kpi.ts';
import { KNOWN_SHARE } from './resource-utilization.ts';

export const costPerTask: Kpi = {
  unit: 'usd',
  better: 'lower',
  formula:
    '(cost of tasks + hours that agents were there × their cost per hour) ÷ completed tasks; of a task type, the cost of its tasks only',
  counts: 'tasks',
  minimumSample: 20,
  drives: [],
  scopes: ['fleet', 'pool', 'agent', 'taskType'],
  budget: {
    of: 'amount',
    formula:
      'cost of tasks + hours that agents were there × their cost per hour; of a task type, the cost of its tasks only',
    limitUnit: 'usd',
    count(figures) {
      const n = figures.tasks.counters.completed;
      const { taskUsd, agentUsd, reason } = costsOf(figures);
      return reason === null ? { spent: taskUsd + (agentUsd ?? 0), n } : { spent: null, n, reason };
    },
  },
  of(figures) {
    const n = figures.tasks.counters.completed;
    const { taskUsd, agentUsd, reason } = costsOf(figures);
    const parts = { taskUsd, agentUsd };
    const unknown = n === 0 ? 'no task completed in the window' : reason;
    if (unknown !== null) return { value: null, n, unit: 'usd', reason: unknown, parts };
    return { value: (taskUsd + (agentUsd ?? 0)) / n, n, unit: 'usd', parts };
  },
};

/** What tasks cost, and the hours of agents; `reason` is null where the sum of both can be told. */
function costsOf({ tasks: { counters }, use }: Figures): {
  taskUsd: number;
  agentUsd: number | null;
  reason: string | null;
} {
  const { thereMinutes, rateMinutes } = use;
  const costs = { taskUsd: counters.costNanoUsd / 1e9, agentUsd: agentHoursUsd(use) };
  if (rateMinutes > 0 && costs.agentUsd === null) {
    const missing = `${thereMinutes - rateMinutes} of ${thereMinutes} agent-minutes`;
    return { ...costs, reason: `costPerHourUsd is unknown of ${missing}: send it in agent events` };
  }
  const isNothing = costs.agentUsd === null && counters.costNanoUsd === 0;
  return { ...costs, reason: isNothing ? 'no cost is known: send costUsd or costPerHourUsd' : null };
}

/** What the hours cost that agents were there; null where the cost of an hour is not known of nearly all of them. */
export function agentHoursUsd({ thereMinutes, rateMinutes, rateNanoUsd }: Figures['use']): number | null {
  const isKnown = rateMinutes > 0 && rateMinutes >= thereMinutes * KNOWN_SHARE;
  return isKnown ? rateNanoUsd / 1e9 : null;
}
