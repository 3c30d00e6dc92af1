import { type Arrival, type Service, startOfMinuteOf } from './arrival.ts';
import type { RecordedArrival } from './engine/arrivals.ts';
import type { FaultSpec, PoolSpec, Scenario, TaskTypeSpec } from './scenario/scenario.ts';
import type { SizeRates } from './service-time.ts';

/**
 * The recording has arrivals and sizes but no service times, so these are derived, not measured: 4,000 prompt tokens and 67
 * generated tokens a second, in the order of magnitude of a mid-sized model on one data-centre GPU. What matters here is their
 * shape: most of the time is decode, and the spread is that of the recorded sizes.
 */
export const demoRates: SizeRates = { fixedMs: 200, msPerInputToken: 0.25, msPerOutputToken: 15 };

const poolOf = (about: Pick<PoolSpec, 'pool' | 'team' | 'slots' | 'version' | 'costPerHourUsd'>): PoolSpec => ({
  ...about,
  // As many as there are: what the demo tells of is single agents.
  ...{ agents: 10, min: 10, max: 10, speedSpread: 0.1, skillDensity: 1, zones: 1 },
  provisioning: { medianS: 90, sigma: 0.3 },
});

const taskTypeOf = (
  meanS: number,
  about: Omit<TaskTypeSpec, 'priority' | 'service' | 'timeoutS' | 'retries' | 'failureShare'>,
): TaskTypeSpec => ({
  ...about,
  service: { kind: 'by_size', ...demoRates, cv: 0.1, meanS },
  ...{ priority: 'normal', timeoutS: 60, retries: 1, failureShare: 0.005 },
});

const pools: PoolSpec[] = [
  poolOf({ pool: 'code', team: 'developer-tools', slots: 2, version: '1.4.0', costPerHourUsd: 1.2 }),
  poolOf({ pool: 'conv', team: 'assistant', slots: 4, version: '2.1.0', costPerHourUsd: 3.6 }),
];

const taskTypes: TaskTypeSpec[] = [
  taskTypeOf(1.13, {
    ...{ taskType: 'code-completion', pool: 'code', model: 'demo-coder', slaS: 10, revenueUsd: 0.004 },
    tokens: { inputMedian: 1_500, outputMedian: 13, sigma: 1, usdPerMillionInput: 0.2, usdPerMillionOutput: 0.8 },
    quality: { mean: 0.9, sd: 0.05, gradedShare: 0.3 },
  }),
  taskTypeOf(3.656, {
    ...{ taskType: 'chat-turn', pool: 'conv', model: 'demo-chat', slaS: 30, revenueUsd: 0.01 },
    tokens: { inputMedian: 1_020, outputMedian: 129, sigma: 1, usdPerMillionInput: 0.5, usdPerMillionOutput: 1.5 },
    quality: { mean: 0.9, sd: 0.05, gradedShare: 0.2 },
    csat: { mean: 4.3, sd: 1, ratedShare: 0.1 },
  }),
];

/** Requests of the recorded hour, which are the weights of their workflows, and what a workflow of each is called. */
const requests: Record<Service, { workflowType: string; taskType: string; slaS: number; weight: number }> = {
  code: { workflowType: 'completion', taskType: 'code-completion', slaS: 10, weight: 8_819 },
  conv: { workflowType: 'chat', taskType: 'chat-turn', slaS: 30, weight: 19_366 },
};

/**
 * The fleet of the demo and of the end-to-end tests at work on requests of the recorded hour, each a workflow of one task.
 * Utilization is the offered load (arrivals/s x mean service time in s = mean number of busy slots) divided by the slots:
 *
 * - code: 8,819 tasks x 1.130 s / 3,600 s = 2.77 busy slots of 20: 0.14 over the hour. It comes in bursts, up to 411
 *   requests in ten seconds, 2.3 times what 20 slots can do in that time: queues form and drain within half a minute,
 *   and 2 % of the tasks miss their limit without any fault. Drawn from the profile, which knows no bursts shorter than a
 *   minute, it is far less.
 * - conv: 19,366 tasks x 3.656 s / 3,600 s = 19.7 busy slots of 40: 0.49, and near that (17 to 27) all hour long.
 *
 * Prices, revenue and limits are made up: round figures that give every KPI something to count.
 * @param arrivals in any order, at least one; the scenario starts with the minute of the first
 */
export function demoFleet(
  arrivals: readonly Arrival[],
  { minutes, faults = [] }: { minutes: number; faults?: FaultSpec[] },
): { scenario: Scenario; recorded: RecordedArrival[] } {
  const startMs = startOfMinuteOf(arrivals);
  const workflows = Object.values(requests).map(({ taskType, ...workflow }) => ({
    ...workflow,
    steps: [{ step: taskType, taskType, after: [], repeatShare: 0 }],
  }));
  const scenario: Scenario = {
    ...{ name: 'demo', why: 'a production workload, to show the product with', startMs, minutes, warmUpMinutes: 0 },
    ...{ pools, taskTypes, workflows, faults },
    arrivals: { kind: 'recorded', file: 'the arrivals that were given' },
    telemetry: {
      ...{ hostAgents: 5, flushS: 15, heartbeatS: 15, sampleS: 15 },
      ...{ delayMinutes: 0, lossShare: 0, duplicateShare: 0, clockSkewS: 0 },
    },
  };
  const recorded = [...arrivals]
    .sort((one, other) => one.atMs - other.atMs)
    .map(({ atMs, service, inputTokens, outputTokens }) => {
      const { workflowType } = requests[service];
      return { atMs: atMs - startMs, workflowType, inputTokens, outputTokens };
    });
  return { scenario, recorded };
}
