import type { Pool } from './pool.ts';

const agentNames = (prefix: string) =>
  Array.from({ length: 10 }, (_, index) => `${prefix}-${String(index + 1).padStart(2, '0')}`);

/**
 * The fleet of the demo and of the end-to-end tests, sized for the recorded hour. Utilization is the offered load
 * (arrivals/s x mean service time in s = mean number of busy slots) divided by the slots:
 *
 * - code: 8,819 tasks x 1.130 s / 3,600 s = 2.77 busy slots of 20: 0.14 over the hour. It comes in bursts, up to 411
 *   requests in ten seconds, 2.3 times what 20 slots can do in that time: queues form and drain within half a minute,
 *   and 2.3 % of the tasks miss their limit without any fault (with one slot an agent it would be 22 %). Drawn from the
 *   profile, which knows no bursts shorter than a minute, it is 0.7 %, almost all of them failures.
 * - conv: 19,366 tasks x 3.656 s / 3,600 s = 19.7 busy slots of 40: 0.49, and near that (17 to 27) all hour long.
 *
 * Prices, revenue and limits are made up: round figures that give every KPI something to count.
 */
export const demoFleet: readonly Pool[] = [
  {
    pool: 'code',
    service: 'code',
    agents: agentNames('code'),
    slots: 2,
    team: 'developer-tools',
    version: '1.4.0',
    costPerHourUsd: 1.2,
    taskType: 'code-completion',
    model: 'demo-coder',
    slaMs: 10_000,
    nanoUsdPerInputToken: 200,
    nanoUsdPerOutputToken: 800,
    revenuePerTaskUsd: 0.004,
    gradedShare: 0.3,
    ratedShare: 0,
  },
  {
    pool: 'conv',
    service: 'conv',
    agents: agentNames('conv'),
    slots: 4,
    team: 'assistant',
    version: '2.1.0',
    costPerHourUsd: 3.6,
    taskType: 'chat-turn',
    model: 'demo-chat',
    slaMs: 30_000,
    nanoUsdPerInputToken: 500,
    nanoUsdPerOutputToken: 1_500,
    revenuePerTaskUsd: 0.01,
    gradedShare: 0.2,
    ratedShare: 0.1,
  },
];
