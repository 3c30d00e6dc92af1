import { beforeAll, describe, expect, test } from 'vitest';
import { actionClassNames } from '../../lib/core/remediate/action-class.ts';
import { driveFleet } from '../../lib/proving/drive-fleet.ts';
import { productInProcess } from '../../lib/proving/product-in-process.ts';
import type { SimResult } from '../../lib/sim/engine/sim-result.ts';
import { centralQueue } from '../../lib/sim/policies/central-queue.ts';
import { poisson, poolSpec, scenarioWith, step, taskTypeSpec } from '../fixtures/scenario.ts';

const modes = Object.fromEntries(actionClassNames.map((name) => [name, 'auto'])) as Parameters<
  typeof productInProcess
>[1];
const [FROM, MINUTES] = [25, 25];

/** Agents that fetch their work from one queue: none of them has anything waiting, whatever waits. */
const scenario = scenarioWith({
  ...{ minutes: FROM + MINUTES, arrivals: poisson(200) },
  pools: [poolSpec('workers', { ...{ agents: 10, min: 5, max: 40 }, slots: 4 })],
  taskTypes: [
    taskTypeSpec('job', 'workers', { service: { kind: 'lognormal', meanS: 8, cv: 1 }, timeoutS: 120, retries: 0 }),
  ],
  workflows: [{ workflowType: 'answer', weight: 1, slaS: 60, steps: [step('job', 'job')] }],
  faults: [{ kind: 'load_spike', atMinute: FROM, minutes: MINUTES, factor: 2.5 }],
});

describe('agents that share one queue, under two and a half times the load', () => {
  let result: SimResult;
  beforeAll(async () => {
    const product = productInProcess(scenario.startMs, modes, { recommends: false });
    ({ result } = await driveFleet({ scenario, seed: 3, policy: centralQueue }, product));
  });

  test('are as many as the work takes within five minutes', () => {
    const ordered = result.actions.filter(({ action, minute }) => action === 'scale' && minute <= FROM + 5);
    const needed = (2.5 * 200 * 8) / 60 / 4;
    expect(Math.max(...ordered.map(({ amount }) => amount ?? 0))).toBeGreaterThanOrEqual(needed);
  });

  test('serve nearly all of it in time after ten', () => {
    const minutes = (result.pools.get('workers') ?? []).slice(FROM + 10);
    const sum = (figure: 'arrived' | 'attained') => minutes.reduce((total, it) => total + it[figure], 0);
    expect(sum('arrived')).toBeGreaterThan(5_000);
    expect(sum('attained') / sum('arrived')).toBeGreaterThan(0.97);
  });
});
