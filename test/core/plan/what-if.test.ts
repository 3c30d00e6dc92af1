import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decidePlan, type FleetPlan, type StoredClass } from '../../../lib/core/plan/fleet-plan.ts';
import { fleetProblem } from '../../../lib/core/plan/fleet-problem.ts';
import { usualObjective } from '../../../lib/core/plan/plan-objectives.ts';
import { outlookOf } from '../../../lib/core/plan/pool-outlook.ts';
import { planAgain, planDifference, type WhatIf, whatIfFaults } from '../../../lib/core/plan/what-if.ts';
import { loadLinearSolver } from '../../../lib/highs/linear-solver.ts';
import { fleetToPlan, type PlainPool } from '../../fixtures/fleet-to-plan.ts';

const HOUR_MS = 3_600_000;
const solver = await loadLinearSolver();
const plain: PlainPool[] = [
  { pool: 'writers', agents: 4, serviceMs: { draft: 30_000 }, described: { costPerHourUsd: 2 } },
  { pool: 'readers', agents: 2, serviceMs: { review: 20_000, toString: 20_000 }, described: { costPerHourUsd: 1 } },
];
const comes = { draft: 3, review: 1, toString: 1 };
const flat = (perMin: number) => ({
  ...{ startMs: 0, stepMs: HOUR_MS, mean: [perMin, perMin] },
  quantiles: new Map([[0.9, [perMin, perMin]]]),
});
const forecasts = new Map([
  ['writers', flat(3)],
  ['readers', flat(2)],
]);
const now = {
  serviceCv: 1,
  arrivalCv: 1,
  slotsPerAgent: 1,
  availability: 1,
  objective: usualObjective,
  knownHours: 48,
};

/** Each writer is at work for 30 s of every draft: 3 drafts a minute take 1.5 of them. */
const plan: FleetPlan = decidePlan(
  {
    ...{ madeAtMs: 0, trigger: 'hour', forMs: 0, basis: { slots: 6, tasksPerMin: 5 } },
    problem: fleetProblem(fleetToPlan(plain, comes)),
    pools: [
      outlookOf({ ...now, pool: 'writers', agents: 4, tasksPerMin: 3, serviceMs: 30_000 }, flat(3), 0),
      outlookOf({ ...now, pool: 'readers', agents: 2, tasksPerMin: 2, serviceMs: 20_000 }, flat(2), 0),
      { status: 'unknown', pool: 'idle', because: 'no task of the last day told when it started' },
    ],
    stations: [
      {
        ...{ kind: 'pool', id: 'writers', agents: 4, servers: 4, limit: 1, idle: 0, isQueue: true, arrivalCv: 1 },
        demands: [['draft', { share: 1, serviceMs: 30_000, serviceCv: 1, n: 100 }]],
        measuredUtilization: 0.4,
      },
    ],
    classes: Object.entries(comes).map(([id, perMin]): StoredClass => {
      const { startMs, stepMs, mean } = flat(perMin);
      return { id, nowPerMin: perMin, startMs, stepMs, mean, quantiles: [[0.9, mean]] };
    }),
  },
  solver,
);
const again = (what: WhatIf) => planAgain(plan, what, { solver, forecasts });
const sum = (values: readonly { tasksPerMin: number }[]) =>
  values.reduce((all, { tasksPerMin }) => all + tasksPerMin, 0);

