import { expect, test } from 'vitest';
import { actionClassNames, type Mode } from '../../lib/core/remediate/action-class.ts';
import { productInProcess } from '../../lib/proving/product-in-process.ts';
import type { FaultSpec, Scenario } from '../../lib/sim/scenario/scenario.ts';
import { type Episode, episode } from '../fixtures/episode.ts';
import { withTool } from '../fixtures/reported-calls.ts';
import { poisson, poolSpec, scenarioWith, step, taskTypeSpec } from '../fixtures/scenario.ts';

// Two pools; the writers do two types of tasks. Faults last from minute 30 to minute 45 of 50.

const during = { atMinute: 30, minutes: 15 };

const fleet = scenarioWith({
  ...{ minutes: 50, arrivals: poisson(240) },
  pools: [
    poolSpec('writers', { agents: 10, slots: 4, team: 'editors' }),
    poolSpec('readers', { agents: 6, slots: 2, team: 'library' }),
  ],
  taskTypes: [
    taskTypeSpec('draft', 'writers', { ...lasting(4), failureShare: 0.01 }),
    taskTypeSpec('edit', 'writers', lasting(4)),
    taskTypeSpec('look', 'readers', lasting(3)),
  ],
  workflows: ['draft', 'edit', 'look'].map((type) => ({
    ...{ workflowType: type, weight: 1, slaS: 60, steps: [step(type, type)] },
  })),
});

function lasting(meanS: number) {
  return { service: { kind: 'lognormal', meanS, cv: 1 } as const, timeoutS: 120, retries: 1 };
}

const live = (faults: FaultSpec[]) => episode({ ...fleet, faults });

async function alertOf({ product }: Episode, rule: string) {
  return (await product.alerts()).find((alert) => alert['rule'] === rule);
}

/** What the first message that somebody got of it said, as machines get it. */
function firstNotice({ notices }: Episode, rule: string) {
  return notices.find(({ body }) => body['rule'] === rule)?.body;
}

test('a deploy makes a pool fail: the alert and its first message say the deploy, its version and the error', async () => {
  const error = { type: 'SchemaError', message: 'no field "total"' };
  const lived = await live([
    {
      kind: 'deploy',
      ...during,
      pool: 'writers',
      version: '1.1.0',
      factor: 1,
      failureShare: 0.25,
      announced: true,
      error,
    },
  ]);
  const causes = [
    {
      dimension: 'change',
      share: expect.any(Number),
      words: expect.stringMatching(
        /^deploy of 1\.1\.0 to pool writers, 0 min before the onset: \d+ of \d+ tasks ended badly/,
      ),
    },
    { dimension: 'version', id: '1.1.0' },
    { dimension: 'errorType', id: 'SchemaError: no field <text>' },
  ];
  expect((await alertOf(lived, 'pool-failing'))?.['causes']).toMatchObject(causes);
  expect(firstNotice(lived, 'pool-failing')?.['causes']).toMatchObject(causes);
});

test('a tool makes tasks of a pool take longer: the pool says the tool and its layer', async () => {
  const scenario: Scenario = {
    ...fleet,
    faults: [{ kind: 'dependency_slow', ...during, pools: ['writers'], factor: 2.5 }],
  };
  const modes = Object.fromEntries(actionClassNames.map((name): [string, Mode] => [name, 'observe']));
  const inner = productInProcess(scenario.startMs, modes as Parameters<typeof productInProcess>[1]);
  const lived = await episode(scenario, { product: withTool(inner, scenario, { tool: 'search', pools: ['writers'] }) });
  const alert = await alertOf(lived, 'pool-degraded');
  expect(alert?.['causes']).toMatchObject([{ dimension: 'tool', id: 'search' }]);
  expect(alert?.['layer']).toMatch(/^the tool layer: \+\d+\.\d s of \+\d+\.\d s a task$/);
});

test('nothing stands out of a pool that is slow as a whole: its alert says no cause', async () => {
  const lived = await live([{ kind: 'dependency_slow', ...during, pools: ['writers'], factor: 2.5 }]);
  const alert = await alertOf(lived, 'pool-degraded');
  expect(alert?.['causes'] ?? []).toEqual([]);
  expect(alert?.['layer']).toBeUndefined();
});
