import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { emptyTaskRollup, type TaskRollup } from '../../../lib/core/kpi/task-rollup.ts';
import { capabilities, MAX_WEIGHT, MIN_WEIGHT, routeWeights } from '../../../lib/core/remediate/route-weights.ts';

function worked(agent: string, completed: number, serviceMs: number, failed = 0): TaskRollup {
  const rollup = emptyTaskRollup(agent, '', 'write');
  rollup.counters.completed = completed;
  rollup.counters.failed = failed;
  rollup.counters.serviceCount = completed + failed;
  rollup.counters.serviceUs = (completed + failed) * serviceMs * 1_000;
  return rollup;
}

const fleet = fc
  .uniqueArray(fc.string({ minLength: 1, maxLength: 4 }), { minLength: 2, maxLength: 40 })
  .chain((agents) =>
    fc.record({
      capability: fc
        .array(fc.double({ min: 1e-3, max: 1e3, noNaN: true }), { minLength: agents.length, maxLength: agents.length })
        .map((values) => new Map(agents.map((agent, i) => [agent, values[i] ?? 1]))),
      // At most three in ten are cut: beyond that the guardrails refuse.
      cut: fc.subarray(agents, { maxLength: Math.floor(agents.length * 0.3) }).map((names) => new Set(names)),
      before: fc.subarray(agents).chain((named) =>
        fc
          .array(fc.double({ min: 1, max: MAX_WEIGHT, noNaN: true }), {
            minLength: named.length,
            maxLength: named.length,
          })
          .map((values) => Object.fromEntries(named.map((agent, i) => [agent, values[i] ?? 1]))),
      ),
    }),
  );

describe('routing weights', () => {
  test('law: have mean 1, lie in [0.05, 3], cut exactly those that are ill, and grow by a factor of two at most', () => {
    fc.assert(
      fc.property(fleet, ({ capability, cut, before }) => {
        const weights = routeWeights(capability, cut, new Map(Object.entries(before)));
        const values = Object.values(weights);
        expect(Object.keys(weights).sort()).toEqual([...capability.keys()].sort());
        expect(values.reduce((sum, weight) => sum + weight, 0) / values.length).toBeCloseTo(1, 3);
        for (const [agent, weight] of Object.entries(weights)) {
          expect(weight).toBeGreaterThanOrEqual(MIN_WEIGHT);
          expect(weight).toBeLessThanOrEqual(MAX_WEIGHT);
          if (cut.has(agent)) expect(weight).toBe(MIN_WEIGHT);
          else if (before[agent] !== undefined) expect(weight).toBeLessThanOrEqual(2 * before[agent] + 1e-4);
        }
      }),
    );
  });

  test('lead work back in steps: 0.05, 0.1, 0.2, 0.4, 0.8, 1', () => {
    const capability = new Map(['a', 'b', 'c', 'd'].map((agent) => [agent, 1]));
    let weights = routeWeights(capability, new Set(['a']), new Map());
    const steps = [weights['a']];
    for (let minute = 0; minute < 5; minute++) {
      weights = routeWeights(capability, new Set(), new Map(Object.entries(weights)));
      steps.push(weights['a']);
    }
    expect(steps).toEqual([0.05, 0.1, 0.2, 0.4, 0.8, 1]);
  });

  test('follow slots, success and speed', () => {
    const capability = capabilities([
      { agent: 'usual', slots: 2, rollups: [worked('usual', 1_000, 1_000)] },
      { agent: 'large', slots: 4, rollups: [worked('large', 1_000, 1_000)] },
      { agent: 'quick', slots: 2, rollups: [worked('quick', 1_000, 500)] },
      { agent: 'failing', slots: 2, rollups: [worked('failing', 500, 1_000, 500)] },
    ]);
    const usual = capability.get('usual') ?? 0;
    // Within 2 %: ten tasks of the pool's figures are mixed into each agent's thousand.
    expect((capability.get('large') ?? 0) / usual).toBeCloseTo(2, 1);
    expect((capability.get('quick') ?? 0) / usual).toBeCloseTo(2, 1);
    expect((capability.get('failing') ?? 0) / usual).toBeCloseTo(0.5, 1);
  });

  test('take an agent that was hardly seen for one like its pool', () => {
    const capability = capabilities([
      { agent: 'a', slots: 1, rollups: [worked('a', 200, 1_000)] },
      { agent: 'b', slots: 1, rollups: [worked('b', 200, 1_000)] },
      { agent: 'new', slots: 1, rollups: [worked('new', 1, 8_000)] },
    ]);
    expect((capability.get('new') ?? 0) / (capability.get('a') ?? 1)).toBeGreaterThan(0.55);
  });
});
