import { readEvent } from '../../lib/api/event-schema.ts';
import type { NativeEvent } from '../../lib/core/model/event.ts';
import { Simulation } from '../../lib/sim/engine/simulation.ts';
import { centralQueue } from '../../lib/sim/policies/central-queue.ts';
import type { Scenario, ServiceSpec } from '../../lib/sim/scenario/scenario.ts';
import { Telemetry } from '../../lib/sim/telemetry/telemetry.ts';
import { type Network, type NetworkStation, WARM_UP_MINUTES, WINDOW_MINUTES } from './network.ts';

/** A Monday. */
const START_MS = Date.UTC(2026, 2, 2);

/** What a fleet that is such a network reports, as the simulation has it. */
export function engineEvents(network: Network): { startMs: number; events: NativeEvent[] } {
  const scenario = scenarioOf(network);
  const telemetry = new Telemetry(scenario, network.seed);
  const simulation = new Simulation({ scenario, seed: network.seed, policy: centralQueue, sinks: [telemetry.sink] });
  const endMs = START_MS + scenario.minutes * 60_000;
  simulation.runUntil(endMs);
  const events = telemetry.arrivedUntil(endMs + 120_000).flatMap((flush) => flush.events.map(readEvent));
  return { startMs: START_MS, events };
}

const tokens = { inputMedian: 0, outputMedian: 0, sigma: 0, usdPerMillionInput: 0, usdPerMillionOutput: 0 };

function scenarioOf({ stations, steps, arrivals, service, seed }: Network): Scenario {
  const pools = stations.filter(({ kind }) => kind === 'pool');
  return {
    ...{ name: `network ${seed}`, why: 'bottlenecks', startMs: START_MS, warmUpMinutes: WARM_UP_MINUTES, faults: [] },
    minutes: WARM_UP_MINUTES + WINDOW_MINUTES,
    telemetry: {
      ...{ hostAgents: 5, flushS: 60, heartbeatS: 60, sampleS: 30 },
      ...{ delayMinutes: 0, lossShare: 0, duplicateShare: 0, clockSkewS: 0 },
    },
    pools: pools.map(({ id, agents, servers }) => ({
      ...{ pool: id, team: 'bench', agents, min: agents, max: agents, slots: servers / agents, speedSpread: 0 },
      ...{ skillDensity: 1, provisioning: { medianS: 0, sigma: 0 }, costPerHourUsd: 0, version: '1', zones: 1 },
    })),
    taskTypes: pools.map((station) => ({
      ...{ taskType: `at ${station.id}`.replace(' ', '-'), pool: station.id, priority: 'normal' as const },
      ...{ service: serviceOf(service, station), slaS: 1e6, timeoutS: 1e7, retries: 0, failureShare: 0 },
      ...{ tokens, revenueUsd: 0 },
    })),
    workflows: [
      {
        ...{ workflowType: 'job', weight: 1, slaS: 1e6 },
        steps: steps.map(({ pool }, i) => ({
          ...{ step: `s${i}`, taskType: `at-${pool}`, after: i === 0 ? [] : [`s${i - 1}`], repeatShare: 0 },
        })),
      },
    ],
    arrivals:
      arrivals.kind === 'closed'
        ? arrivals
        : {
            ...{ kind: 'poisson', perMinute: arrivals.perMinute, dailyAmplitude: 0, peakHour: 0, weekendFactor: 1 },
            bursts: [],
          },
  };
}

function serviceOf(kind: Network['service'], { meanS }: NetworkStation): ServiceSpec {
  return kind === 'lognormal' ? { kind, meanS, cv: 1.5 } : { kind, meanS };
}
