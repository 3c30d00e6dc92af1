import { beforeAll, describe, expect, test } from 'vitest';
import { optimizeFleet, optimizeFleets } from '../../lib/app/optimize-fleet.ts';
import { planWhatIf } from '../../lib/app/plan-what-if.ts';
import type { FleetPlan } from '../../lib/core/plan/fleet-plan.ts';
import { PlannedFleet, type PoolAtWork, SYSTEM } from '../fixtures/planned-fleet.ts';

const START_MS = Date.parse('2026-03-02T10:00:00Z');
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

/** 24 drafts and 8 reviews a minute; each writer is at work for 6 × 4 s of 2 × 60 s. */
const pools: PoolAtWork[] = [
  {
    ...{ pool: 'writers', agents: 4, capacity: 2, costPerHourUsd: 1.5 },
    tasks: [{ taskType: 'draft', perMin: 6, durationMs: 4_000, costUsd: 0.01 }],
  },
  {
    ...{ pool: 'readers', agents: 2, capacity: 1, costPerHourUsd: 1 },
    tasks: [{ taskType: 'review', perMin: 4, durationMs: 5_000 }],
  },
];

async function planOf(fleet: PlannedFleet): Promise<FleetPlan> {
  const plan = await fleet.stores.plans.readPlan(SYSTEM);
  if (!plan) throw new Error('there is no plan');
  return plan;
}

const perMinOf = ({ allocation }: FleetPlan, taskType: string) =>
  allocation.shares.reduce((sum, share) => sum + (share.taskType === taskType ? share.tasksPerMin : 0), 0);

describe('a fleet of an hour that is not over yet', () => {
  const fleet = new PlannedFleet(START_MS);
  beforeAll(() => fleet.workUntil(START_MS + 20 * MINUTE_MS, pools));

  test('has a plan for what comes now, and says of its pools that nothing can be forecast yet', async () => {
    expect(await fleet.plan()).toEqual([
      { system: SYSTEM, status: 'planned', trigger: 'hour', outlooks: 0, plan: 'optimal' },
    ]);
    const plan = await planOf(fleet);
    expect(plan.pools.map(({ pool, status }) => [pool, status])).toEqual([
      ['readers', 'unknown'],
      ['writers', 'unknown'],
    ]);
    // Of the hour before, only the twenty minutes count in which there was a fleet.
    expect(perMinOf(plan, 'draft')).toBeCloseTo(24, 6);
    expect(plan.allocation.unserved).toEqual([]);
  });
});

describe('a fleet of three hours', () => {
  const fleet = new PlannedFleet(START_MS);
  beforeAll(async () => {
    expect(await fleet.plan()).toEqual([]);
    await fleet.workUntil(START_MS + 3 * HOUR_MS + 20 * MINUTE_MS, pools);
    expect(await fleet.plan()).toEqual([
      { system: SYSTEM, status: 'planned', trigger: 'hour', outlooks: 5, plan: 'optimal' },
    ]);
  }, 120_000);

  test.each([
    { scope: 'fleet', perMin: 32 },
    { scope: 'pool:writers', perMin: 24 },
    { scope: 'pool:readers', perMin: 8 },
    { scope: 'taskType:draft', perMin: 24 },
    { scope: 'taskType:review', perMin: 8 },
  ])('expects of $scope what it does in every hour: $perMin tasks a minute', async ({ scope, perMin }) => {
    const outlook = await fleet.stores.plans.readOutlook(SYSTEM, scope);
    expect(outlook).toMatchObject({ scope, madeAtMs: fleet.nowMs, startMs: START_MS + 3 * HOUR_MS, stepMs: HOUR_MS });
    // The hour in which it began is not one of those it was made from.
    expect(outlook?.history).toEqual({ known: 2, imported: 0, borrowed: 0 });
    expect(outlook?.mean).toHaveLength(48);
    for (const value of outlook?.mean ?? []) expect(value).toBeCloseTo(perMin, 6);
  });

  test('plans for all that comes nine times in ten, with no more agents than that takes', async () => {
    const plan = await planOf(fleet);
    const { allocation, problem } = plan;
    expect(allocation.unserved).toEqual([]);
    for (const { id, demandPerMin } of problem.taskTypes) expect(perMinOf(plan, id)).toBeCloseTo(demandPerMin, 6);
    // 24 drafts of 4 s a minute keep 1.6 of 8 slots at work, 8 reviews of 5 s two thirds of one.
    expect(allocation.agents['writers']).toBeLessThan(4);
    expect(allocation.agents['writers']).toBeGreaterThanOrEqual(1);
    expect(allocation.costPerHourUsd).toBeLessThan(4 * 1.5 + 2 + 60 * 24 * 0.01 + 0.01);
    expect(plan).toMatchObject({ madeAtMs: fleet.nowMs, forMs: fleet.nowMs, trigger: 'hour' });
    expect(plan.basis).toEqual({ slots: 10, tasksPerMin: 32 });
  });

  test('says which pool is full first, and who has agents to spare', async () => {
    const { bottlenecks, recommendations, pools: outlooks } = await planOf(fleet);
    expect(bottlenecks.map(({ kind, id }) => [kind, id])).toEqual([
      ['pool', 'readers'],
      ['pool', 'writers'],
    ]);
    expect(outlooks).toMatchObject([
      { status: 'known', pool: 'readers', agents: 2, tasksPerMin: 8, serviceMs: 5_000, slotsPerAgent: 1 },
      { status: 'known', pool: 'writers', agents: 4, tasksPerMin: 24, serviceMs: 4_000, slotsPerAgent: 2 },
    ]);
    const writers = recommendations.filter(({ pool }) => pool === 'writers');
    expect(writers).toMatchObject([{ strategy: 'capacity_planning', horizon: 'medium' }]);
  });

  test('made again at the same moment it is the same plan', async () => {
    const before = await planOf(fleet);
    await fleet.plan();
    expect(await planOf(fleet)).toEqual(before);
  });

  test('a plan that a slower run makes does not replace a newer one', async () => {
    const before = await planOf(fleet);
    const late = { ...fleet.deps, nowMs: () => fleet.nowMs - MINUTE_MS };
    expect(await optimizeFleet(late, SYSTEM, 'load moved')).toEqual({ system: SYSTEM, status: 'overtaken' });
    expect(await planOf(fleet)).toEqual(before);
  });

  test('remembers what agents did, up to the newest minute', async () => {
    const work = await fleet.stores.plans.readWork(SYSTEM);
    expect(work?.through).toBe(fleet.nowMs / MINUTE_MS - 1);
    expect([...(work?.work.keys() ?? [])].sort()).toEqual([
      ...['readers-1', 'readers-2', 'writers-1', 'writers-2', 'writers-3', 'writers-4'],
    ]);
  });

  test('an hour later what was forecast is compared with what came', async () => {
    await fleet.workUntil(START_MS + 4 * HOUR_MS + 20 * MINUTE_MS, pools);
    await fleet.plan();
    const outlook = await fleet.stores.plans.readOutlook(SYSTEM, 'pool:writers');
    expect(outlook?.accuracy.hours).toBe(1);
    expect(outlook?.accuracy.actual).toBeCloseTo(24, 6);
    expect(outlook?.accuracy.absoluteError).toBeCloseTo(0, 6);
  });

  test('and kept as a metric with a history of its own', async () => {
    const read = (scope: string) => {
      const [from, to] = [START_MS, START_MS + 5 * HOUR_MS].map((ms) => ms / MINUTE_MS) as [number, number];
      return fleet.stores.metrics.read(SYSTEM, `metric:forecast_error.${scope}`, 'hour', from, to);
    };
    const [point, ...more] = await read('pool:writers');
    expect(more).toEqual([]);
    expect(point).toMatchObject({ at: (START_MS + 3 * HOUR_MS) / MINUTE_MS, metric: { count: 1, unit: 'ratio' } });
    expect(point?.metric?.last?.value).toBeCloseTo(0, 6);
    expect(await read('fleet')).toHaveLength(1);
  });

  test('a plan is asked for out of turn once so many agents are gone, and not before', async () => {
    expect(fleet.published.filter((message) => 'planDue' in message)).toEqual([]);
    const fewer = pools.map((pool) => (pool.pool === 'writers' ? { ...pool, agents: 2 } : pool));
    await fleet.workUntil(fleet.nowMs + 10 * MINUTE_MS, fewer);
    const due = fleet.published.filter((message) => 'planDue' in message);
    expect(due[0]).toMatchObject({ system: SYSTEM, trigger: expect.stringMatching(/^(capacity|load) moved$/) });
  });
});

