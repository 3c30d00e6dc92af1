import { test } from 'vitest';
import { episode, expectNotices } from '../fixtures/episode.ts';
import { poisson, poolSpec, scenarioWith, taskTypeSpec } from '../fixtures/scenario.ts';

/** Eight agents of four slots, half of them at work. */
const fleet = scenarioWith({
  ...{ minutes: 110, arrivals: poisson(120) },
  pools: [poolSpec('writers', { agents: 8, slots: 4 })],
  taskTypes: [taskTypeSpec('draft', 'writers', { service: { kind: 'lognormal', meanS: 8, cv: 1 }, timeoutS: 120 })],
});
const third = { pool: 'writers', team: 'support', scope: { pool: 'writers', agent: 'writers-03' } } as const;

test('an agent leaks memory: it is told before it breaks off, and once more when it does', async () => {
  const lived = await episode({
    ...fleet,
    faults: [
      {
        ...{ kind: 'leak', atMinute: 20, minutes: 70, factorAtEnd: 1, memoryAtEnd: 0.99 },
        targets: { agents: ['writers-03'] },
      },
    ],
  });
  expectNotices(lived, [
    {
      ...{ ...third, between: [45, 75], state: 'firing', kind: 'failure_predicted', severity: 'high' },
      title: /is degraded or breaks down with \d chances in 10 within 30 min/,
    },
    { ...third, between: [90, 94], state: 'firing', kind: 'system_failure', severity: 'critical' },
    // Nobody has acknowledged it for ten minutes.
    { ...third, between: [100, 104], state: 'firing', kind: 'system_failure', severity: 'critical' },
  ]);
});

test('most of a pool fills its memory: the first agent is told, and then the pool instead of the others', async () => {
  const lived = await episode({
    ...{ ...fleet, minutes: 75 },
    faults: [
      {
        ...{ kind: 'leak', atMinute: 20, minutes: 60, factorAtEnd: 1, memoryAtEnd: 1 },
        targets: { pool: 'writers', count: 6 },
      },
    ],
  });
  const high = { pool: 'writers', team: 'support', kind: 'resource_utilization_high', severity: 'medium' } as const;
  expectNotices(lived, [
    // The first of them is told before it is half of the pool; no other is.
    { ...high, between: [52, 62], state: 'firing', title: /^Agent writers-\d+ has 9\d % of its memory in use$/ },
    {
      ...{ ...high, between: [56, 68], state: 'firing', scope: { pool: 'writers' } },
      title: /^Pool writers: \d of 8 agents have hardly any CPU or memory left$/,
    },
  ]);
});
