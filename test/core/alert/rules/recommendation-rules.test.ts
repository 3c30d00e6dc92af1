import { describe, expect, test } from 'vitest';
import { severityOf } from '../../../../lib/core/alert/alert.ts';
import { poolOversized } from '../../../../lib/core/alert/rules/pool-oversized.ts';
import { efficiencyRecommended, improvementRecommended } from '../../../../lib/core/alert/rules/recommendation-open.ts';
import type { OpenRecommendation } from '../../../../lib/core/recommend/open-recommendation.ts';
import {
  type RecommendationScope,
  recommendationId,
  type StrategyName,
  strategyNames,
  strategyTraits,
} from '../../../../lib/core/recommend/recommendation.ts';
import { type FleetMinute, WatchedFleet } from '../../../fixtures/watched-fleet.ts';

const START_MS = 29_000_000 * 60_000;
const idle: FleetMinute = {
  work: () => ({ tasks: 1, ms: 1_000 }),
  samples: () => ({ active: 0.5, capacity: 4, queued: 0 }),
};

function open(
  strategy: StrategyName,
  scope: RecommendationScope,
  more: Partial<OpenRecommendation> = {},
): OpenRecommendation {
  return {
    ...{ id: recommendationId(strategy, scope), strategy, scope, confidence: 0.975, basis: { tasks: 4_000 } },
    ...{ title: 'Keep results of draft', evidence: ['Half of them were answered before.'], action: 'Keep them.' },
    expectedGain: { value: 12.34, unit: 'agent-hours/day', low: 10.04, high: 15 },
    ...{ firstProposedMs: START_MS, lastProposedMs: START_MS },
    ...more,
  };
}

const kept = open('cache_optimization', { pool: 'writers', taskType: 'draft' });
const fleetWith = (...recommendations: OpenRecommendation[]) => {
  const fleet = new WatchedFleet({ writers: 2 });
  fleet.recommendations = recommendations;
  return fleet.pass(1, idle);
};

describe('an open recommendation', () => {
  test('is an alert about its pool: what to do, why, and what is gained with its interval', () => {
    expect(fleetWith(kept).alert('efficiency-recommended')).toMatchObject({
      ...{ kind: 'efficiency_opportunity', severity: 'low', state: 'firing', team: 'writers team' },
      scope: { pool: 'writers', recommendation: kept.id },
      ...{ title: 'Keep results of draft', why: 'Half of them were answered before. Keep them.' },
      ...{ value: 12.34, expected: 0, unit: 'agent-hours/day', n: 4_000, onsetMs: START_MS },
      impact: { agentHoursPerDay: 12.3 },
      evidence: [
        'expected gain 12.3 agent-hours a day, with a probability of 90 % between 10 and 15',
        'confidence that it is worth doing: 97 %',
        `POST /v1/recommendations/${kept.id}/adopt or /dismiss ends this alert`,
      ],
    });
  });

  test('without a pool is about the whole system', () => {
    const habit = open(
      'performance_culture_development',
      { habit: 'ownership' },
      { expectedGain: { value: 0.4, unit: 'ratio', low: 0.4, high: 0.4 }, basis: { budgets: 5, unowned: 2 } },
    );
    expect(fleetWith(habit).alert('improvement-recommended')).toMatchObject({
      ...{ kind: 'optimization_suggestion', scope: { recommendation: habit.id }, team: null, n: 5, impact: {} },
      evidence: expect.arrayContaining([expect.stringMatching(/^expected gain 40 %, .* between 40 and 40$/)]),
    });
  });

  test('is one alert each, by the kind of what it is good for', () => {
    const all = strategyNames.map((strategy) => open(strategy, { pool: 'writers' }));
    expect(Object.values(strategyTraits).every(({ tellsOf }) => severityOf[tellsOf] === 'low')).toBe(true);
    const told = fleetWith(...all).told();
    const saving = Object.values(strategyTraits).filter(({ tellsOf }) => tellsOf === 'efficiency_opportunity').length;
    expect(saving).toBeGreaterThan(2);
    expect(told.filter((rule) => rule === 'efficiency-recommended')).toHaveLength(saving);
    expect(told.filter((rule) => rule === 'improvement-recommended')).toHaveLength(all.length - saving);
  });

  test('is told at a probability of nine in ten, and until it is less than eight in ten', () => {
    const likely = (confidence: number) => [{ ...kept, confidence }];
    expect(fleetWith(...likely(0.89)).told()).toEqual([]);
    const fleet = fleetWith(...likely(0.9));
    expect(fleet.told()).toEqual(['efficiency-recommended']);
    fleet.recommendations = likely(0.85);
    expect(fleet.pass(5, idle).told()).toEqual(['efficiency-recommended']);
    fleet.recommendations = likely(0.79);
    expect(fleet.pass(1, idle).told()).toEqual([]);
  });

  test('is over in the minute in which nobody has to decide on it any more', () => {
    const fleet = fleetWith(kept);
    expect(fleet.pass(1, idle).alert('efficiency-recommended')?.state).toBe('firing');
    fleet.recommendations = [];
    expect(fleet.pass(1, idle).alert('efficiency-recommended')?.state).toBe('resolved');
  });

  test('that no evaluation has come to for a day is told no more, and one of later not in minutes before it', () => {
    const old = { ...kept, lastProposedMs: START_MS - 26 * 3_600_000 };
    expect(fleetWith(old).told()).toEqual([]);
    const fleet = fleetWith({ ...kept, firstProposedMs: START_MS + 2.5 * 60_000 });
    expect(fleet.pass(1, idle).told()).toEqual([]);
    expect(fleet.pass(1, idle).told()).toEqual(['efficiency-recommended']);
  });
});

