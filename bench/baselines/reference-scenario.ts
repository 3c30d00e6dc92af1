import type { Scenario } from '../../lib/sim/scenario/scenario.ts';

const [AGENTS, SLOTS, MEAN_S, UTILIZATION] = [20, 4, 12, 0.62];

/**
 * The model that the reference figures are of: 20 agents of 4 slots, tasks of 12 s, utilization 0.62, ten hours, five faults of half
 * an hour, one retry, 60 s to be attained in and 120 s to be given up after. How variable the tasks are and how large the faults
 * is not told there: chosen here so that two choices without any other control come near their figures, fault by fault.
 */
export const referenceScenario: Scenario = {
  name: 'reference model of the baselines',
  why: 'the order and size of the baselines on it are known from another simulator',
  startMs: Date.UTC(2026, 2, 2),
  minutes: 600,
  warmUpMinutes: 10,
  pools: [
    {
      ...{ pool: 'workers', team: 'reference', agents: AGENTS, min: 4, max: 60, slots: SLOTS, speedSpread: 0.25 },
      ...{ skillDensity: 1, provisioning: { medianS: 90, sigma: 0.3 }, costPerHourUsd: 1, version: '1', zones: 1 },
    },
  ],
  taskTypes: [
    {
      ...{ taskType: 'work', pool: 'workers', priority: 'normal', slaS: 60, timeoutS: 120, retries: 1 },
      ...{ service: { kind: 'lognormal', meanS: MEAN_S, cv: 1 }, failureShare: 0.005, revenueUsd: 0 },
      tokens: { inputMedian: 1_000, outputMedian: 300, sigma: 0.8, usdPerMillionInput: 0.5, usdPerMillionOutput: 1.5 },
    },
  ],
  workflows: [
    {
      ...{ workflowType: 'request', weight: 1, slaS: 60 },
      steps: [{ step: 'work', taskType: 'work', after: [], repeatShare: 0 }],
    },
  ],
  arrivals: {
    ...{ kind: 'poisson', perMinute: ((AGENTS * SLOTS * UTILIZATION) / MEAN_S) * 60 },
    ...{ dailyAmplitude: 0, peakHour: 0, weekendFactor: 1, bursts: [] },
  },
  telemetry: {
    ...{ hostAgents: 5, flushS: 15, heartbeatS: 15, sampleS: 15 },
    ...{ delayMinutes: 0, lossShare: 0, duplicateShare: 0, clockSkewS: 0 },
  },
  faults: [
    { kind: 'slow', atMinute: 60, minutes: 30, targets: { pool: 'workers', count: 2 }, factor: 8 },
    {
      kind: 'fail_fast',
      atMinute: 180,
      minutes: 30,
      targets: { pool: 'workers', count: 2 },
      share: 0.95,
      afterMs: 500,
    },
    { kind: 'crash', atMinute: 300, minutes: 30, targets: { pool: 'workers', count: 3 }, backAfterMinutes: 30 },
    { kind: 'load_spike', atMinute: 420, minutes: 30, factor: 1.6 },
    { kind: 'dependency_slow', atMinute: 540, minutes: 30, pools: ['workers'], factor: 1.6 },
  ],
};
