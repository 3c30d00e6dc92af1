import { expect, test } from 'vitest';
import { episode, expectNotices } from '../fixtures/episode.ts';
import { poisson, poolSpec, scenarioWith, taskTypeSpec } from '../fixtures/scenario.ts';

/** Ten agents of four slots, half of them at work. */
const fleet = scenarioWith({
  ...{ minutes: 95, arrivals: poisson(150) },
  pools: [poolSpec('writers', { agents: 10, slots: 4 })],
  taskTypes: [taskTypeSpec('draft', 'writers', { service: { kind: 'lognormal', meanS: 8, cv: 1 }, timeoutS: 120 })],
});
const third = { pool: 'writers', team: 'support', scope: { pool: 'writers', agent: 'writers-03' } } as const;

test('an agent fails ever more often: that it fails is told, then that it will break down, and at last that it has', async () => {
  const lived = await episode({
    ...fleet,
    faults: [{ kind: 'error_ramp', atMinute: 40, minutes: 45, shareAtEnd: 0.8, targets: { agents: ['writers-03'] } }],
  });
  expectNotices(lived, [
    { ...third, between: [42, 58], state: 'firing', kind: 'performance_degradation', severity: 'high' },
    {
      ...{ ...third, between: [55, 75], state: 'firing', kind: 'failure_predicted', severity: 'high' },
      title: /^Agent writers-03 breaks down with \d chances in 10 within 30 min$/,
    },
    { ...third, between: [85, 89], state: 'firing', kind: 'system_failure', severity: 'critical' },
  ]);
  const predicted = lived.notices.find(({ attributes }) => attributes['kind'] === 'failure_predicted');
  expect(predicted?.body).toMatchObject({
    value: expect.toSatisfy((probability: number) => probability >= 0.5 && probability < 1),
    why: expect.stringMatching(/ever more of its tasks fail, .* At this pace it is half of them/),
    evidence: expect.arrayContaining([expect.stringMatching(/^more of its tasks fail than of its peers: odds times /)]),
  });
});

test('an agent fails at once, and goes on so: nothing is predicted', async () => {
  const lived = await episode({
    ...{ ...fleet, minutes: 80 },
    faults: [
      {
        ...{ kind: 'fail_fast', atMinute: 40, minutes: 30, share: 0.8, afterMs: 500 },
        targets: { agents: ['writers-03'] },
      },
    ],
  });
  expect(lived.notices.filter(({ attributes }) => attributes['kind'] === 'failure_predicted')).toEqual([]);
  expect(lived.notices.filter(({ attributes }) => attributes['state'] === 'firing')).toHaveLength(1);
});
