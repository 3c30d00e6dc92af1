import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  addDuration,
  countWithin,
  emptySketch,
  sketchCount,
  sketchQuantile,
} from '../../../lib/core/kpi/latency-sketch.ts';
import { budgetedKpiIds, type KpiId, kpiBudget } from '../../../lib/core/kpi/registry.ts';
import { figuresWith, type GivenFigures } from '../../fixtures/scope-figures.ts';

const tasks = { completed: 6, failed: 2, timeout: 1, rejected: 1, cancelled: 5 };

/** For every KPI that can have a budget, counts worked out by hand. */
const golden: { kpi: KpiId; given: GivenFigures; limit?: number; counted: object }[] = [
  // 6 of 6 + 2 + 1 + 1; the cancelled ones do not count.
  { kpi: 'task_completion_rate', given: { tasks }, counted: { good: 6, total: 10 } },
  // 6 + 5 of all 15.
  { kpi: 'error_ratio', given: { tasks }, counted: { good: 11, total: 15 } },
  {
    kpi: 'service_level_agreement_compliance',
    given: { tasks: { ...tasks, slaTotal: 8, slaMet: 5 } },
    counted: { good: 5, total: 8 },
  },
  {
    kpi: 'average_response_time',
    // 0, 90, 980 and 1,000 − 2 % lie below, 1,020 and 5,000 above.
    given: { responsesMs: [0, 90, 980, 1_020, 5_000] },
    limit: 1_000,
    counted: { good: 3, total: 5 },
  },
  {
    kpi: 'end_to_end_latency',
    given: { durationsMs: [500, 1_500, 2_500] },
    limit: 2_000,
    counted: { good: 2, total: 3 },
  },
  {
    kpi: 'system_availability',
    given: { use: { expectedMinutes: 20, liveMinutes: 18 } },
    counted: { good: 18, total: 20 },
  },
  { kpi: 'customer_satisfaction', given: { tasks: { csatCount: 9, csatGood: 7 } }, counted: { good: 7, total: 9 } },
  // Tasks for 1.5 USD and two agent-hours at 3 USD.
  {
    kpi: 'cost_per_task',
    given: {
      tasks: { completed: 4, costNanoUsd: 1.5e9 },
      use: { thereMinutes: 120, rateMinutes: 120, rateNanoUsd: 6e9 },
    },
    counted: { spent: 7.5, n: 4 },
  },
  // Without a task that completed there is no cost per task, but there is cost.
  { kpi: 'cost_per_task', given: { tasks: { failed: 1, costNanoUsd: 2e9 } }, counted: { spent: 2, n: 0 } },
  {
    kpi: 'cost_per_task',
    given: { tasks: { completed: 1, costNanoUsd: 2e9 }, use: { thereMinutes: 100, rateMinutes: 50, rateNanoUsd: 1 } },
    counted: { spent: null, n: 1, reason: expect.stringContaining('unknown of 50 of 100 agent-minutes') },
  },
  {
    kpi: 'revenue_impact',
    given: { tasks: { ...tasks, revenueMicroUsd: 5e6, revenueAtRiskMicroUsd: 2e6 } },
    counted: { spent: 2, n: 10 },
  },
  { kpi: 'revenue_impact', given: { tasks: { ...tasks, revenueMicroUsd: 5e6 } }, counted: { spent: 0, n: 10 } },
  {
    kpi: 'revenue_impact',
    given: { tasks },
    counted: { spent: null, n: 10, reason: expect.stringMatching(/no task gave/) },
  },
];

describe('a budget counts', () => {
  test.each(golden)('$kpi: $counted', ({ kpi, given, limit = 0, counted }) => {
    expect(kpiBudget(kpi).count(figuresWith(given), limit)).toEqual(counted);
  });

  test('of every KPI that can have one', () => {
    expect([...new Set(golden.map(({ kpi }) => kpi))].sort()).toEqual([...budgetedKpiIds].sort());
    expect(() => kpiBudget('queue_depth')).toThrow(RangeError);
  });
});

describe('values within a limit', () => {
  const values = fc.array(fc.integer({ min: 0, max: 10_000_000 }), { minLength: 1, maxLength: 60 });
  const sketchOf = (all: readonly number[]) => {
    const sketch = emptySketch();
    for (const value of all) addDuration(sketch, value);
    return sketch;
  };

  test('are counted exactly but for those within 1 % of it', () => {
    fc.assert(
      fc.property(values, fc.integer({ min: 1, max: 10_000_000 }), (all, limit) => {
        const counted = countWithin(sketchOf(all), limit);
        expect(counted).toBeGreaterThanOrEqual(all.filter((value) => value <= limit * 0.99).length);
        expect(counted).toBeLessThanOrEqual(all.filter((value) => value <= limit * 1.01).length);
      }),
    );
  });

  test('are a share of q or more exactly where the q-quantile is within it', () => {
    fc.assert(
      fc.property(values, fc.integer({ min: 1, max: 10_000_000 }), fc.constantFrom(0.5, 0.9, 0.95), (all, limit, q) => {
        const sketch = sketchOf(all);
        const isWithin = (sketchQuantile(sketch, q) ?? 0) <= limit;
        expect(countWithin(sketch, limit) >= Math.ceil(q * sketchCount(sketch) - 1e-9)).toBe(isWithin);
      }),
    );
  });
});
