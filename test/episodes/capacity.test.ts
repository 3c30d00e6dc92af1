import { expect, test } from 'vitest';
import type { Scenario } from '../../lib/sim/scenario/scenario.ts';
import { episode, expectNotices } from '../fixtures/episode.ts';
import { poisson, poolSpec, scenarioWith, taskTypeSpec } from '../fixtures/scenario.ts';

/** Eight agents of four slots, three quarters at work. */
const fleet: Scenario = scenarioWith({
  ...{ minutes: 80, arrivals: poisson(180) },
  pools: [poolSpec('writers', { agents: 8, slots: 4 })],
  taskTypes: [taskTypeSpec('draft', 'writers', { service: { kind: 'lognormal', meanS: 8, cv: 1 }, timeoutS: 600 })],
});
const ofPool = { pool: 'writers', team: 'support', scope: { pool: 'writers' } };
const bottleneck = { ...ofPool, kind: 'bottleneck_formation', severity: 'high', title: /is the bottleneck/ } as const;

test('more work comes than a pool can do: its queue is told as a bottleneck, and not the load that makes it', async () => {
  const lived = await episode({
    ...fleet,
    arrivals: poisson(180, { bursts: [{ atMinute: 40, minutes: 12, factor: 1.6 }] }),
  });
  expectNotices(lived, [
    { ...bottleneck, between: [43, 45], state: 'firing' },
    // When what had piled up is done.
    { ...bottleneck, between: [58, 72], state: 'resolved' },
  ]);
  expect(lived.notices[0]?.body).toMatchObject({
    onsetAt: expect.stringMatching(/T00:4[01]:00/),
    why: expect.stringMatching(/its tasks take as long as usual: more comes than it can do/),
  });
});

test('load that grows by the minute is told before the pool is full, and the queue once it is', async () => {
  const shortfall = { ...ofPool, kind: 'capacity_shortfall_predicted', severity: 'medium' } as const;
  const lived = await episode({
    ...{ ...fleet, minutes: 150, arrivals: poisson(120) },
    faults: [{ kind: 'load_ramp', atMinute: 30, minutes: 100, factor: 2.2 }],
  });
  expectNotices(lived, [
    { ...shortfall, between: [85, 105], state: 'firing', title: /runs out of slots in about \d+ min/ },
    { ...bottleneck, between: [112, 126], state: 'firing' },
    { ...bottleneck, between: [131, 146], state: 'resolved' },
    { ...shortfall, between: [131, 150], state: 'resolved' },
  ]);
  expect(lived.notices[0]?.body).toMatchObject({
    impact: { agentsMissing: 3, minutesLeft: expect.toSatisfy((left: number) => left >= 20 && left <= 45) },
  });
});

test('a version that some agents have is faster than the others: it is suggested for all, once', async () => {
  const canary = { kind: 'deploy', pool: 'writers', version: '2.0.0', failureShare: 0, announced: true } as const;
  const suggestion = { ...ofPool, kind: 'optimization_suggestion', severity: 'low' } as const;
  const lived = await episode({
    ...{ ...fleet, minutes: 120 },
    faults: [{ ...canary, atMinute: 20, factor: 0.6, agents: 3 }],
  });
  expectNotices(lived, [
    {
      ...{ ...suggestion, between: [48, 60], state: 'firing', scope: { pool: 'writers', version: '2.0.0' } },
      title: /^Version 2\.0\.0 in pool writers is 1\.[678] times as fast as 1\.0\.0$/,
    },
  ]);
  expect(lived.notices[0]?.body).toMatchObject({
    impact: { agentsToMove: 5 },
    changes: [{ kind: 'deploy', version: '2.0.0' }],
  });
});

test('a version as fast as the others is suggested to nobody', async () => {
  const canary = { kind: 'deploy', pool: 'writers', version: '2.0.0', failureShare: 0, announced: true } as const;
  const lived = await episode({
    ...{ ...fleet, minutes: 120 },
    faults: [{ ...canary, atMinute: 20, factor: 0.95, agents: 3 }],
  });
  expectNotices(lived, []);
});

test('a pool of which a day needs a fraction is told once, with how many agents are enough', async () => {
  const lived = await episode({
    ...{ ...fleet, minutes: 26 * 60, arrivals: poisson(20) },
    telemetry: { ...fleet.telemetry, flushS: 60, heartbeatS: 60, sampleS: 60 },
  });
  expectNotices(lived, [
    {
      ...{ ...ofPool, between: [24 * 60 - 60, 25 * 60], state: 'firing' },
      ...{ kind: 'efficiency_opportunity', severity: 'low', title: /^Pool writers could do with 3 of its 8 agents$/ },
    },
  ]);
  // 8 agents at 1 USD an hour, 5 of them to spare.
  expect(lived.notices[0]?.body).toMatchObject({ impact: { agentsToSpare: 5, usdPerDay: 120 } });
});
