import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readProblem } from '../../../lib/core/optimize/read-problem.ts';
import { fleetProblem } from '../../../lib/core/plan/fleet-problem.ts';
import { efficiency, estimate, fleetToPlan } from '../../fixtures/fleet-to-plan.ts';
import { rosterEntry } from '../../fixtures/work-chunks.ts';

describe('an agent in a planning problem', () => {
  test('has its slots, its cost and what was measured of each task type that comes', () => {
    const entry = rosterEntry('a', 'p', { team: 'x', capacity: 3, costPerHourUsd: 2 });
    const rows = [
      efficiency('a', 't', 5_000, { costUsd: estimate(0.02), quality: estimate(0.9), successRatio: estimate(0.8) }),
      efficiency('a', 'gone', 5_000),
      efficiency('a', 'untimed', null),
    ];
    const demand = ['t', 'untimed'].map((taskType) => ({ taskType, tasksPerMin: 4, pool: 'p' }));
    const { agents, taskTypes } = fleetProblem({
      ...{ agents: [{ entry, isHealthy: true }], efficiency: new Map([['p', rows]]), demand, shares: [] },
      budgetUsdPerHour: null,
    });
    expect(agents[0]).toEqual({
      ...{
        id: 'a',
        pool: 'p',
        team: 'x',
        count: { now: 1, min: 0, max: 1 },
        slots: 3,
        costPerHourUsd: 2,
        healthy: true,
      },
      skills: { t: { serviceMs: 5_000, tokenCostUsd: 0.02, quality: 0.9, successRatio: 0.8 } },
    });
    expect(taskTypes).toEqual(demand.map(({ taskType }) => ({ id: taskType, demandPerMin: 4, pool: 'p' })));
  });

  test('that declared skills has no others, whatever its pool does', () => {
    const fleet = fleetToPlan(
      [{ pool: 'p', agents: 1, serviceMs: { t: 5, toString: 7 }, described: { skills: { t: 1 } } }],
      {
        ...{ t: 1, toString: 1 },
      },
    );
    expect(Object.keys(fleetProblem(fleet).agents[0]?.skills ?? {})).toEqual(['t']);
  });

  test('that is not well gets no work', () => {
    const fleet = fleetToPlan([{ pool: 'p', agents: 2, serviceMs: { t: 5 } }], { t: 1 });
    const [first, ...others] = fleet.agents;
    const { agents } = fleetProblem({ ...fleet, agents: [{ ...first!, isHealthy: false }, ...others] });
    expect(agents.map(({ id, healthy }) => [id, healthy])).toEqual([
      ['p-1', false],
      ['p-2', true],
      ['p/more', true],
    ]);
  });
});

test('as many agents of a pool stay as it must have at least, the quickest of those that are well', () => {
  const fleet = fleetToPlan([{ pool: 'p', agents: 3, serviceMs: { t: 5_000 }, described: { min: 2, max: 3 } }], {
    t: 1,
  });
  const [first, ...others] = fleet.agents;
  const { agents } = fleetProblem({ ...fleet, agents: [{ ...first!, isHealthy: false }, ...others] });
  expect(agents.map(({ id, count }) => [id, count.min])).toEqual([
    ['p-1', 0],
    ['p-2', 1],
    ['p-3', 1],
  ]);
});

describe('agents that could be started', () => {
  test.each([
    { name: 'are as many as the pool may have more', agents: 3, max: 5, more: 2 },
    { name: 'are none where it has all that it may', agents: 3, max: 3, more: undefined },
    { name: 'are four in a small pool without a limit', agents: 2, max: undefined, more: 4 },
    { name: 'are as many as there are in a larger one', agents: 9, max: undefined, more: 9 },
  ])('$name', ({ agents, max, more }) => {
    const described = max === undefined ? {} : { max };
    const problem = fleetProblem(fleetToPlan([{ pool: 'p', agents, serviceMs: { t: 5 }, described }], { t: 1 }));
    expect(problem.agents.find(({ id }) => id === 'p/more')?.count.max).toBe(more);
  });

  test('are as good as the middle one of those that are there', () => {
    const fleet = fleetToPlan([{ pool: 'p', agents: 3, serviceMs: { t: 1 } }], { t: 1 });
    const rows = [9_000, 2_000, 4_000].map((ms, i) => efficiency(`p-${i + 1}`, 't', ms));
    const { agents } = fleetProblem({ ...fleet, efficiency: new Map([['p', rows]]) });
    expect(agents.at(-1)).toMatchObject({ id: 'p/more', skills: { t: { serviceMs: 4_000 } } });
  });
});

describe('what is in force', () => {
  test('is counted for agents and task types that the problem has', () => {
    const fleet = fleetToPlan([{ pool: 'p', agents: 1, serviceMs: { t: 5 } }], { t: 3 });
    const shares = [
      ...fleet.shares,
      { taskType: 't', agent: 'gone', tasksPerMin: 1 },
      { taskType: 'u', agent: 'p-1', tasksPerMin: 1 },
    ];
    expect(fleetProblem({ ...fleet, shares }).current).toEqual({ shares: fleet.shares });
  });

  test('of a large fleet is that of groups of agents that are alike, with nobody lost', () => {
    const fleet = fleetToPlan([{ pool: 'p', agents: 150, serviceMs: { t: 5_000 } }], { t: 30 });
    const shares = fleet.agents.map(({ entry }) => ({ taskType: 't', agent: entry.agent, tasksPerMin: 0.2 }));
    const { agents, current } = fleetProblem({ ...fleet, shares });
    expect(agents).toMatchObject([
      { id: 'p-1', count: { now: 150, min: 0, max: 150 } },
      { id: 'p/more', count: { now: 0, min: 0, max: 150 } },
    ]);
    expect(current?.shares).toEqual([{ taskType: 't', agent: 'p-1', tasksPerMin: expect.closeTo(30, 9) }]);
  });
});

test('whatever the fleet, its problem is one that can be planned for', () => {
  const name = fc.oneof(
    fc.constantFrom('t', 'u', '__proto__', 'constructor', 'toString'),
    fc.stringMatching(/^[a-z]{1,5}$/),
  );
  const pool = fc.record({
    pool: name,
    agents: fc.oneof(fc.integer({ min: 1, max: 5 }), fc.constant(120)),
    serviceMs: fc.dictionary(name, fc.double({ min: 0.01, max: 1e6, noNaN: true }), { maxKeys: 3 }),
    described: fc.record(
      { capacity: fc.double({ min: 0.1, max: 9, noNaN: true }), max: fc.integer({ min: 1, max: 9 }) },
      { requiredKeys: [] },
    ),
  });
  const pools = fc.uniqueArray(pool, { selector: (its) => its.pool, maxLength: 3 });
  const demand = fc.dictionary(name, fc.double({ min: 0, max: 1_000, noNaN: true }), { maxKeys: 4 });
  fc.assert(
    fc.property(pools, demand, (some, comes) => {
      expect(readProblem(fleetProblem(fleetToPlan(some, comes)))).toMatchObject({ status: 'read' });
    }),
  );
});
