import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rateScore } from '../../../lib/core/benchmark/efficiency-rating.ts';
import { improvementOpportunities, type Worth } from '../../../lib/core/benchmark/improvement-opportunities.ts';
import type { Bottleneck, BottleneckReport } from '../../../lib/core/bottleneck/bottleneck.ts';
import { type GainUnit, recommendation, type StrategyName } from '../../../lib/core/recommend/recommendation.ts';
import type { DirectiveRecord } from '../../../lib/core/remediate/directive.ts';
import type { AgentReview } from '../../../lib/core/review/agent-review.ts';
import type { TrainingAdvice } from '../../../lib/core/review/training.ts';

const unpriced: Worth = { usdPerTask: null, usdPerAgentHour: null, secondsPerTask: 20, perDay: () => 1_000 };
const priced: Worth = { ...unpriced, usdPerTask: 0.5, usdPerAgentHour: 3.6 };

function advice(
  strategy: StrategyName,
  scope: { pool?: string; agent?: string; taskType?: string },
  value: number,
  unit: GainUnit,
) {
  return recommendation(strategy, scope, {
    ...{
      title: `${strategy} ${value} ${unit}`,
      evidence: ['seen'],
      expectedGain: { value, unit, low: value / 2, high: 2 * value },
    },
    ...{ confidence: 0.9, action: 'do it', basis: {}, measure: null },
  });
}

function reviewed(training: Omit<TrainingAdvice, 'horizon' | 'isAtStake' | 'because'>): AgentReview {
  const { pool, agent = '' } = training;
  const its: TrainingAdvice = { ...training, horizon: 'medium', isAtStake: false, because: ['weeks'] };
  return { agent, pool, n: 100, days: 28, skills: [], strengths: [], weaknesses: [], training: [its] };
}

function bottleneckOf(more: Partial<Bottleneck>): BottleneckReport {
  const relief = { boundPerMin: 12, gain: 0.2 };
  const its: Bottleneck = {
    ...{
      rank: 1,
      kind: 'pool',
      id: 'conv',
      utilization: 0.8,
      demandMs: 30_000,
      servers: 4,
      waitShare: 0.5,
      pathShare: null,
    },
    ...{ evidence: ['it is busy'], confidence: 0.9 },
    expectedGain: { boundPerMin: 10, oneMoreAgent: relief, demandHalved: relief, next: null },
    ...more,
  };
  return {
    bottlenecks: [its],
    system: { jobs: 'tasks', completed: 600, throughputPerMin: 10, boundPerMin: 10, knee: null, isBalanced: true },
    flows: [],
  };
}

