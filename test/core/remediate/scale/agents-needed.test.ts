import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { RosterEntry } from '../../../../lib/core/model/roster.ts';
import { agentsNeeded, agentsSurelyNeeded } from '../../../../lib/core/remediate/scale/agents-needed.ts';

const SLOTS = 4;
const agents = (count: number, skills?: (i: number) => Record<string, number>) =>
  Array.from({ length: count }, (_, i) => ({
    agent: `a-${i}`,
    description: { capacity: SLOTS, ...(skills ? { skills: skills(i) } : {}) },
  })) as unknown as RosterEntry[];

function demandOf(load: number, tasks: number, { serviceMs = 10_000, serviceCv = 1, count = 20 } = {}) {
  return { load, tasks, slots: SLOTS * count, serviceMs, serviceCv, shares: new Map([['draft', 1]]) };
}

describe('agents that are surely needed', () => {
  test('are never more than those that the load takes, and more tasks make more of them sure', () => {
    const figures = fc.record({
      load: fc.double({ min: 0.1, max: 60, noNaN: true }),
      tasks: fc.integer({ min: 1, max: 2_000 }),
      serviceCv: fc.double({ min: 0, max: 2, noNaN: true }),
    });
    fc.assert(
      fc.property(figures, ({ load, tasks, serviceCv }) => {
        const working = agents(20);
        const demand = demandOf(load, tasks, { serviceCv });
        const surely = agentsSurelyNeeded(demand, working);
        expect(surely).toBeLessThanOrEqual(agentsNeeded(load, demand, working)?.agents ?? 0);
        expect(agentsSurelyNeeded({ ...demand, tasks: 2 * tasks }, working)).toBeGreaterThanOrEqual(surely);
      }),
    );
  });

  test('come close to those that the load takes where many tasks ended', () => {
    const demand = demandOf(60, 20_000);
    const needed = agentsNeeded(60, demand, agents(20))?.agents ?? 0;
    expect(needed - agentsSurelyNeeded(demand, agents(20))).toBeLessThanOrEqual(1);
  });

  test('are told where hardly a task ends, because each takes longer than the minutes that are looked at', () => {
    const demand = demandOf(70, 4, { serviceMs: 1_800_000 });
    // 70 less two standard errors of a Poisson count: 53 slots at work.
    expect(agentsSurelyNeeded(demand, agents(20))).toBe(
      agentsNeeded(70 - 2 * Math.sqrt(70), demand, agents(20))?.agents,
    );
  });

  test('are those of the task type that fewest know, by the tasks of that type', () => {
    const working = agents(20, (i) => (i % 4 === 0 ? { draft: 1, audit: 1 } : { draft: 1 }));
    const shares = new Map([
      ['draft', 0.6],
      ['audit', 0.4],
    ]);
    const surely = (tasks: number) => agentsSurelyNeeded({ ...demandOf(40, tasks), shares }, working);
    expect(surely(20_000)).toBeGreaterThan(agentsNeeded(40, demandOf(40, 20_000), working)?.agents ?? 0);
    expect(surely(50)).toBeLessThan(surely(20_000));
  });

  test('are no more than there are where four in ten of the slots that can do the work are free', () => {
    const working = agents(20, (i) => (i < 3 ? { draft: 1, audit: 1 } : { draft: 1 }));
    const demandAt = (load: number) => ({
      ...demandOf(load, 200_000),
      shares: new Map([
        ['draft', 0.7],
        ['audit', 0.3],
      ]),
    });
    // Of the 12 slots that can audit 7.1 are at work, and then 7.8.
    for (const [load, isSure] of [
      [23.6, false],
      [26, true],
    ] as const) {
      expect(agentsNeeded(load, demandAt(load), working)?.agents).toBeGreaterThan(20);
      expect(agentsSurelyNeeded(demandAt(load), working) > 20).toBe(isSure);
    }
  });
});