test('of a system from which nothing came yet there is no plan', async () => {
  const fleet = new PlannedFleet(START_MS);
  expect(await optimizeFleet(fleet.deps, SYSTEM, 'hour')).toEqual({ system: SYSTEM, status: 'nothing-known' });
  expect(await fleet.stores.plans.readPlan(SYSTEM)).toBeNull();
});

test('names that objects have of their own are names like others', async () => {
  const fleet = new PlannedFleet(START_MS);
  const names = ['__proto__', 'constructor', 'toString'];
  const odd = names.map((name): PoolAtWork => {
    return { pool: name, agents: 1, capacity: 1, tasks: [{ taskType: name, perMin: 2, durationMs: 1_000 }] };
  });
  await fleet.workUntil(START_MS + 2 * HOUR_MS + 5 * MINUTE_MS, odd);
  await fleet.plan();
  const plan = await planOf(fleet);
  expect(Object.keys(plan.allocation.agents).sort()).toEqual(names.toSorted());
  expect(plan.allocation.unserved).toEqual([]);
  for (const name of names) expect(perMinOf(plan, name)).toBeGreaterThan(1.9);
  for (const scope of names.flatMap((name) => [`pool:${name}`, `taskType:${name}`])) {
    expect(await fleet.stores.plans.readOutlook(SYSTEM, scope)).toMatchObject({ scope });
  }
  const what = { workload: { constructor: 5 }, pools: JSON.parse('{"__proto__": {"agents": 3}}') };
  const outcome = await planWhatIf(fleet.deps, SYSTEM, what);
  expect(outcome).toMatchObject({ status: 'planned' });
  const again = outcome.status === 'planned' ? outcome.plan : plan;
  expect(Object.entries(again.allocation.agents)).toContainEqual(['__proto__', 3]);
  expect(perMinOf(again, 'constructor')).toBeCloseTo(5, 6);
}, 60_000);

test('a system that fails does not keep others from their plans, and is told with its name', async () => {
  const fleet = new PlannedFleet(START_MS);
  await fleet.workUntil(START_MS + 2 * MINUTE_MS, pools, 'first');
  await fleet.workUntil(START_MS + 4 * MINUTE_MS, pools, 'second');
  const { plans } = fleet.stores;
  const broken: typeof plans = {
    ...plans,
    readWork: async (system) => {
      if (system === 'first') throw new Error('injected: the table cannot be reached');
      return plans.readWork(system);
    },
  };
  await expect(optimizeFleets({ ...fleet.deps, plans: broken }, 'hour')).rejects.toThrow(/first: .*cannot be reached/);
  expect(await plans.readPlan('first')).toBeNull();
  expect(await plans.readPlan('second')).toMatchObject({ trigger: 'hour' });
});
