import { describe, expect, it } from 'vitest';
import { noAccuracy } from '../../../lib/core/plan/forecast-accuracy.ts';
import { usualObjective } from '../../../lib/core/plan/plan-objectives.ts';
import type { KnownPoolOutlook } from '../../../lib/core/plan/pool-outlook.ts';
import { outlookOf } from '../../../lib/core/plan/pool-outlook.ts';
import { forecastOf, type WorkloadOutlook } from '../../../lib/core/plan/workload-outlook.ts';
import type { AdviceRecord } from '../../../lib/core/recommend/lifecycle.ts';
import { recommend } from '../../../lib/core/recommend/recommend.ts';
import { recommendation, strategyNames, strategyTraits } from '../../../lib/core/recommend/recommendation.ts';
import { strategies } from '../../../lib/core/recommend/registry.ts';
import { capacityPlanning } from '../../../lib/core/recommend/strategies/capacity-planning.ts';
import { performanceCultureDevelopment } from '../../../lib/core/recommend/strategies/performance-culture-development.ts';
import type { Budget } from '../../../lib/core/slo/budget.ts';
import { firingAlert } from '../../fixtures/alert.ts';
import { agentEntry, observed, TO_MS } from './observed-fleet.ts';

const DAY_MS = 86_400_000;

describe('the twelve strategies', () => {
  it('are each in the registry by their own name', () => {
    expect(strategyNames.toSorted()).toEqual(Object.keys(strategies).toSorted());
    expect(strategyNames.length).toBeGreaterThanOrEqual(12);
    for (const name of strategyNames) expect(strategies[name].name).toBe(name);
  });

  it('say nothing of a fleet that nothing is known of', () => {
    expect(recommend(observed([], []), Object.values(strategies))).toEqual({ recommendations: [], failed: [] });
  });

  it('are told soonest first, and one that fails does not keep the others', () => {
    const told = (name: 'technology_upgrades' | 'cache_optimization', confidence: number) => ({
      name,
      figure: () => null,
      evaluate: () => [
        recommendation(
          name,
          { pool: `p${confidence}` },
          {
            ...{ title: '', evidence: [], confidence, action: '', basis: {}, measure: null },
            expectedGain: { value: 1, unit: 'ms' as const, low: 1, high: 1 },
          },
        ),
      ],
    });
    const broken = {
      name: 'query_improvement' as const,
      figure: () => null,
      evaluate: () => {
        throw new RangeError('no such thing');
      },
    };
    const { recommendations, failed } = recommend(observed([], []), [
      told('technology_upgrades', 0.99),
      broken,
      told('cache_optimization', 0.9),
      told('cache_optimization', 0.95),
    ]);
    expect(recommendations.map(({ horizon, confidence }) => [horizon, confidence])).toEqual([
      ['immediate', 0.95],
      ['immediate', 0.9],
      ['long', 0.99],
    ]);
    expect(failed).toMatchObject([{ strategy: 'query_improvement' }]);
    expect(strategyTraits.query_improvement.horizon).toBe('immediate');
  });
});

describe('capacity_planning', () => {
  /** Two days of which the twelfth hour needs most: 20 tasks of half a minute, 10 slots busy, in nine of ten cases no more than 22. */
  function planned(agents: number): { outlook: KnownPoolOutlook; forecast: WorkloadOutlook } {
    const mean = Array.from({ length: 48 }, (_, hour) => (hour === 12 ? 20 : 10));
    const forecast: WorkloadOutlook = {
      ...{
        scope: 'pool:lab',
        madeAtMs: TO_MS,
        startMs: TO_MS,
        stepMs: 3_600_000,
        mean,
        seasonalities: [],
        members: [],
      },
      quantiles: [
        { level: 0.1, values: mean.map((value) => 0.9 * value) },
        { level: 0.5, values: mean },
        { level: 0.9, values: mean.map((value) => 1.1 * value) },
      ],
      ...{ backtest: null, history: { known: 336, imported: 0, borrowed: 0 }, accuracy: noAccuracy },
    } as unknown as WorkloadOutlook;
    const now = {
      ...{ pool: 'lab', agents, tasksPerMin: 10, serviceMs: 30_000, serviceCv: 1, arrivalCv: 1, slotsPerAgent: 1 },
      ...{ availability: 1, objective: usualObjective, knownHours: 336 },
    };
    return { outlook: outlookOf(now, forecastOf(forecast, TO_MS), TO_MS), forecast };
  }

  function evaluated(agents: number) {
    const { outlook, forecast } = planned(agents);
    const entries = Array.from({ length: agents }, (_, i) => agentEntry(`lab-${i}`, { costPerHourUsd: 2 }));
    return capacityPlanning.evaluate(
      observed(entries, [], { outlooks: [outlook], forecasts: new Map([['pool:lab', forecast]]) }),
    );
  }

  it('asks for agents before the hour that has too much work, and says how many tasks would not wait', () => {
    const [found] = evaluated(11);
    expect(found?.scope).toEqual({ pool: 'lab' });
    expect(found?.title).toMatch(/more than now/);
    // Erlang C: 11 slots let two thirds of 20 tasks a minute wait, which leaves 13 to be had at most.
    expect(found?.expectedGain.unit).toBe('tasks/min');
    expect(found?.expectedGain.value).toBeGreaterThan(8);
    expect(found?.expectedGain.value).toBeLessThan(14);
    expect(found?.confidence).toBeGreaterThan(0.9);
  });

  it('names agents that no hour needs, and what they cost', () => {
    const [found] = evaluated(24);
    expect(found?.title).toMatch(/fewer than now/);
    const spare = 24 - (found?.basis['wanted'] ?? 0);
    expect(found?.expectedGain).toMatchObject({ value: 48 * spare, unit: 'usd/day' });
  });

  it('is silent about a pool that has what its busiest hour needs', () => {
    const needed = planned(100).outlook.peak?.agents ?? 0;
    expect(evaluated(needed)).toEqual([]);
    expect(evaluated(needed + 1)).toEqual([]);
  });
});

