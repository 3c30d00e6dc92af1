import { describe, expect, it } from 'vitest';
import type { PlanAnswer, PredictedBottleneck } from '../../../lib/dashboard/plan/plan-answer.ts';
import {
  fullSentence,
  madeSentence,
  priceWords,
  saturationWords,
  stationName,
  statusSentence,
} from '../../../lib/dashboard/plan/plan-words.ts';
import { demandByType, poolRows, stepText, unservedPerMin } from '../../../lib/dashboard/plan/pool-rows.ts';
import type { Recommendation } from '../../../lib/dashboard/plan/recommendation-answer.ts';
import {
  courseSentence,
  gainSentence,
  resultSentence,
  verdictWords,
} from '../../../lib/dashboard/plan/recommendation-words.ts';

const NOW_MS = Date.parse('2026-11-24T10:30:00Z');
const plain = (text: string) => text.replaceAll('\u00a0', ' ');

const plan: PlanAnswer = {
  resource_allocation: {
    ...{ agents: { writers: 3, readers: 1 }, costPerHourUsd: 5, status: 'optimal', explanation: [] },
    counts: [
      { agent: 'w-1', pool: 'writers', count: 2, now: 2 },
      { agent: 'w/more', pool: 'writers', count: 1, now: 0 },
    ],
    shares: [
      { taskType: 'draft', agent: 'w-1', pool: 'writers', tasksPerMin: 4 },
      { taskType: 'draft', agent: 'w/more', pool: 'writers', tasksPerMin: 2 },
    ],
    unserved: [{ taskType: 'draft', tasksPerMin: 1.5, share: 0.2 }],
    pools: [{ pool: 'writers', agents: 3, utilization: 0.6, saturation: 0.9 }],
  },
  ...{ predicted_bottlenecks: [], recommendations: [], duals: [] },
  ...{ madeAt: '2026-11-24T10:20:00Z', trigger: 'hour', for: '2026-11-24T10:20:00Z' },
  pools: [{ status: 'known', pool: 'readers', agents: 2 }],
};

describe('a plan', () => {
  it('has its pools with the agents that are there now, tightest first', () => {
    expect(poolRows(plan)).toMatchObject([
      { pool: 'writers', now: 2, planned: 3, saturation: 0.9 },
      { pool: 'readers', now: 2, planned: 1, saturation: null, outlook: { agents: 2 } },
    ]);
    expect([1, -2, 0].map(stepText)).toEqual(['+1', '−2', 'no change']);
  });

  it('adds up what it is for, and what nobody does', () => {
    expect([...demandByType(plan)]).toEqual([['draft', 7.5]]);
    expect(unservedPerMin(plan)).toBe(1.5);
  });

  it('says when and why it was made, and what its status means', () => {
    expect(madeSentence(plan, NOW_MS)).toBe('Made 10:20 UTC as each hour, for the hour from 10:20 UTC.');
    expect(statusSentence('infeasible')).toContain('no plan keeps to every limit');
    expect(statusSentence(null)).toBe('there is no plan');
    expect(priceWords({ agents: 48, tokens: 23.32, moved: 0.001, balance: 0 })).toBe('agents $48.0 + tokens $23.3');
  });

  it('names what is full first, and says when', () => {
    const first: PredictedBottleneck = {
      ...{ rank: 1, kind: 'resource', id: 'cpu:writers', utilization: 0.5, evidence: [], loadFactor: 1.7709 },
      saturates: { at: null, earliestAt: null, latestAt: null, reason: 'x' },
    };
    expect(stationName(first)).toBe('CPU of pool writers');
    expect(stationName({ kind: 'pool', id: 'writers' })).toBe('pool writers');
    expect(stationName({ kind: 'resource', id: 'odd:one' })).toBe('odd:one');
    expect(fullSentence(first, NOW_MS)).toBe('not within the forecast; full at 1.77 times what comes now');
    expect(
      plain(
        saturationWords({ at: '2026-11-24T12:30:00Z', earliestAt: '2026-11-24T11:00:00Z', latestAt: null }, NOW_MS),
      ),
    ).toBe('full 12:30 UTC (in 2 h), earliest 11:00 UTC');
  });
});

describe('a recommendation', () => {
  const recommendation: Recommendation = {
    ...{ id: 'x', strategy: 'cache_optimization', horizon: 'immediate', scope: {}, title: 't', evidence: [] },
    expectedGain: { value: 12.31, unit: 'agent-hours/day', low: 10, high: 14.2 },
    ...{ confidence: 0.97, action: 'a', status: 'proposed' },
    ...{ firstProposedAt: '2026-11-24T09:20:00Z', lastProposedAt: '2026-11-24T10:20:00Z' },
  };

  it('says what is gained, within which interval, and how sure that is', () => {
    expect(plain(gainSentence(recommendation))).toBe(
      '12.3 agent-hours/day (90 % interval 10 agent-hours/day to 14.2 agent-hours/day), confidence 97 %',
    );
    const counted = { ...recommendation, expectedGain: { value: 4.8, unit: 'usd/day', low: 4.8, high: 4.8 } };
    expect(plain(gainSentence(counted))).toBe('$4.80/day (counted, not estimated), confidence 97 %');
  });

  it('says since when it is proposed, and who decided what', () => {
    expect(plain(courseSentence(recommendation, NOW_MS))).toBe('Proposed 09:20 UTC, last confirmed 10 min ago');
    const dismissed = { ...recommendation, status: 'dismissed', decidedBy: 'ann', decidedAt: '2026-11-24T10:25:00Z' };
    expect(courseSentence({ ...dismissed, note: 'too dear' }, NOW_MS)).toBe(
      'Proposed 09:20 UTC, dismissed 10:25 UTC by ann: “too dear”',
    );
  });

  it('says what it achieved, or why that cannot be told', () => {
    const measured = {
      ...{ afterDays: 1, at: '2026-11-25T10:00:00Z', status: 'measured' as const, verdict: 'less' },
      ...{ gain: 4, low: 2, high: 6, unit: 'tasks/min' },
    };
    expect(verdictWords(measured)).toBe('Less than expected');
    expect(plain(resultSentence(measured))).toBe(
      'After 1 day: 4 tasks/min gained (90 % interval 2 tasks/min to 6 tasks/min)',
    );
    const untold = { afterDays: 7, at: 'x', status: 'unmeasurable' as const, reason: 'too few hours are alike' };
    expect([verdictWords(untold), resultSentence(untold)]).toEqual([
      'Cannot be told',
      'After 7 days: too few hours are alike',
    ]);
  });
});
