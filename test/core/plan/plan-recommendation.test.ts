import { describe, expect, test } from 'vitest';
import type { WorkloadForecast } from '../../../lib/core/capacity/workload-forecast.ts';
import { allocate } from '../../../lib/core/optimize/allocate.ts';
import { fleetProblem } from '../../../lib/core/plan/fleet-problem.ts';
import { usualObjective } from '../../../lib/core/plan/plan-objectives.ts';
import { planRecommendations } from '../../../lib/core/plan/plan-recommendation.ts';
import { outlookOf } from '../../../lib/core/plan/pool-outlook.ts';
import { loadLinearSolver } from '../../../lib/highs/linear-solver.ts';
import { fleetToPlan } from '../../fixtures/fleet-to-plan.ts';

const HOUR_MS = 3_600_000;
const solver = await loadLinearSolver();
const problem = fleetProblem(
  fleetToPlan([{ pool: 'p', agents: 8, serviceMs: { t: 30_000 }, described: { costPerHourUsd: 2 } }], { t: 4 }),
);
const allocation = allocate(problem, solver);

function pool(perMin: readonly number[], agents = 8, nowMs = 0) {
  const forecast: WorkloadForecast = {
    ...{ startMs: 0, stepMs: HOUR_MS, mean: perMin },
    quantiles: new Map([
      [0.1, perMin.map((value) => value * 0.9)],
      [0.9, perMin.map((value) => value * 1.1)],
    ]),
  };
  const now = {
    serviceMs: 30_000,
    serviceCv: 1,
    arrivalCv: 1,
    slotsPerAgent: 1,
    availability: 1,
    objective: usualObjective,
    knownHours: 48,
  };
  return outlookOf({ ...now, pool: 'p', agents, tasksPerMin: perMin[0] as number }, forecast, nowMs);
}
const hours = (count: number, perMin: number) => new Array<number>(count).fill(perMin);
const about = (...outlooks: ReturnType<typeof pool>[]) => planRecommendations(outlooks, problem, allocation);

describe('a pool that will not carry what comes', () => {
  test('should have more agents by the hour that needs most, and hears by when to ask for them', () => {
    const [it, ...others] = about(pool([...hours(6, 4), ...hours(6, 30)]));
    expect(others).toEqual([]);
    expect(it).toMatchObject({ strategy: 'capacity_planning', horizon: 'immediate', pool: 'p' });
    expect(it?.title).toMatch(/^Have \d+ agents in pool p by 1970-01-01 06:00 UTC: \d+ more than now$/);
    expect(it?.why.at(-1)).toMatch(
      /^Ask for the first 2\d by 1970-01-01 05:\d\d, so that they work at|^Ask for the first/,
    );
    // 33 a minute in nine of ten cases, less what eight carry.
    expect(it?.expectedGain.tasksPerMin).toBeCloseTo(33 - (pool([30]).capacityPerMin as number), 6);
    expect(it?.confidence).toBeGreaterThan(0.99);
  });

  test('hears that it is late where agents cannot start in time', () => {
    expect(about(pool([30]))[0]?.why.at(-1)).toMatch(/sooner than they can start: ask for them now/);
  });
});

describe('a pool with agents to spare', () => {
  test('can do with fewer, and saves what these cost', () => {
    const outlook = pool(hours(24, 4));
    const spare = 8 - (outlook.peak?.agents ?? 0);
    expect(spare).toBeGreaterThan(1);
    expect(about(outlook)).toMatchObject([
      { strategy: 'capacity_planning', horizon: 'medium', pool: 'p', expectedGain: { usdPerHour: 2 * spare } },
    ]);
  });

  test.each([
    { name: 'fewer than 24 hours are forecast', outlook: pool(hours(23, 4)) },
    { name: 'one of the hours needs them', outlook: pool([...hours(24, 4), 8]) },
  ])('is left alone where $name', ({ outlook }) => {
    expect(about(outlook).filter(({ horizon }) => horizon === 'medium')).toEqual([]);
  });
});

describe('work that should move to another pool', () => {
  const two = fleetToPlan(
    [
      { pool: 'slow', agents: 4, serviceMs: { t: 60_000 }, described: { costPerHourUsd: 5 } },
      { pool: 'quick', agents: 4, serviceMs: { t: 10_000 }, described: { costPerHourUsd: 1 } },
    ],
    { t: 2 },
  );

  test('is told with how much the plan gives it, where it is a tenth of all or more', () => {
    const moving = fleetProblem(two);
    expect(planRecommendations([], moving, allocate(moving, solver))).toMatchObject([
      {
        strategy: 'resource_reallocation',
        horizon: 'immediate',
        pool: 'quick',
        title: /^Let pool quick do 2.0 more t/,
      },
    ]);
  });

  test('is not where it is done as planned, nor where nobody knows what is in force', () => {
    const settled = fleetProblem({ ...two, shares: [{ taskType: 't', agent: 'quick-1', tasksPerMin: 2 }] });
    expect(planRecommendations([], settled, allocate(settled, solver))).toEqual([]);
    const unknown = fleetProblem({ ...two, shares: [] });
    expect(planRecommendations([], unknown, allocate(unknown, solver))).toEqual([]);
  });
});
