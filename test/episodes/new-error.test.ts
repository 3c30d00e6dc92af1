import { expect, test } from 'vitest';
import type { FaultSpec } from '../../lib/sim/scenario/scenario.ts';
import { type Expected, episode, expectNotices } from '../fixtures/episode.ts';
import { poisson, poolSpec, scenarioWith, step, taskTypeSpec } from '../fixtures/scenario.ts';

// Two pools with teams of their own; each gets half of 240 requests a minute. One error is usual in both. Faults last from
// minute 75 to minute 95 of 120: an hour is known by then.

const BEGINS = 75;
const during = { atMinute: BEGINS, minutes: 20 };
const error = { type: 'SchemaError', message: 'no field "total" in answer 4711' };
const signature = 'SchemaError: no field <text> in answer <n>';

const fleet = scenarioWith({
  ...{ minutes: 120, arrivals: poisson(240) },
  pools: [
    poolSpec('writers', { agents: 10, slots: 2, team: 'editors' }),
    poolSpec('readers', { agents: 6, slots: 2, team: 'library' }),
  ],
  taskTypes: [
    taskTypeSpec('draft', 'writers', {
      ...{ service: { kind: 'lognormal', meanS: 4, cv: 1 }, timeoutS: 120, retries: 1, failureShare: 0.01 },
    }),
    taskTypeSpec('look', 'readers', {
      ...{ service: { kind: 'lognormal', meanS: 3, cv: 1 }, timeoutS: 60, retries: 1, failureShare: 0.01 },
    }),
  ],
  workflows: ['draft', 'look'].map((type) => ({
    ...{ workflowType: type, weight: 1, slaS: 60, steps: [step(type, type)] },
  })),
});

const live = (faults: FaultSpec[]) => episode({ ...fleet, faults });

const writers = { pool: 'writers', team: 'editors' };

async function alertsOf({ product }: Awaited<ReturnType<typeof episode>>, rule: string) {
  return (await product.alerts()).filter((alert) => alert['rule'] === rule);
}

test('three agents begin to fail a few tasks with an error never seen before: their team is told once', async () => {
  const targets = { pool: 'writers', count: 3 };
  const lived = await live([{ kind: 'fail_fast', ...during, targets, share: 0.05, afterMs: 300, error }]);
  const about: Omit<Expected, 'between' | 'state'> = {
    ...{ ...writers, kind: 'anomaly', severity: 'medium', scope: { pool: 'writers', signature } },
    title: /^New error of 3 agents of pool writers: SchemaError: no field <text> in answer <n>$/,
  };
  expectNotices(lived, [
    { ...about, state: 'firing', between: [BEGINS + 5, BEGINS + 8] },
    { ...about, state: 'resolved', between: [99, 104] },
  ]);
  const [alert] = await alertsOf(lived, 'new-error');
  const onsetMinute = (Date.parse(String(alert?.['onsetAt'])) - fleet.startMs) / 60_000;
  expect(onsetMinute).toBeGreaterThanOrEqual(BEGINS);
  expect(onsetMinute).toBeLessThanOrEqual(BEGINS + 1);
  expect(alert?.['contributors']).toHaveLength(3);
});

test('the same error of so many tasks that the pool fails: one alert, which explains that of the error', async () => {
  const lived = await live([{ kind: 'dependency_errors', ...during, pools: ['writers'], share: 0.25, error }]);
  const about = { ...writers, kind: 'performance_degradation', scope: { pool: 'writers' } };
  expectNotices(lived, [
    { ...about, state: 'firing', between: [BEGINS + 1, BEGINS + 5] },
    { ...about, state: 'resolved', between: [95, 102] },
  ]);
  const [own] = await alertsOf(lived, 'new-error');
  expect(own?.['inhibitedBy']).toBe((await alertsOf(lived, 'pool-failing'))[0]?.['id']);
});

test('an error that was usual in the first hour is told to nobody when it comes again', async () => {
  const targets = { pool: 'writers', count: 3 };
  const few: FaultSpec = { kind: 'fail_fast', ...during, targets, share: 0.05, afterMs: 300, error };
  expectNotices(await live([{ ...few, atMinute: 20 }, few]), []);
});
