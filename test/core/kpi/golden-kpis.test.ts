import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Kpi } from '../../../lib/core/kpi/kpi.ts';
import type { ScopeKind } from '../../../lib/core/kpi/kpi-scope.ts';
import type { KpiValue } from '../../../lib/core/kpi/kpi-value.ts';
import { dependsOnPool, type KpiId, kpiIds, kpiIdsFor, kpis, kpiValue } from '../../../lib/core/kpi/registry.ts';
import { inWindow } from '../../../lib/core/kpi/scope-figures.ts';
import { arbitraryFigures } from '../../fixtures/arbitrary-figures.ts';
import { figuresWith, type GivenFigures } from '../../fixtures/scope-figures.ts';

interface Golden {
  /** Figures of ten minutes. */
  given: GivenFigures;
  of?: ScopeKind;
  value: number;
  n: number;
  parts?: Record<string, number | null>;
  percentiles?: readonly [p50: number, p95: number, p99: number];
}

interface Missing {
  given: GivenFigures;
  of?: ScopeKind;
  /** A piece of the reason. */
  reason: string;
}

const tasks = { completed: 6, failed: 2, timeout: 1, rejected: 1, cancelled: 5 };
const slot = 60_000_000;
/** One agent of 4 slots for ten minutes, 3 of them at work. */
const use = { thereMinutes: 10, capacityMinutes: 10, capacitySlotUs: 40 * slot, busySlotUs: 30 * slot };
const paid = { rateMinutes: 10, rateNanoUsd: 2e9 };
/** Concurrencies 1 to 32 with the throughput 6 N of a pool that loses nothing. */
const linear = [1, 2, 4, 8, 16, 32].map((busy) => ({ count: 5, busy, completed: 6 * busy }));

