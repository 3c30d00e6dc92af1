import { expect, test } from 'vitest';
import { actionClassNames, type Mode } from '../../lib/core/remediate/action-class.ts';
import { productInProcess } from '../../lib/proving/product-in-process.ts';
import type { FaultSpec, PoolSpec, Scenario } from '../../lib/sim/scenario/scenario.ts';
import { type Episode, type Expected, episode, expectNotices } from '../fixtures/episode.ts';
import { withRetriesTold, withTool } from '../fixtures/reported-calls.ts';
import { poisson, poolSpec, scenarioWith, step, taskTypeSpec } from '../fixtures/scenario.ts';

// Three pools with teams of their own; each gets a third of 240 requests a minute, and is about half busy. Faults last from
// minute 30 to minute 50 of 70.

const BEGINS = 30;
const during = { atMinute: BEGINS, minutes: 20 };

const fleet = scenarioWith({
  ...{ minutes: 70, arrivals: poisson(240) },
  pools: [
    poolSpec('writers', { agents: 12, slots: 2, speedSpread: 0.1, team: 'editors' }),
    poolSpec('readers', { agents: 6, slots: 2, team: 'library' }),
    poolSpec('checkers', { agents: 6, slots: 2, team: 'audit' }),
  ],
  taskTypes: [
    taskTypeSpec('draft', 'writers', {
      ...{ service: { kind: 'lognormal', meanS: 8, cv: 1 }, timeoutS: 120, retries: 1, failureShare: 0.01 },
      quality: { mean: 0.85, sd: 0.1, gradedShare: 0.5 },
    }),
    taskTypeSpec('look', 'readers', { service: { kind: 'lognormal', meanS: 4, cv: 1 }, timeoutS: 60, retries: 1 }),
    taskTypeSpec('check', 'checkers', { service: { kind: 'lognormal', meanS: 4, cv: 1 }, timeoutS: 60, retries: 1 }),
  ],
  workflows: ['draft', 'look', 'check'].map((type) => ({
    ...{ workflowType: type, weight: 1, slaS: 60, steps: [step(type, type)] },
  })),
});

const live = (faults: FaultSpec[], given: Partial<Scenario> = {}) => episode({ ...fleet, ...given, faults });

const writers = { pool: 'writers', team: 'editors', scope: { pool: 'writers' } };
const degraded = { kind: 'performance_degradation', severity: 'high' };

/** Told within so many minutes of the onset, and again when it has ended. */
function toldOnce(about: Omit<Expected, 'between' | 'state'>, within: number): Expected[] {
  return [
    { ...about, state: 'firing', between: [BEGINS + 1, BEGINS + within] },
    { ...about, state: 'resolved', between: [51, 57] },
  ];
}

async function alertsOf({ product }: Episode, rule: string) {
  return (await product.alerts()).filter((alert) => alert['rule'] === rule);
}

test('a dependency makes a pool slower: its team is told of the pool, and of none of its agents', async () => {
  const lived = await live([{ kind: 'dependency_slow', ...during, pools: ['writers'], factor: 2.5 }]);
  expectNotices(lived, toldOnce({ ...writers, ...degraded, title: /^Pool writers takes [2-4]\.\d times as long/ }, 5));
  const [alert] = await alertsOf(lived, 'pool-degraded');
  const onsetMinute = (Date.parse(String(alert?.['onsetAt'])) - fleet.startMs) / 60_000;
  expect(Math.abs(onsetMinute - BEGINS)).toBeLessThanOrEqual(1);
});

test('all pools become slower at once: one alert about the system, and those of the pools are explained by it', async () => {
  const pools = ['writers', 'readers', 'checkers'];
  const lived = await live([{ kind: 'dependency_slow', ...during, pools, factor: 2.5 }]);
  expectNotices(lived, toldOnce({ ...degraded, pool: 'none', team: 'none', scope: {}, title: /^[23] of 3 pools/ }, 5));
  const children = await alertsOf(lived, 'pool-degraded');
  const [cause] = await alertsOf(lived, 'fleet-slower');
  expect(children.map(({ inhibitedBy }) => inhibitedBy)).toEqual([cause?.['id'], cause?.['id'], cause?.['id']]);
});

test('a tool that becomes slow is told instead of the pool that calls it, with what it adds', async () => {
  const scenario: Scenario = {
    ...fleet,
    faults: [{ kind: 'dependency_slow', ...during, pools: ['writers'], factor: 2.5 }],
  };
  const product = withTool(inProcess(scenario), scenario, { tool: 'search', pools: ['writers'] });
  const lived = await episode(scenario, { product });
  const about = { kind: 'latency_increase', severity: 'high', team: 'editors', scope: { tool: 'search' } };
  expectNotices(lived, toldOnce({ ...about, title: /^Tool search takes [3-4]\.\d times as long/ }, 5));
  const [pool] = await alertsOf(lived, 'pool-degraded');
  expect(pool?.['inhibitedBy']).toBe((await alertsOf(lived, 'tool-slow'))[0]?.['id']);
  expect(pool?.['layer']).toMatch(/^the tool layer: \+\d+\.\d s of \+\d+\.\d s a task$/);
  expect(pool?.['causes']).toMatchObject([{ dimension: 'tool', id: 'search', share: expect.closeTo(1, 0) }]);
});