describe('performance_culture_development', () => {
  const answered = (minutes: number) =>
    firingAlert({
      ...{ detectedMs: TO_MS - DAY_MS, state: 'resolved', resolvedMs: TO_MS - DAY_MS + 4 * 3_600_000 },
      acknowledged: { by: 'ann', note: null, atMs: TO_MS - DAY_MS + minutes * 60_000 },
    });
  const habitsOf = (more: Parameters<typeof observed>[2]) =>
    performanceCultureDevelopment.evaluate(observed([], [], more)).map(({ scope }) => scope.habit);

  it('notices that alerts wait, by their median', () => {
    const alerts = Array.from({ length: 20 }, (_, i) => answered(30 + i));
    const [found] = performanceCultureDevelopment.evaluate(observed([], [], { alerts }));
    expect(found?.scope.habit).toBe('acknowledgement');
    // 39.5 minutes, of which 15 are allowed.
    expect(found?.expectedGain.value).toBe(24.5 * 60_000);
  });

  it('counts an alert that nobody took care of as long as it fired', () => {
    const ignored = firingAlert({
      detectedMs: TO_MS - DAY_MS,
      resolvedMs: TO_MS - DAY_MS + 40 * 60_000,
      acknowledged: null,
    });
    expect(habitsOf({ alerts: Array.from({ length: 20 }, () => ignored) })).toEqual(['acknowledgement']);
  });

  it.each([
    ['are answered within minutes', Array.from({ length: 20 }, () => answered(5))],
    ['are too few to tell', Array.from({ length: 9 }, () => answered(60))],
    ['are low', Array.from({ length: 20 }, () => ({ ...answered(60), severity: 'low' as const }))],
  ])('is silent where alerts %s', (_, alerts) => {
    expect(habitsOf({ alerts })).toEqual([]);
  });

  const record = (status: 'proposed' | 'dismissed', ageDays: number): AdviceRecord => ({
    recommendation: recommendation(
      'cache_optimization',
      { pool: String(ageDays) },
      {
        ...{ title: '', evidence: [], confidence: 1, action: '', basis: {}, measure: null },
        expectedGain: { value: 1, unit: 'ms', low: 1, high: 1 },
      },
    ),
    ...{ firstProposedMs: TO_MS - ageDays * DAY_MS, lastProposedMs: TO_MS, course: [] },
    state: status === 'proposed' ? { status } : { status, atMs: TO_MS, by: 'ann', reason: null, gain: 1 },
  });

  it('notices recommendations that nobody decides on, but gives them two weeks', () => {
    expect(habitsOf({ records: Array.from({ length: 10 }, () => record('proposed', 15)) })).toEqual(['adoption']);
    expect(habitsOf({ records: Array.from({ length: 10 }, () => record('proposed', 13)) })).toEqual([]);
    expect(habitsOf({ records: Array.from({ length: 10 }, () => record('dismissed', 15)) })).toEqual([]);
  });

  it('notices budgets without an owner, and names them', () => {
    const budget = (name: string, owner: string | null): Budget => ({
      ...{
        name,
        owner,
        kpi: 'task_completion_rate',
        scope: { kind: 'fleet' },
        objective: 0.99,
        period: '30d',
        limit: null,
      },
      ...{ updatedAtMs: 0, updatedBy: 'key' },
    });
    const budgets = [budget('latency', null), budget('cost', 'ann'), budget('errors', null)];
    const [found] = performanceCultureDevelopment.evaluate(observed([], [], { budgets }));
    expect(found?.evidence[0]).toContain('latency, errors');
    expect(habitsOf({ budgets: budgets.map((its) => ({ ...its, owner: 'ann' })) })).toEqual([]);
  });
});
