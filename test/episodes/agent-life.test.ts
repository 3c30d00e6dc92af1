import { test } from 'vitest';
import { episode, expectNotices } from '../fixtures/episode.ts';
import { poisson, poolSpec, scenarioWith, taskTypeSpec } from '../fixtures/scenario.ts';

const fleet = scenarioWith({
  ...{ minutes: 60, arrivals: poisson(120) },
  pools: [poolSpec('writers', { agents: 8, slots: 4, speedSpread: 0.1 })],
  taskTypes: [
    taskTypeSpec('draft', 'writers', { service: { kind: 'lognormal', meanS: 8, cv: 1 }, timeoutS: 120, retries: 1 }),
  ],
});

test('an agent that crashes is told once, to the team that owns it, and again when it is back', async () => {
  const lived = await episode({
    ...fleet,
    faults: [{ kind: 'crash', atMinute: 20, minutes: 15, targets: { agents: ['writers-03'] } }],
  });
  expectNotices(lived, [
    {
      ...{ between: [21, 23], state: 'firing', kind: 'system_failure', severity: 'critical', pool: 'writers' },
      ...{ team: 'support', scope: { pool: 'writers', agent: 'writers-03' } },
    },
    // Nobody has acknowledged it for ten minutes.
    { between: [31, 33], state: 'firing', kind: 'system_failure', pool: 'writers' },
    { between: [35, 40], state: 'resolved', kind: 'system_failure', pool: 'writers' },
  ]);
});