/** For every KPI, values worked out by hand, and each reason for there being none. */
const golden: Record<KpiId, { values: Golden[]; missing: Missing[] }> = {
  task_completion_rate: {
    values: [
      // 6 ÷ (6 + 2 + 1 + 1); the 5 cancelled ones do not count.
      { given: { tasks }, value: 0.6, n: 10 },
      // Of a workflow type: 3 ÷ (3 + 1 + 1) runs.
      {
        given: { tasks, workflows: { completed: 3, failed: 1, timeout: 1, cancelled: 9 } },
        of: 'workflowType',
        value: 0.6,
        n: 5,
      },
    ],
    missing: [
      { given: { tasks: { cancelled: 3 } }, reason: 'no task ended in the window' },
      { given: { tasks, workflows: { cancelled: 2 } }, of: 'workflowType', reason: 'no run ended in the window' },
    ],
  },
  average_response_time: {
    values: [
      {
        // 1, 2, ..., 100 s: mean 50.5 s; ranks 50, 95 and 99 are 50 s, 95 s and 99 s. Waits 80 s over 4, service 60 s over 3.
        given: {
          responsesMs: Array.from({ length: 100 }, (_, i) => (i + 1) * 1_000),
          tasks: { waitCount: 4, waitUs: 80e6, serviceCount: 3, serviceUs: 60e6 },
        },
        value: 50_500,
        n: 100,
        percentiles: [50_000, 95_000, 99_000],
        parts: { waitMs: 20_000, serviceMs: 20_000 },
      },
      // Neither wait nor service known: parts without a value.
      { given: { responsesMs: [300] }, value: 300, n: 1, parts: { waitMs: null, serviceMs: null } },
    ],
    missing: [{ given: { tasks }, reason: 'no task with a start or queueing time ended' }],
  },
  // (2 + 1 + 1) ÷ 10 minutes.
  error_frequency: {
    values: [{ given: { tasks }, value: 0.4, n: 15 }],
    missing: [{ given: {}, reason: 'no task ended in the window' }],
  },
  // (2 + 1 + 1) ÷ (6 + 2 + 1 + 1 + 5).
  error_ratio: {
    values: [{ given: { tasks }, value: 4 / 15, n: 15 }],
    missing: [{ given: {}, reason: 'no task ended in the window' }],
  },
  resource_utilization: {
    values: [
      {
        // 30 of 40 slot-minutes; cpu 1.2 over 3 samples, memory 0.5 over 2, bytes 3,000 over 2; network of 4 samples.
        given: {
          use,
          presence: {
            ...{ utilizationCount: 20, cpuCount: 3, cpuPpm: 1_200_000, memoryCount: 2, memoryPpm: 1_000_000 },
            ...{ memoryBytesCount: 2, memoryBytes: 3_000, networkCount: 4, networkRxBps: 800, networkTxBps: 40 },
          },
        },
        value: 0.75,
        n: 20,
        parts: { cpu: 0.4, memory: 0.5, memoryBytes: 1_500, networkRxBps: 200, networkTxBps: 10 },
      },
      // Without samples n is of the tasks; capacity known of 95 of 100 agent-minutes is enough: 19 ÷ 95.
      {
        given: {
          use: { thereMinutes: 100, capacityMinutes: 95, capacitySlotUs: 95 * slot, busySlotUs: 19 * slot },
          tasks: { serviceCount: 7 },
        },
        value: 0.2,
        n: 7,
        parts: { cpu: null, memory: null, memoryBytes: null, networkRxBps: null, networkTxBps: null },
      },
    ],
    missing: [
      { given: {}, reason: 'no agent was there in the window' },
      {
        given: { use: { ...use, thereMinutes: 100, capacityMinutes: 94 } },
        reason: 'capacity is unknown of 6 of 100 agent-minutes',
      },
      { given: { use: { ...use, capacitySlotUs: 0 } }, reason: 'no sample of the window is new enough' },
    ],
  },
  quality_score: {
    values: [
      // 3.2 ÷ 4.
      { given: { tasks: { qualityCount: 4, qualityPpm: 3_200_000 } }, value: 0.8, n: 4, parts: { mean: 0.8 } },
      {
        // (3.2 + 10 × 0.45) ÷ (4 + 10), drawn from 0.8 towards the pool's 45 ÷ 100.
        given: {
          tasks: { qualityCount: 4, qualityPpm: 3_200_000 },
          more: { qualityPrior: { count: 100, ppm: 45_000_000 } },
        },
        value: 0.55,
        n: 4,
        parts: { mean: 0.8 },
      },
    ],
    missing: [{ given: { tasks }, reason: 'no task in the window had a quality' }],
  },
  overall_throughput: {
    values: [
      // 30 in 10 minutes at 0.75 utilization: 3 ÷ 0.75 = 4 with all slots at work, of which the target leaves 4 × 0.75 − 3.
      { given: { tasks: { completed: 30 }, use }, value: 3, n: 30, parts: { capacity: 4, headroom: 0 } },
      // At 0.9: 4.5 ÷ 0.9 = 5, and 5 × 0.75 − 4.5 is beyond the target.
      {
        given: { tasks: { completed: 45 }, use: { ...use, busySlotUs: 36 * slot } },
        value: 4.5,
        n: 45,
        parts: { capacity: 5, headroom: -0.75 },
      },
      // 19 tasks are too few, a utilization of 0.05 too little, and without capacity there is none.
      { given: { tasks: { completed: 19 }, use }, value: 1.9, n: 19, parts: { capacity: null, headroom: null } },
      {
        given: { tasks: { completed: 30 }, use: { ...use, busySlotUs: 2 * slot } },
        value: 3,
        n: 30,
        parts: { capacity: null, headroom: null },
      },
      { given: { tasks: { completed: 30 } }, value: 3, n: 30, parts: { capacity: null, headroom: null } },
      // Nothing done by an agent that lives is a throughput of 0.
      { given: { presence: { beats: 10 } }, value: 0, n: 0 },
    ],
    missing: [{ given: {}, reason: 'nothing was reported in the window' }],
  },
  queue_depth: {
    values: [
      {
        // 40 task-minutes of waiting over the 8 minutes from 2 to 10; 2 complete a minute, so 5 are gone in 2.5 minutes.
        given: {
          use: { queuedMilliMinutes: 40_000 },
          queueSpan: { from: 2, to: 10 },
          presence: { queuedCount: 16 },
          tasks: { completed: 20 },
        },
        value: 5,
        n: 16,
        parts: { drainMs: 150_000 },
      },
      // Little: 300 s waited within 600 s. Nothing completes, so it never drains.
      { given: { tasks: { waitCount: 3, waitUs: 300e6 } }, value: 0.5, n: 3, parts: { drainMs: null } },
      // An empty queue has drained.
      {
        given: { queueSpan: { from: 0, to: 10 }, presence: { queuedCount: 9 } },
        value: 0,
        n: 9,
        parts: { drainMs: 0 },
      },
    ],
    missing: [{ given: { tasks }, reason: 'no sample gave queued, and no task a queueing time' }],
  },
  end_to_end_latency: {
    values: [
      // Fleet and workflow type alike. 2, 4, ..., 40 s: mean 21 s; of 20 runs ranks 10, 19 and 20 are 20 s, 38 s and 40 s.
      ...(['fleet', 'workflowType'] as const).map((of) => ({
        given: { durationsMs: Array.from({ length: 20 }, (_, i) => (i + 1) * 2_000) },
        of,
        value: 21_000,
        n: 20,
        percentiles: [20_000, 38_000, 40_000] as const,
      })),
    ],
    missing: [{ given: { responsesMs: [5] }, reason: 'no workflow run ended in the window' }],
  },
  system_availability: {
    // 27 ÷ 30.
    values: [{ given: { use: { expectedMinutes: 30, liveMinutes: 27 } }, value: 0.9, n: 30 }],
    missing: [{ given: { use }, reason: 'no heartbeat was due in the window' }],
  },
  scalability_index: {
    values: [
      {
        // N = 63 ÷ 6 = 10.5 on average, and throughput in proportion to it.
        given: { minutes: linear },
        value: 1,
        n: 30,
        parts: {
          ...{ lambda: 6, sigma: 0, kappa: 0, concurrency: 10.5, peakConcurrency: null, shareOfPeak: null },
          ...{ levels: 6, high: 1 },
        },
      },
      {
        // sigma 0.1, kappa 0.01: 1 ÷ (1 + 0.1 × 9.5 + 0.01 × 10.5 × 9.5) = 1 ÷ 2.9475; peak √(0.9 ÷ 0.01) = √90.
        given: {
          minutes: [1, 2, 4, 8, 16, 32].map((busy) => ({
            count: 5,
            busy,
            completed: (600 * busy) / (1 + 0.1 * (busy - 1) + 0.01 * busy * (busy - 1)),
          })),
        },
        value: 1 / 2.9475,
        n: 30,
        parts: {
          ...{ lambda: 600, sigma: 0.1, kappa: 0.01, concurrency: 10.5, levels: 6 },
          ...{ peakConcurrency: Math.sqrt(90), shareOfPeak: 10.5 / Math.sqrt(90) },
        },
      },
    ],
    missing: [
      { given: {}, reason: '0 levels of concurrency had 3 minutes or more, of 6' },
      // Levels of two minutes do not count, nor do minutes without work.
      {
        given: {
          minutes: [...linear.slice(1), { count: 2, busy: 1, completed: 6 }, { count: 9, busy: 0, completed: 0 }],
        },
        reason: '5 levels of concurrency had 3 minutes or more, of 6',
      },
      {
        given: { minutes: [...linear.slice(1), { count: 26, busy: 1, completed: 6 }] },
        reason: 'in 26 of 51 minutes one task was at work',
      },
      // Steps of a tenth: 20, 22, 24.2, 26.6, 29.3, 32.2 are six levels, and no factor of two.
      {
        given: { minutes: [0, 1, 2, 3, 4, 5].map((i) => ({ count: 5, busy: 20 * 1.1 ** i, completed: 60 })) },
        reason: 'between 20.0 and 32.2 tasks were at work: less than a factor of 2',
      },
      { given: { minutes: linear.map((minute) => ({ ...minute, completed: 0 })) }, reason: 'no task completed' },
      // 5 to 10 tasks of 10 minutes each: variance 2.9, and by chance 7.5 × 0.97.
      {
        given: { minutes: [5, 6, 7, 8, 9, 10].map((busy) => ({ count: 5, busy, completed: busy / 10 })) },
        reason: 'varied little more than by chance',
      },
      // Much, nothing, much, nothing: no law of the kind comes near.
      {
        given: { minutes: linear.map((minute, i) => ({ ...minute, completed: i % 2 === 0 ? 6_000 : 0 })) },
        reason: '% off the fitted law',
      },
      // Exactly 12 N ÷ (N − 1), which for one task is beyond all bounds.
      {
        given: {
          minutes: [2, 4, 8, 16, 32, 64].map((busy) => ({
            count: 5,
            busy,
            completed: (12 * busy) / (busy * (busy - 1)),
          })),
        },
        reason: 'the throughput of one task alone cannot be told',
      },
    ],
  },
  cost_per_task: {
    values: [
      // (1 + 2) ÷ 6.
      {
        given: { tasks: { ...tasks, costNanoUsd: 1e9 }, use: { ...use, ...paid } },
        value: 0.5,
        n: 6,
        parts: { taskUsd: 1, agentUsd: 2 },
      },
      // No hourly cost anywhere: tasks alone, 3 ÷ 6.
      {
        given: { tasks: { ...tasks, costNanoUsd: 3e9 }, use },
        value: 0.5,
        n: 6,
        parts: { taskUsd: 3, agentUsd: null },
      },
    ],
    missing: [
      { given: { tasks: { failed: 3 }, use: { ...use, ...paid } }, reason: 'no task completed in the window' },
      {
        given: { tasks, use: { ...use, ...paid, rateMinutes: 9 } },
        reason: 'costPerHourUsd is unknown of 1 of 10 agent-minutes',
      },
      { given: { tasks, use }, reason: 'no cost is known' },
    ],
  },
  customer_satisfaction: {
    values: [
      // (5 + 4 + 2) ÷ 3; two of three are 4 or better.
      {
        given: { tasks: { csatCount: 3, csatMilli: 11_000, csatGood: 2 } },
        value: 11 / 3,
        n: 3,
        parts: { satisfiedRatio: 2 / 3 },
      },
      // Of a workflow type (1 + 4) ÷ 2, whatever tasks were rated.
      {
        given: {
          tasks: { csatCount: 9, csatMilli: 9_000 },
          workflows: { csatCount: 2, csatMilli: 5_000, csatGood: 1 },
        },
        of: 'workflowType',
        value: 2.5,
        n: 2,
        parts: { satisfiedRatio: 0.5 },
      },
    ],
    missing: [
      { given: { workflows: { csatCount: 2, csatMilli: 5_000 } }, reason: 'no rating in the window' },
      { given: { tasks: { csatCount: 2, csatMilli: 5_000 } }, of: 'workflowType', reason: 'no rating in the window' },
    ],
  },
  service_level_agreement_compliance: {
    values: [
      // 7 of the 8 that had a limit.
      { given: { tasks: { ...tasks, slaTotal: 8, slaMet: 7 } }, value: 0.875, n: 8 },
      { given: { workflows: { slaTotal: 4, slaMet: 1 } }, of: 'workflowType', value: 0.25, n: 4 },
    ],
    missing: [
      { given: { tasks }, reason: 'no task in the window had an slaMs' },
      { given: { tasks: { slaTotal: 3 } }, of: 'workflowType', reason: 'no run in the window had an slaMs' },
    ],
  },
  revenue_impact: {
    values: [
      {
        given: { tasks: { ...tasks, revenueMicroUsd: 12_500_000, revenueAtRiskMicroUsd: 4_000_000 } },
        value: 12.5,
        n: 10,
        parts: { atRiskUsd: 4 },
      },
      // All of it lost is a revenue of 0, not an unknown one.
      { given: { tasks: { failed: 1, revenueAtRiskMicroUsd: 3e6 } }, value: 0, n: 1, parts: { atRiskUsd: 3 } },
      {
        given: { workflows: { completed: 2, timeout: 1, revenueMicroUsd: 8e6 } },
        of: 'workflowType',
        value: 8,
        n: 3,
        parts: { atRiskUsd: 0 },
      },
    ],
    missing: [
      { given: { tasks }, reason: 'no task gave revenueUsd in the window' },
      { given: { workflows: { completed: 1 } }, of: 'workflowType', reason: 'no run gave revenueUsd in the window' },
    ],
  },
  operational_efficiency: {
    values: [
      {
        // u = 0.6: min(0.8, 0.4 ÷ 0.25) = 0.8. Of 10 tasks 2 were retries: 8 first attempts, 6 of them completed: 0.75.
        // Cost (1 + 0.6 × 2) ÷ (1 + 2). A person was waited for in 12 of 60 s: 0.8.
        given: {
          tasks: {
            completed: 8,
            failed: 2,
            retries: 2,
            completedFirst: 6,
            costNanoUsd: 1e9,
            partedUs: 60e6,
            humanWaitUs: 12e6,
          },
          use: { ...use, ...paid, busySlotUs: 24 * slot },
        },
        value: (0.8 * 0.75 * (2.2 / 3) * 0.8) ** (1 / 4),
        n: 10,
        parts: { utilizationToTarget: 0.8, firstPassYield: 0.75, costEfficiency: 2.2 / 3, automationRatio: 0.8 },
      },
      {
        // u = 0.9 is beyond the target: (1 − 0.9) ÷ 0.25 = 0.4. Yield 5 ÷ 10. Neither cost nor parts known: √(0.4 × 0.5).
        given: { tasks: { completed: 5, failed: 5, completedFirst: 5 }, use: { ...use, busySlotUs: 36 * slot } },
        value: Math.sqrt(0.2),
        n: 10,
        parts: { utilizationToTarget: 0.4, firstPassYield: 0.5, costEfficiency: null, automationRatio: null },
      },
      {
        // More at work than fits: no part goes below 0, and cost counts no more than all slots.
        given: { tasks: { completed: 1, completedFirst: 1 }, use: { ...use, ...paid, busySlotUs: 44 * slot } },
        value: 0,
        n: 1,
        parts: { utilizationToTarget: 0, firstPassYield: 1, costEfficiency: 1, automationRatio: null },
      },
    ],
    missing: [
      { given: {}, reason: '0 of four parts known, two are needed' },
      { given: { tasks: { completed: 3, completedFirst: 3 } }, reason: '1 of four parts known, two are needed' },
    ],
  },
  efficiency_score: {
    values: [
      {
        // Of a pool: 0.75 × 7 in time of 10, with quality 3.2 ÷ 4; speed and cost are what it is compared in itself.
        given: {
          tasks: {
            completed: 8,
            failed: 2,
            slaTotal: 10,
            slaMet: 7,
            qualityCount: 4,
            qualityPpm: 3_200_000,
            serviceCount: 10,
            serviceUs: 10,
          },
          use: { ...use, ...paid },
        },
        value: 100 * 0.75 * 0.7 * 0.8,
        n: 10,
        parts: { utilization: 0.75, inSlo: 0.7, speed: null, quality: 0.8, cost: null },
      },
      {
        // Of an agent: 4 of 10 had a limit and 3 met it, the other 6 complete at 8 in 10: (3 + 4.8) ÷ 10. Its tasks take
        // 50 s, the pool's 40 s: 0.8. Its task costs 2 ÷ 8 = 0.25, the pool's 4 ÷ 20 = 0.2: 0.8.
        given: {
          tasks: { completed: 8, failed: 2, slaTotal: 4, slaMet: 3, serviceCount: 10, serviceUs: 500e6 },
          use: { ...use, ...paid },
          more: {
            pool: figuresWith({
              tasks: { completed: 20, serviceCount: 20, serviceUs: 800e6 },
              use: { thereMinutes: 20, rateMinutes: 20, rateNanoUsd: 4e9 },
            }),
          },
        },
        value: 100 * 0.75 * 0.78 * 0.8 * 0.8,
        n: 10,
        parts: { utilization: 0.75, inSlo: 0.78, speed: 0.8, quality: null, cost: 0.8 },
      },
      {
        // Twice as fast as its pool and three quarters at work: as much as all of its slots would do, and no more.
        given: {
          tasks: { completed: 10, serviceCount: 10, serviceUs: 200e6 },
          use,
          more: { pool: figuresWith({ tasks: { serviceCount: 20, serviceUs: 800e6 } }) },
        },
        value: 100,
        n: 10,
        parts: { utilization: 0.75, inSlo: 1, speed: 4 / 3, quality: null, cost: null },
      },
    ],
    missing: [
      { given: { tasks }, reason: 'no agent was there in the window' },
      { given: { tasks, use: { thereMinutes: 10 } }, reason: 'capacity is unknown of 10 of 10 agent-minutes' },
      { given: { use }, reason: 'no task ended in the window' },
    ],
  },
};

