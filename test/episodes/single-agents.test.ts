import { expect, test } from 'vitest';
import { episode, expectNotices } from '../fixtures/episode.ts';
import { poisson, poolSpec, scenarioWith, taskTypeSpec } from '../fixtures/scenario.ts';

const fleet = scenarioWith({
  ...{ minutes: 60, arrivals: poisson(120) },
  pools: [poolSpec('writers', { agents: 8, slots: 4, speedSpread: 0.1 })],
  taskTypes: [
    taskTypeSpec('draft', 'writers', {
      ...{ service: { kind: 'lognormal', meanS: 8, cv: 1 }, timeoutS: 120, retries: 1, failureShare: 0.02 },
      quality: { mean: 0.85, sd: 0.08, gradedShare: 0.5 },
    }),
  ],
});
const about = { pool: 'writers', team: 'support', scope: { pool: 'writers', agent: 'writers-03' } } as const;
const targets = { agents: ['writers-03'] };

test('an agent whose answers become poor is told, though it is as fast as ever', async () => {
  const lived = await episode({
    ...fleet,
    faults: [{ kind: 'quality_collapse', atMinute: 20, minutes: 15, targets, quality: 0.4 }],
  });
  expectNotices(lived, [
    {
      ...{ ...about, between: [22, 25], state: 'firing', kind: 'performance_degradation', severity: 'high' },
      title: /quality/,
    },
    { ...about, between: [36, 44], state: 'resolved', kind: 'performance_degradation' },
  ]);
});

test('an agent that is slow for four minutes of every ten is told twice, however often it is', async () => {
  const times = [20, 30, 40, 50, 60].map((atMinute) => ({
    kind: 'slow' as const,
    atMinute,
    minutes: 4,
    targets,
    factor: 6,
  }));
  const { notices } = await episode({ ...fleet, minutes: 90, faults: times });
  const ofState = (state: string) => notices.filter(({ attributes }) => attributes['state'] === state);
  expect(notices.map(({ body }) => body['scope'])).toEqual(notices.map(() => about.scope));
  expect({ firing: ofState('firing').length, resolved: ofState('resolved').length }).toEqual({
    firing: 2,
    resolved: 2,
  });
});

test('three quiet hours are quiet', async () => {
  expectNotices(await episode({ ...fleet, minutes: 180, arrivals: poisson(120, { dailyAmplitude: 0.3 }) }), []);
});