describe('what another rule tells of a pool', () => {
  const fewer = open('capacity_planning', { pool: 'writers' });
  const larger = new WatchedFleet({ writers: 8 }).pass(22 * 60, idle);

  test('is not recommended in an alert as well, even one that was there before', () => {
    const fleet = larger.copy();
    const moved = { lastProposedMs: START_MS + 22 * 3_600_000 };
    fleet.recommendations = [
      { ...fewer, ...moved },
      { ...kept, ...moved },
    ];
    expect(fleet.pass(1, idle).told()).toEqual(['efficiency-recommended', 'efficiency-recommended']);
    fleet.pass(179, idle);
    expect(fleet.verdicts(poolOversized)).toHaveProperty('writers');
    expect(fleet.told()).toEqual(['efficiency-recommended', 'pool-oversized']);
    expect(fleet.verdicts(efficiencyRecommended)).toEqual({
      [`writers ${fewer.id}`]: 'clear',
      [`writers ${kept.id}`]: 'breach',
    });
  });

  test('is told of another pool all the same', () => {
    const fleet = larger.copy();
    fleet.recommendations = [open('capacity_planning', { pool: 'editors' }, { lastProposedMs: START_MS + 79_200_000 })];
    expect(fleet.pass(180, idle).told()).toEqual(['efficiency-recommended', 'pool-oversized']);
  });
});

test('a version that is faster is suggested once', () => {
  const scope = { pool: 'writers', version: '2.0.0' };
  const fleet = new WatchedFleet({ writers: 6 });
  for (const [agent, entry] of fleet.roster) {
    const version = Number(agent.slice(-1)) <= 2 ? '2.0.0' : '1.0.0';
    fleet.roster.set(agent, {
      ...entry,
      description: { ...entry.description, type: 'agent', agent, pool: 'writers', version },
    });
  }
  fleet.recommendations = [
    open('technology_upgrades', scope),
    open('technology_upgrades', { pool: 'writers', model: 'm' }),
  ];
  const work: FleetMinute = { work: (agent) => ({ tasks: 20, ms: Number(agent.slice(-1)) <= 2 ? 1_000 : 2_000 }) };
  expect(fleet.pass(1, work).told()).toEqual(['improvement-recommended', 'improvement-recommended']);
  expect(fleet.pass(80, work).told()).toEqual(['improvement-recommended', 'version-better']);
  expect(fleet.verdicts(improvementRecommended)).toMatchObject({
    [`writers ${recommendationId('technology_upgrades', scope)}`]: 'clear',
  });
});
