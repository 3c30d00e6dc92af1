import { expect, test } from 'vitest';
import type { FleetObservation, ObservedAgent } from '../../../lib/core/bottleneck/observe-fleet.ts';
import { rankBottlenecks } from '../../../lib/core/bottleneck/rank-bottlenecks.ts';

const MINUTES = 10;
const series = (value: number) => new Float64Array(MINUTES).fill(value);

/** One slot, at work for so many seconds of each minute. */
function agent(name: string, pool: string, busyS: number): ObservedAgent {
  return {
    ...{ agent: name, pool, servers: 1, isServersAssumed: false, minutesThere: MINUTES, busyUs: series(busyS * 1e6) },
    ...{ completed: series(6), waited: series(6), waitUs: series(6e6), serviceUs: series(busyS * 1e6) },
    queued: series(1),
  };
}

function observed(agents: ObservedAgent[], more: Partial<FleetObservation> = {}): FleetObservation {
  const none = { parts: [], resources: [] };
  return { minutes: MINUTES, agents, ...none, workflows: series(12), tasks: series(24), ...more };
}

test('by hand: two pools, what each asks of a workflow, the bound and what relieving it brings', () => {
  const { bottlenecks, system, flows } = rankBottlenecks(
    observed([agent('a-1', 'a', 48), agent('a-2', 'a', 48), agent('b-1', 'b', 30)]),
  );
  // Pool a: 96 s of 120 s a minute; 12 workflows a minute, so 8 s each. At 0.8 busy the bound is 12 / 0.8 = 15.
  // With three agents a is at 0.533, and with half its demand at 0.4: then b, at 0.5, limits to 24.
  expect(bottlenecks).toMatchObject([
    {
      ...{ rank: 1, kind: 'pool', id: 'a', servers: 2 },
      expectedGain: { oneMoreAgent: { gain: expect.closeTo(0.5, 9) }, next: { kind: 'pool', id: 'b' } },
    },
    { rank: 2, kind: 'pool', id: 'b', confidence: null },
  ]);
  const [first] = bottlenecks;
  expect(first?.utilization).toBeCloseTo(0.8, 9);
  expect(first?.demandMs).toBeCloseTo(8_000, 6);
  expect(first?.waitShare).toBeCloseTo(12 / (12 + 96), 9);
  expect(first?.expectedGain?.demandHalved.boundPerMin).toBeCloseTo(24, 9);
  expect(first?.confidence).toBeGreaterThan(0.95);
  expect(system).toMatchObject({ jobs: 'workflows', completed: 120, throughputPerMin: 12, isBalanced: true });
  expect(system.boundPerMin).toBeCloseTo(15, 9);
  expect(flows.map(({ isBalanced }) => isBalanced)).toEqual([true, true]);
});

test('an agent that is full while the others of its pool have room comes before the pool', () => {
  const { bottlenecks } = rankBottlenecks(
    observed([agent('a-1', 'a', 57), agent('a-2', 'a', 12), agent('b-1', 'b', 30)]),
  );
  expect(bottlenecks.map(({ kind, id }) => `${kind} ${id}`)).toEqual(['agent a-1', 'pool a', 'pool b']);
});

test('an agent that came within the window does not stand for itself, however busy it is', () => {
  const { bottlenecks } = rankBottlenecks(
    observed([{ ...agent('a-1', 'a', 57), minutesThere: 9 }, agent('a-2', 'a', 12), agent('b-1', 'b', 30)]),
  );
  expect(bottlenecks.map(({ kind, id }) => `${kind} ${id}`)).toEqual(['pool a', 'pool b']);
});

test('more work than slots can do is told, and is neither sure nor a bound below what was done', () => {
  const { bottlenecks, system } = rankBottlenecks(observed([agent('a-1', 'a', 150), agent('b-1', 'b', 30)]));
  const [first, second] = bottlenecks;
  expect(first).toMatchObject({ id: 'a', confidence: null, expectedGain: { boundPerMin: 12 } });
  expect(first?.utilization).toBeCloseTo(2.5, 9);
  expect(first?.evidence.join()).toContain('more than its slots can do');
  expect(second?.evidence.join()).not.toContain('more than its slots can do');
  expect(system.boundPerMin).toBe(12);
});

test('CPU that is used up limits before slots that are not', () => {
  const resources = [{ kind: 'cpu' as const, pool: 'a', use: series(0.97) }];
  const { bottlenecks } = rankBottlenecks(observed([agent('a-1', 'a', 40)], { resources }));
  expect(bottlenecks.map(({ kind, id }) => `${kind} ${id}`)).toEqual(['resource cpu:a', 'pool a']);
});

test('a backlog that grows is told, in the words of its pool too', () => {
  const growing = { ...agent('a-1', 'a', 60), queued: series(0).map((_, i) => 2 * i) };
  const { bottlenecks, flows, system } = rankBottlenecks(observed([growing]));
  expect(flows).toMatchObject([{ pool: 'a', isBalanced: false, backlogGrowthPerMin: expect.closeTo(2, 9) }]);
  expect(system.isBalanced).toBe(false);
  expect(bottlenecks[0]?.evidence.join()).toContain('its backlog grows by 2.0 tasks a minute');
});

test('without anybody at work there is nothing to rank', () => {
  expect(rankBottlenecks(observed([], { workflows: series(0), tasks: series(0) })).bottlenecks).toEqual([]);
});