describe('a plan under other assumptions', () => {
  test('is the plan in force without any, or with what is so already', () => {
    expect(again({})).toEqual(plan);
    expect(again({ factor: 1, workload: { draft: 3 } }).allocation).toEqual(plan.allocation);
    expect(again({ pools: { readers: { agents: 2 } } }).pools).toEqual(plan.pools);
    expect(plan.allocation.unserved).toEqual([]);
  });

  test('serves twice as much with more, sees pools full that were not, and says what they lack', () => {
    const twice = again({ factor: 2.5 });
    expect(sum(twice.allocation.shares)).toBeCloseTo(12.5, 6);
    expect(twice.allocation.costPerHourUsd).toBeGreaterThan(plan.allocation.costPerHourUsd);
    // 7.5 drafts a minute are 3.75 erlangs for four.
    expect(plan.bottlenecks[0]?.utilization).toBeCloseTo(0.375, 9);
    expect(twice.bottlenecks[0]?.utilization).toBeCloseTo(0.9375, 9);
    const known = twice.pools.flatMap((its) => (its.status === 'known' ? [its] : []));
    expect(known.map(({ pool, required }) => [pool, required[0]?.perMin])).toEqual([
      ['writers', 7.5],
      ['readers', 5],
    ]);
    expect(twice.recommendations).toContainEqual(
      expect.objectContaining({ strategy: 'capacity_planning', pool: 'writers', horizon: 'immediate' }),
    );
  });

  test('lets more come to the pools that do a task type, by their share of it', () => {
    const { pools, problem } = again({ workload: { review: 3 } });
    expect(problem.taskTypes.map(({ demandPerMin }) => demandPerMin)).toEqual([3, 3, 1]);
    const [writers, readers] = pools;
    expect(writers).toEqual(plan.pools[0]);
    // One review and one of the other become three and one.
    expect(readers).toMatchObject({ required: [{ perMin: 4 }, { perMin: 4 }] });
  });

  test('with fewer agents leaves unserved what they cannot do, and has their pool full', () => {
    const one = again({ pools: { writers: { agents: 1 } } });
    expect(one.allocation.agents['writers']).toBe(1);
    expect(one.allocation.unserved).toMatchObject([{ taskType: 'draft' }]);
    expect(one.pools[0]).toMatchObject({ agents: 1 });
    expect(one.bottlenecks[0]).toMatchObject({ id: 'writers', servers: 1, utilization: 1.5 });
    expect(again({ pools: { writers: { agents: 0 } } }).allocation.agents['writers']).toBe(0);
  });

  test('may have more agents than there could be started', () => {
    const many = again({ factor: 10, pools: { writers: { agents: 40 } } });
    expect(many.allocation.agents['writers']).toBe(40);
    expect(many.allocation.unserved.filter(({ taskType }) => taskType === 'draft')).toEqual([]);
  });

  test('keeps to the least and the most of a pool', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 12 }),
        fc.integer({ min: 0, max: 12 }),
        fc.constantFrom(0.1, 1, 6),
        (a, b, factor) => {
          const [min, max] = [Math.min(a, b), Math.max(a, b)];
          const { agents } = again({ factor, pools: { writers: { min, max } } }).allocation;
          expect(agents['writers']).toBeGreaterThanOrEqual(min);
          expect(agents['writers']).toBeLessThanOrEqual(max);
        },
      ),
      { numRuns: 30 },
    );
    expect(again({ pools: { writers: { min: 20 } } }).allocation.agents['writers']).toBe(20);
  });

  test('beyond its budget is infeasible, with what stands in the way and a plan all the same', () => {
    const { allocation } = again({ budgetUsdPerHour: 1, pools: { writers: { min: 3 } } });
    expect(allocation.status).toBe('infeasible');
    expect(allocation.explanation.map(({ message }) => message).join()).toMatch(/budget/);
    expect(allocation.shares.length).toBeGreaterThan(0);
  });

  test('without the forecast of a pool does not guess what it will need', () => {
    const lost = planAgain(plan, { factor: 2 }, { solver, forecasts: new Map() });
    expect(lost.pools).toMatchObject([{ status: 'unknown' }, { status: 'unknown' }, { status: 'unknown' }]);
  });
});

describe('what a what-if may name', () => {
  const wrong: { name: string; what: WhatIf; path: string; words: RegExp }[] = [
    {
      name: 'a task type that is not known',
      what: { workload: { never: 1 } },
      path: 'workload.never',
      words: /\(draft, review, toString\)/,
    },
    {
      name: 'one that only objects have',
      what: { workload: { constructor: 1 } },
      path: 'workload.constructor',
      words: /knows no task type/,
    },
    {
      name: 'a pool that is not known',
      what: { pools: { nobody: {} } },
      path: 'pools.nobody',
      words: /\(writers, readers\)/,
    },
    {
      name: 'agents and limits at once',
      what: { pools: { writers: { agents: 1, min: 1 } } },
      path: 'pools.writers',
      words: /alone/,
    },
    {
      name: 'a least above the most',
      what: { pools: { writers: { min: 2, max: 1 } } },
      path: 'pools.writers',
      words: /lower min/,
    },
  ];
  test.each(wrong)('$name is told with where and what instead', ({ what, path, words }) => {
    expect(whatIfFaults(plan, what)).toEqual([{ path, message: expect.stringMatching(words) }]);
  });

  test('is what the plan knows', () => {
    expect(
      whatIfFaults(plan, { workload: comes, pools: { writers: { min: 1, max: 1 }, readers: { agents: 0 } } }),
    ).toEqual([]);
  });
});

test('a difference is what the other plan has more, and names only pools that change', () => {
  const before = {
    agents: { a: 2, b: 1 },
    costPerHourUsd: 5,
    unserved: [{ taskType: 't', tasksPerMin: 3, share: 0.5 }],
  };
  const other = { agents: { a: 2, c: 4 }, costPerHourUsd: 3, unserved: [] };
  expect(planDifference(before, other)).toEqual({ agents: { b: -1, c: 4 }, costPerHourUsd: -2, unservedPerMin: -3 });
});
