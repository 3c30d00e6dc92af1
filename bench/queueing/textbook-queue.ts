import type { PoolSpec, Scenario, ServiceSpec, TaskTypeSpec } from '../../lib/sim/scenario/scenario.ts';

const tokens = { inputMedian: 0, outputMedian: 0, sigma: 0, usdPerMillionInput: 0, usdPerMillionOutput: 0 };
const telemetry = {
  ...{ hostAgents: 5, flushS: 60, heartbeatS: 60, sampleS: 60 },
  ...{ delayMinutes: 0, lossShare: 0, duplicateShare: 0, clockSkewS: 0 },
};
/** A Monday. */
const startMs = Date.UTC(2026, 2, 2);
const WARM_UP_MINUTES = 60;

function pool(name: string, servers: number): PoolSpec {
  return {
    ...{ pool: name, team: 'theory', agents: servers, min: servers, max: servers, slots: 1, speedSpread: 0 },
    ...{ skillDensity: 1, provisioning: { medianS: 0, sigma: 0 }, costPerHourUsd: 0, version: '1', zones: 1 },
  };
}

function servedAs(taskType: string, of: string, service: ServiceSpec): TaskTypeSpec {
  return {
    ...{ taskType, pool: of, priority: 'normal', service, slaS: 1e6, timeoutS: 1e7 },
    ...{ retries: 0, failureShare: 0, tokens, revenueUsd: 0 },
  };
}

export interface TextbookQueue {
  servers: number;
  perMinute: number;
  meanS: number;
  tasks: number;
  /** Coefficient of variation of the service times: exponential for 1 and unless given, else log-normal, clockwork for 0. */
  serviceCv?: number;
  /** Arrivals come as they are recorded, not as a Poisson process. */
  isRecorded?: boolean;
}

/** M/M/N, or with other service or arrivals. */
export function textbookQueue(of: TextbookQueue): Scenario {
  return {
    ...{ name: 'M/M/N', why: 'Erlang', startMs, warmUpMinutes: WARM_UP_MINUTES, telemetry, faults: [] },
    minutes: WARM_UP_MINUTES + Math.ceil(of.tasks / of.perMinute),
    pools: [pool('servers', of.servers)],
    taskTypes: [servedAs('call', 'servers', serviceOf(of))],
    workflows: [
      {
        workflowType: 'call',
        weight: 1,
        slaS: 1e6,
        steps: [{ step: 'call', taskType: 'call', after: [], repeatShare: 0 }],
      },
    ],
    arrivals: of.isRecorded
      ? { kind: 'recorded', file: '' }
      : { kind: 'poisson', perMinute: of.perMinute, dailyAmplitude: 0, peakHour: 0, weekendFactor: 1, bursts: [] },
  };
}

function serviceOf({ meanS, serviceCv = 1 }: TextbookQueue): ServiceSpec {
  if (serviceCv === 1) return { kind: 'exponential', meanS };
  return serviceCv === 0 ? { kind: 'deterministic', meanS } : { kind: 'lognormal', meanS, cv: serviceCv };
}