function computed(id: KpiId, { given, of }: { given: GivenFigures; of?: ScopeKind }): KpiValue {
  return kpiValue(id, of ?? (kpis[id] as Kpi).scopes[0] ?? 'fleet', figuresWith(given));
}

describe.each(kpiIds)('%s', (id) => {
  const kpi: Kpi = kpis[id];
  // A KPI that is added without an entry fails to compile, and here.
  const { values, missing } = golden[id] ?? { values: [], missing: [] };

  test('has values worked out by hand and every kind of scope in its declaration', () => {
    expect(values.length).toBeGreaterThan(0);
    expect(missing.length).toBeGreaterThan(0);
    expect(kpi.scopes.length).toBeGreaterThan(0);
    for (const { of } of [...values, ...missing]) if (of) expect(kpi.scopes).toContain(of);
    if (kpi.ofRuns) expect(values.some(({ of }) => of === 'workflowType')).toBe(true);
  });

  test.each(values.map((each, i) => ({ ...each, name: `case ${i + 1}` })))('is $value: $name', (each) => {
    const found = computed(id, each);
    expect(found.value).toBeCloseTo(each.value, 6);
    expect(found).toMatchObject({ n: each.n, unit: kpi.unit });
    expect(found.reason).toBeUndefined();
    for (const [name, part] of Object.entries(each.parts ?? {})) {
      const actual = found.parts?.[name];
      if (part === null) expect({ name, actual }).toEqual({ name, actual: null });
      else expect(actual, name).toBeCloseTo(part, 5);
    }
    for (const [i, name] of (['p50', 'p95', 'p99'] as const).entries()) {
      const expected = each.percentiles?.[i];
      if (expected !== undefined) expect(Math.abs((found[name] ?? 0) / expected - 1)).toBeLessThanOrEqual(0.01);
    }
  });

  test.each(missing)('is null where $reason', ({ reason, ...each }) => {
    const found = computed(id, each);
    expect(found).toMatchObject({ value: null, unit: kpi.unit, reason: expect.stringContaining(reason) });
  });
});

test('the score is 100 times the product of its parts, and operational efficiency their geometric mean', () => {
  const given = golden.efficiency_score.values.map(({ given: of }) => of);
  for (const of of given) {
    const { value, parts = {} } = kpiValue('efficiency_score', 'agent', figuresWith(of));
    expect(value).toBeCloseTo(100 * Object.values(parts).reduce<number>((all, part) => all * (part ?? 1), 1), 9);
  }
});

test('an agent is compared with its pool by those KPIs alone that say so', () => {
  const differing = new Set<string>();
  fc.assert(
    fc.property(arbitraryFigures, arbitraryFigures, (own, more) => {
      const window = { from: 0, to: 10 };
      const alone = inWindow(own, window);
      const { qualityCount: count, qualityPpm: ppm } = more.tasks.counters;
      const compared = { ...alone, qualityPrior: { count, ppm }, pool: inWindow(more, window) };
      for (const id of kpiIdsFor('agent')) {
        const [one, other] = [kpiValue(id, 'agent', alone), kpiValue(id, 'agent', compared)];
        if (!isDeepStrictEqual(one, other)) differing.add(id);
      }
    }),
  );
  expect([...differing].sort()).toEqual(kpiIdsFor('agent').filter(dependsOnPool).sort());
});