describe('improvement opportunities', () => {
  it('stand in one order of dollars where tasks and hours have a price', () => {
    const recommendations = [
      advice('cache_optimization', {}, 2, 'agent-hours/day'),
      advice('agent_skill_enhancement', { agent: 'a' }, 30, 'tasks/day'),
      advice('load_balancing_adjustment', { pool: 'p' }, 5_000, 'ms'),
      advice('technology_upgrades', {}, 12, 'usd/day'),
    ];
    // 30 tasks × 0.5 USD; 12 USD; 2 h × 3.6 USD; 5 s × 1,000 tasks × 0.001 USD/s.
    expect(
      improvementOpportunities({ recommendations }, priced).map(({ unit, worth }) => [unit, worth?.value]),
    ).toEqual([
      ['tasks/day', 15],
      ['usd/day', 12],
      ['s/day', expect.closeTo(7.2)],
      ['s/day', expect.closeTo(5)],
    ]);
  });

  it('stand in one order of seconds where nothing has a price, and money after it', () => {
    const recommendations = [
      advice('technology_upgrades', {}, 1_000, 'usd/day'),
      advice('agent_skill_enhancement', { agent: 'a' }, 30, 'tasks/day'),
      advice('cache_optimization', {}, 1, 'agent-hours/day'),
    ];
    expect(improvementOpportunities({ recommendations }, unpriced).map(({ unit, worth }) => [unit, worth])).toEqual([
      ['s/day', { value: 3_600, unit: 's/day' }],
      ['tasks/day', { value: 600, unit: 's/day' }],
      ['usd/day', null],
    ]);
  });

  it('joins what several sources would do to the same scope: the best evidence is told, the others are named', () => {
    const scope = { pool: 'p', agent: 'a', taskType: 'code' };
    const all = improvementOpportunities(
      {
        recommendations: [advice('agent_skill_enhancement', scope, 4, 'agent-hours/day')],
        agentReviews: [
          reviewed({
            ...scope,
            strategy: 'agent_skill_enhancement',
            title: 'Bring a up',
            gain: { value: 900, low: 700, high: 1_100, unit: 's/day' },
          }),
        ],
        bottlenecks: bottleneckOf({ id: 'p' }),
        duals: [
          { kind: 'agent', agent: 'p', pool: 'p', usdPerHour: -1, words: 'one more agent in pool p saves 1.00 USD/h' },
        ],
      },
      priced,
    );
    expect(all.map(({ from, also }) => [from, also.map((its) => its.from)])).toEqual([
      // One more agent: of 10 × 1,440 × 30 s of waiting, 1 − (0.64 ÷ 0.36) ÷ (0.8 ÷ 0.2) = 56 %, at 0.001 USD.
      ['bottlenecks', ['plan']],
      ['reviews', ['recommendations']],
    ]);
    expect(all[0]?.worth?.value).toBeCloseTo(240);
  });

  it('counts tasks that are not done, where they pile up, by how fast they do', () => {
    const report = bottleneckOf({ id: 'conv' });
    report.system.isBalanced = false;
    report.flows = [{ pool: 'conv', imbalance: 0.1, backlogGrowthPerMin: 0.5, isBalanced: false }];
    // One more agent could do 2 a minute more, but only 0.5 are left over.
    expect(improvementOpportunities({ bottlenecks: report }, priced)[0]).toMatchObject({
      ...{ unit: 'tasks/day', gain: { value: 720, low: 0, high: 720 }, scope: { pool: 'conv' } },
    });
  });

  it('counts what only one agent can do for one day in twenty', () => {
    const [its] = improvementOpportunities(
      { recommendations: [advice('skill_development_programs', { pool: 'p', taskType: 'plan' }, 1, 'tasks/min')] },
      priced,
    );
    expect(its?.gain.value).toBeCloseTo(72);
    expect(its?.because).toHaveLength(2);
  });

  it('prices idle slots where what is paid for them is known', () => {
    const rating = rateScore({ value: 30, n: 900, unit: 'points', parts: { utilization: 0.3 } }, null);
    const [its] = improvementOpportunities(
      { efficiency: [{ rating, scope: { pool: 'p' }, paidUsdPerDay: 100 }] },
      priced,
    );
    // At three quarters at work, 40 of 100 USD would do: between nothing and 60 are to be had.
    expect(its).toMatchObject({ title: 'Pay for fewer idle slots of pool p: 30 % are at work', unit: 'usd/day' });
    expect(its?.gain).toEqual({ value: expect.closeTo(30) as number, low: 0, high: expect.closeTo(60) as number });
  });

  it('tells of directives that ran out unapproved what those in force achieved', () => {
    const record = (directive: object) =>
      ({
        directive: {
          kind: 'route',
          blastRadius: { pool: 'p' },
          mode: 'recommend',
          inForceMs: null,
          ended: null,
          effect: { state: 'pending' },
          ...directive,
        },
        rejected: null,
      }) as unknown as DirectiveRecord;
    const worth = (estimate: number) => ({
      ...{
        inForceMs: 1,
        effect: {
          state: 'measured',
          verdict: 'helped',
          worth: { tasksSaved: { estimate, low: 0, high: 9 }, usdSaved: null },
        },
      },
    });
    const records = [
      ...[10, 12, 11, 9, 13, 11].map((saved) => record(worth(saved))),
      ...Array.from({ length: 14 }, () => record({ ended: { how: 'expired', atMs: 1, why: 'lease' } })),
    ];
    const [its] = improvementOpportunities({ effects: { records, days: 28 } }, priced);
    expect(its).toMatchObject({ from: 'effects', unit: 'tasks/day', scope: { pool: 'p' } });
    expect(its?.gain.value).toBeCloseTo(5.5);
    expect(improvementOpportunities({ effects: { records: records.slice(4), days: 28 } }, priced)).toEqual([]);
  });

  it('never loses a source, and the order does not depend on theirs', () => {
    const units: GainUnit[] = ['ms', 'tasks/min', 'tasks/day', 'agent-hours/day', 'usd/day', 'ratio'];
    const strategies: StrategyName[] = ['cache_optimization', 'query_improvement', 'agent_skill_enhancement'];
    const one = fc
      .tuple(
        fc.constantFrom(...strategies),
        fc.constantFrom('p', 'q'),
        fc.integer({ min: 1, max: 999 }),
        fc.constantFrom(...units),
      )
      .map(([strategy, pool, value, unit]) => advice(strategy, { pool }, value, unit));
    const unique = fc.uniqueArray(one, { selector: ({ title }) => title, maxLength: 12 });
    fc.assert(
      fc.property(unique, fc.constantFrom(priced, unpriced), (recommendations, worth) => {
        const told = improvementOpportunities({ recommendations }, worth);
        expect(told.flatMap(({ also }) => [1, ...also])).toHaveLength(recommendations.length);
        const values = told.map((its) => its.worth?.value ?? -1);
        expect(values).toEqual(values.toSorted((a, b) => b - a));
        const again = improvementOpportunities({ recommendations: recommendations.toReversed() }, worth);
        expect(again.map((its) => its.worth?.value)).toEqual(told.map((its) => its.worth?.value));
      }),
    );
  });
});
