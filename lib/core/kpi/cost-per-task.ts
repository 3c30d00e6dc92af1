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
  of({ tasks: { counters }, use }) {
    const { thereMinutes, rateMinutes } = use;
    const n = counters.completed;
    const taskUsd = counters.costNanoUsd / 1e9;
    const agentUsd = agentHoursUsd(use);
    const parts = { taskUsd, agentUsd };
    const unknown = (reason: string) => ({ value: null, n, unit: 'usd', reason, parts });
    if (n === 0) return unknown('no task completed in the window');
    if (rateMinutes > 0 && agentUsd === null) {
      const missing = `${thereMinutes - rateMinutes} of ${thereMinutes} agent-minutes`;
      return unknown(`costPerHourUsd is unknown of ${missing}: send it in agent events`);
    }
    if (agentUsd === null && counters.costNanoUsd === 0) {
      return unknown('no cost is known: send costUsd or costPerHourUsd');
    }
    return { value: (taskUsd + (agentUsd ?? 0)) / n, n, unit: 'usd', parts };
  },
};

/** What the hours cost that agents were there; null where the cost of an hour is not known of nearly all of them. */
export function agentHoursUsd({ thereMinutes, rateMinutes, rateNanoUsd }: Figures['use']): number | null {
  const isKnown = rateMinutes > 0 && rateMinutes >= thereMinutes * KNOWN_SHARE;
  return isKnown ? rateNanoUsd / 1e9 : null;
}