test('a tool that fails is told instead of the pool whose tasks fail with it', async () => {
  const scenario: Scenario = {
    ...fleet,
    faults: [{ kind: 'dependency_errors', ...during, pools: ['writers'], share: 0.25 }],
  };
  const product = withTool(inProcess(scenario), scenario, { tool: 'search', pools: ['writers'] });
  const lived = await episode(scenario, { product });
  expectNotices(
    lived,
    toldOnce({ ...degraded, team: 'editors', scope: { tool: 'search' }, title: /^Tool search fails/ }, 5),
  );
  const [pool] = await alertsOf(lived, 'pool-failing');
  expect(pool?.['inhibitedBy']).toBe((await alertsOf(lived, 'tool-failing'))[0]?.['id']);
});

test('a bad deploy of a whole pool is told with the deploy', async () => {
  const lived = await live([
    { kind: 'deploy', ...during, pool: 'writers', version: '1.1.0', factor: 1, failureShare: 0.25, announced: true },
  ]);
  expectNotices(lived, toldOnce({ ...writers, ...degraded, title: /^Pool writers: \d+ % of its tasks end badly/ }, 5));
  const [alert] = await alertsOf(lived, 'pool-failing');
  expect(alert?.['changes']).toMatchObject([{ kind: 'deploy', pool: 'writers', version: '1.1.0' }]);
});

test('most tasks of a pool fail: an interruption within two minutes, again until somebody takes care of it', async () => {
  const lived = await live([{ kind: 'dependency_errors', ...during, pools: ['writers'], share: 0.9 }]);
  const about = { ...writers, kind: 'service_interruption', severity: 'critical' };
  const [told, over] = toldOnce(about, 2) as [Expected, Expected];
  expectNotices(lived, [told, { ...about, state: 'firing', between: [41, 43] }, over]);
});

test('the grades of a pool collapse at usual speed', async () => {
  const targets = { pool: 'writers', share: 1 };
  const lived = await live([{ kind: 'quality_collapse', ...during, targets, quality: 0.5 }]);
  expectNotices(lived, toldOnce({ ...writers, ...degraded, title: /quality has fallen to 0\.[45]/ }, 5));
});

test('half of a pool goes silent, telemetry and all: one alert', async () => {
  const targets = { pool: 'writers', share: 0.5 };
  const lived = await live([{ kind: 'telemetry', how: 'missing', atMinute: BEGINS, minutes: 9, targets, share: 1 }]);
  const about = { ...writers, kind: 'service_interruption', severity: 'critical', title: /fell silent together/ };
  expectNotices(lived, [
    { ...about, state: 'firing', between: [31, 32] },
    { ...about, state: 'resolved', between: [39, 42] },
  ]);
});

test('load that was announced is told to nobody', async () => {
  expectNotices(await live([{ kind: 'planned_load', ...during, factor: 1.8 }]), []);
});

test('the same load without a word before is told once for all pools', async () => {
  const lived = await live([{ kind: 'load_spike', ...during, factor: 1.8 }]);
  const about = {
    kind: 'anomaly',
    severity: 'medium',
    pool: 'none',
    scope: {},
    title: /do far more than usual at once/,
  };
  expectNotices(lived, toldOnce(about, 6));
});

test('one task type of a pool is poisoned: the type is told, and not the pool', async () => {
  // Slots enough, so that the poisoned tasks do not keep the others waiting.
  const [own, ...others] = fleet.pools as [PoolSpec, ...PoolSpec[]];
  const scenario: Partial<Scenario> = {
    pools: [{ ...own, slots: 8 }, ...others],
    taskTypes: [
      ...fleet.taskTypes,
      taskTypeSpec('edit', 'writers', { service: { kind: 'lognormal', meanS: 4, cv: 1 }, timeoutS: 120 }),
    ],
    workflows: [...fleet.workflows, { workflowType: 'edit', weight: 1, slaS: 60, steps: [step('edit', 'edit')] }],
    arrivals: poisson(280),
  };
  const lived = await live([{ kind: 'poison_type', ...during, taskType: 'draft', share: 0.8, factor: 4 }], scenario);
  // As bad as a pool that takes twice as long.
  const about = { kind: 'latency_increase', severity: 'high', team: 'editors', scope: { taskType: 'draft' } };
  expectNotices(lived, toldOnce(about, 6));
});

test('clients that repeat what fails: the interruption is told, and the retries that keep it up', async () => {
  const scenario: Scenario = {
    ...fleet,
    faults: [
      { kind: 'dependency_errors', ...during, pools: ['writers'], share: 0.6 },
      { kind: 'retry_storm', ...during, extraRequests: 1 },
    ],
  };
  const lived = await episode(scenario, { product: withRetriesTold(inProcess(scenario)) });
  const interrupted = { ...writers, kind: 'service_interruption', severity: 'critical' };
  const [told, over] = toldOnce(interrupted, 3) as [Expected, Expected];
  const storm = {
    ...writers,
    kind: 'anomaly',
    severity: 'medium',
    title: /^Pool writers: \d+ % of its attempts are retries/,
  };
  expectNotices(lived, [told, { ...interrupted, state: 'firing', between: [41, 43] }, over, ...toldOnce(storm, 6)]);
});

function inProcess({ startMs }: Scenario) {
  const modes = Object.fromEntries(actionClassNames.map((name): [string, Mode] => [name, 'observe']));
  return productInProcess(startMs, modes as Parameters<typeof productInProcess>[1]);
}
