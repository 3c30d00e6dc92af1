import { describe, expect, test } from 'vitest';
import type { Scenario } from '../../lib/sim/scenario/scenario.ts';
import { type Expected, episode, expectNotices } from '../fixtures/episode.ts';
import { poisson, poolSpec, scenarioWith, taskTypeSpec } from '../fixtures/scenario.ts';

/** Eight agents of four slots, two thirds at work; 1 % of the tasks fail. */
const fleet: Scenario = scenarioWith({
  ...{ minutes: 60, arrivals: poisson(160) },
  pools: [poolSpec('writers', { agents: 8, slots: 4, speedSpread: 0.1 })],
  taskTypes: [
    taskTypeSpec('draft', 'writers', {
      ...{ service: { kind: 'lognormal', meanS: 8, cv: 1 }, timeoutS: 120, retries: 1, failureShare: 0.01 },
    }),
  ],
});
const faulty = (...faults: Scenario['faults']): Scenario => ({ ...fleet, faults });
const third = { targets: { agents: ['writers-03'] } };
const ofThird = { pool: 'writers', team: 'support', scope: { pool: 'writers', agent: 'writers-03' } };

interface Story {
  name: string;
  scenario: Scenario;
  expected: Expected[];
  seed?: number;
}

const stories: Story[] = [
  { name: 'nothing happens for an hour: nobody hears of anything', scenario: fleet, expected: [] },
  {
    name: 'an agent crashes and comes back',
    scenario: faulty({ kind: 'crash', atMinute: 20, minutes: 8, ...third }),
    expected: [
      { ...ofThird, between: [21, 23], state: 'firing', kind: 'system_failure', severity: 'critical' },
      { ...ofThird, between: [28, 32], state: 'resolved', kind: 'system_failure' },
    ],
  },
  {
    name: 'an agent hangs with what it holds',
    scenario: faulty({ kind: 'hang', atMinute: 20, minutes: 12, ...third }),
    expected: [
      { ...ofThird, between: [22, 26], state: 'firing', kind: 'system_failure', severity: 'critical', title: /hangs/ },
      { ...ofThird, between: [32, 38], state: 'resolved', kind: 'system_failure' },
    ],
  },
  {
    name: 'an agent becomes four times as slow',
    scenario: faulty({ kind: 'slow', atMinute: 20, minutes: 20, factor: 4, ...third }),
    expected: [
      { ...ofThird, between: [21, 27], state: 'firing', kind: 'performance_degradation', severity: 'high' },
      { ...ofThird, between: [40, 52], state: 'resolved', kind: 'performance_degradation' },
    ],
  },
  {
    name: 'an agent fails its tasks at once, and so attracts more of them',
    scenario: faulty({ kind: 'fail_fast', atMinute: 20, minutes: 15, share: 0.9, afterMs: 200, ...third }),
    expected: [
      {
        ...ofThird,
        between: [21, 22],
        state: 'firing',
        kind: 'performance_degradation',
        title: /fails \d+ % of its tasks/,
      },
      { ...ofThird, between: [35, 42], state: 'resolved', kind: 'performance_degradation' },
    ],
  },
];

describe('the life of an agent', () => {
  test.each(stories)('$name', async ({ scenario, expected, seed = 1 }) => {
    expectNotices(await episode(scenario, { seed }), expected);
  });
});

test('what an agent that attracts work is told as says so', async () => {
  const { notices } = await episode(
    faulty({ kind: 'fail_fast', atMinute: 20, minutes: 15, share: 0.9, afterMs: 200, ...third }),
  );
  expect(notices[0]?.body).toMatchObject({ why: expect.stringContaining('It attracts work') });
});

describe('no false alarm', () => {
  test('where telemetry comes up to two minutes late', async () => {
    const late = { ...fleet, telemetry: { ...fleet.telemetry, delayMinutes: 2 } };
    expectNotices(await episode(late), []);
  });

  test('where the clocks of senders are off by half a minute', async () => {
    expectNotices(await episode({ ...fleet, telemetry: { ...fleet.telemetry, clockSkewS: 30 } }), []);
  });

  test('where one in 500 requests is lost, and one in ten comes twice', async () => {
    const lossy = { ...fleet, telemetry: { ...fleet.telemetry, lossShare: 0.002, duplicateShare: 0.1 } };
    expectNotices(await episode(lossy), []);
  });
});
