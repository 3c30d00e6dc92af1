import { test } from 'vitest';
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

test('an agent that turns slow is told once, and that it is over', async () => {
  const lived = await episode({ ...fleet, faults: [{ kind: 'slow', atMinute: 20, minutes: 15, targets, factor: 5 }] });
  expectNotices(lived, [
    { ...about, between: [21, 24], state: 'firing', kind: 'performance_degradation', severity: 'high' },
    { ...about, between: [37, 46], state: 'resolved', kind: 'performance_degradation' },
  ]);
});

test('a black hole is told within two minutes, and that it attracts work', async () => {
  const lived = await episode({
    ...fleet,
    faults: [{ kind: 'fail_fast', atMinute: 20, minutes: 15, targets, share: 0.95, afterMs: 300 }],
  });
  expectNotices(lived, [
    {
      ...{ ...about, between: [21, 22], state: 'firing', kind: 'performance_degradation', severity: 'high' },
      title: /^Agent writers-03 fails at \d+ % of its tasks$/,
    },
    { ...about, between: [37, 42], state: 'resolved', kind: 'performance_degradation' },
  ]);
});

test('an agent that hangs is told as slow while its tasks are given up, and then as what it is', async () => {
  const lived = await episode({ ...fleet, faults: [{ kind: 'hang', atMinute: 20, minutes: 15, targets }] });
  expectNotices(lived, [
    { ...about, between: [22, 24], state: 'firing', kind: 'performance_degradation' },
    { ...about, between: [25, 27], state: 'firing', kind: 'system_failure', severity: 'critical' },
    // Nobody has acknowledged it for ten minutes.
    { ...about, between: [35, 38], state: 'firing', kind: 'system_failure' },
    { ...about, between: [36, 40], state: 'resolved', kind: 'system_failure' },
    { ...about, between: [36, 46], state: 'resolved', kind: 'performance_degradation' },
  ]);
});

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

test('clocks that are half a minute off are no news', async () => {
  expectNotices(await episode({ ...fleet, telemetry: { ...fleet.telemetry, clockSkewS: 30 } }), []);
});
