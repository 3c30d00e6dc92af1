import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { actionClassNames } from '../../lib/core/remediate/action-class.ts';
import { type DrivenFleet, driveFleet } from '../../lib/proving/drive-fleet.ts';
import { productInProcess } from '../../lib/proving/product-in-process.ts';
import { productOverHttp } from '../../lib/proving/product-over-http.ts';
import type { ProductUnderTest } from '../../lib/proving/product-under-test.ts';
import { roundRobin } from '../../lib/sim/policies/round-robin.ts';
import type { Scenario } from '../../lib/sim/scenario/scenario.ts';
import { ADMIN_KEY, Fleetpulse } from '../fixtures/fleetpulse.ts';
import { poisson, poolSpec, scenarioWith, step, taskTypeSpec } from '../fixtures/scenario.ts';

const modes = Object.fromEntries(actionClassNames.map((name) => [name, 'auto'])) as Parameters<
  typeof productInProcess
>[1];

/** Two pools of a fixed size, a slow agent, one that dies, a channel that loses and doubles. */
const scenario: Scenario = scenarioWith({
  ...{ minutes: 30, arrivals: poisson(90) },
  pools: [
    poolSpec('drafting', { ...{ agents: 8, min: 8, max: 8 }, slots: 4, speedSpread: 0.1 }),
    poolSpec('checking', { ...{ agents: 4, min: 4, max: 4 }, slots: 4 }),
  ],
  taskTypes: [
    taskTypeSpec('draft', 'drafting', { service: { kind: 'lognormal', meanS: 9, cv: 1 }, timeoutS: 120, retries: 1 }),
    taskTypeSpec('check', 'checking', { service: { kind: 'lognormal', meanS: 4, cv: 1 }, timeoutS: 60, retries: 1 }),
  ],
  workflows: [
    { workflowType: 'answer', weight: 1, slaS: 90, steps: [step('draft', 'draft'), step('check', 'check', ['draft'])] },
  ],
  telemetry: {
    ...{ hostAgents: 4, flushS: 15, heartbeatS: 15, sampleS: 15 },
    ...{ delayMinutes: 0, lossShare: 0.01, duplicateShare: 0.05, clockSkewS: 2 },
  },
  faults: [
    { kind: 'slow', atMinute: 8, minutes: 15, targets: { agents: ['drafting-03'] }, factor: 8 },
    { kind: 'crash', atMinute: 18, targets: { agents: ['checking-02'] } },
  ],
});

interface Seen {
  driven: DrivenFleet;
  /** Of all that was sent, in the order in which it was. */
  telemetryDigest: string;
  agents: Record<string, unknown>[];
  alerts: Record<string, unknown>[];
  directives: Record<string, unknown>[];
}

async function drive(product: ProductUnderTest, of = scenario): Promise<Seen> {
  const digest = createHash('sha256');
  const listening: ProductUnderTest = {
    ...product,
    send(flush) {
      digest.update(JSON.stringify(flush));
      return product.send(flush);
    },
  };
  const driven = await driveFleet({ scenario: of, seed: 5, policy: roundRobin() }, listening);
  const [agents, alerts, directives] = [
    await product.agents(20),
    await product.alerts(),
    await product.allDirectives(),
  ];
  return { driven, telemetryDigest: digest.digest('hex'), agents, alerts, directives };
}

describe('one scenario, the product in the loop', () => {
  let fleetpulse: Fleetpulse;
  let [inProcess, overHttp] = [{} as Seen, {} as Seen];
  beforeAll(async () => {
    fleetpulse = await Fleetpulse.start(scenario.startMs);
    inProcess = await drive(productInProcess(scenario.startMs, modes));
    overHttp = await drive(productOverHttp(fleetpulse.cloud.url, ADMIN_KEY));
  }, 300_000);
  afterAll(() => fleetpulse.stop());

  test('reports the same in the process of the simulation and to the local cloud', () => {
    expect(inProcess.driven.events).toBeGreaterThan(5_000);
    expect(overHttp.telemetryDigest).toBe(inProcess.telemetryDigest);
    expect(JSON.stringify(overHttp.driven.result)).toBe(JSON.stringify(inProcess.driven.result));
    expect([...overHttp.driven.result.pools]).toEqual([...inProcess.driven.result.pools]);
  });

  test('has the same KPIs and states of every agent', () => {
    expect(inProcess.agents).toHaveLength(12);
    expect(overHttp.agents).toEqual(inProcess.agents);
  });

  test('has the same alerts and directives, with the same effects', () => {
    const subjects = inProcess.alerts.map(({ kind, scope }) => `${kind} ${(scope as { agent: string }).agent}`);
    expect(subjects).toEqual(
      expect.arrayContaining(['system_failure checking-02', 'performance_degradation drafting-03']),
    );
    expect(new Set(subjects.map((subject) => subject.split(' ')[1]))).toEqual(new Set(['checking-02', 'drafting-03']));
    expect(overHttp.alerts).toEqual(inProcess.alerts);
    expect(inProcess.directives).toMatchObject([
      { kind: 'restart', params: { agent: 'checking-02' } },
      { kind: 'breaker', params: { agent: 'checking-02' } },
      { kind: 'route', effect: { verdict: 'helped' } },
    ]);
    const told = ({ directives }: Seen) => directives.map(({ ackedBy: _, ...directive }) => directive);
    expect(told(overHttp)).toEqual(told(inProcess));
  });

  test('is the same both ways also where telemetry is up to two minutes late and clocks are off', async () => {
    const late: Scenario = {
      ...{ ...scenario, minutes: 9, faults: [] },
      telemetry: { ...scenario.telemetry, delayMinutes: 2, lossShare: 0.03, clockSkewS: 5 },
    };
    const another = await Fleetpulse.start(late.startMs);
    try {
      const [one, other] = [
        await drive(productInProcess(late.startMs, modes), late),
        await drive(productOverHttp(another.cloud.url, ADMIN_KEY), late),
      ];
      expect(other.telemetryDigest).toBe(one.telemetryDigest);
      expect(other.agents).toEqual(one.agents);
      expect(other.alerts).toEqual(one.alerts);
    } finally {
      await another.stop();
    }
  }, 120_000);

  test('does better with the product than without', async () => {
    const deaf = { ...productInProcess(scenario.startMs, modes), directives: async () => [] };
    const alone = await drive(deaf);
    const attained = ({ driven }: Seen) =>
      (driven.result.pools.get('drafting') ?? []).slice(12, 23).reduce((sum, row) => sum + row.attained, 0);
    expect(attained(inProcess)).toBeGreaterThan(1.03 * attained(alone));
    expect(inProcess.driven.result.actions.map(({ action }) => action)).toContain('set_weights');
    expect(alone.driven.result.actions).toEqual([]);
  });
});
