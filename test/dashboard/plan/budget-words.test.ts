import { describe, expect, it } from 'vitest';
import type { Budget } from '../../../lib/dashboard/plan/budget-answer.ts';
import {
  alertRuleSentence,
  budgetTone,
  burnText,
  lastsSentence,
  leftSentence,
  leftShare,
  promiseSentence,
} from '../../../lib/dashboard/plan/budget-words.ts';
import { burnDownChart, burnDownMoments, burnDownSpan } from '../../../lib/dashboard/plan/burn-down.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const NOW_MS = Date.parse('2026-11-24T10:00:00Z');
const plain = (text: string) => text.replaceAll('\u00a0', ' ');

const done: Budget = {
  ...{ name: 'done', kpi: 'task_completion_rate', scope: 'pool:writers', objective: 0.999, period: '30d' },
  ...{ limit: null, owner: 'content', revision: 1 },
  window: { from: '2026-10-25T10:00:00Z', to: '2026-11-24T10:00:00Z' },
  remaining: { value: 0.25, n: 300, unit: 'ratio' },
  burnRate: {
    '5m': { value: 0, n: 50, unit: 'ratio' },
    '1h': { value: 2, n: 300, unit: 'ratio' },
    '30d': { value: 0.75, n: 300, unit: 'ratio' },
  },
  exhaustsAt: '2026-11-24T12:00:00Z',
};
const spending: Budget = {
  ...done,
  ...{ name: 'spending', kpi: 'cost_per_task', scope: 'fleet', objective: null, limit: 500, period: '7d' },
  remaining: { value: 125, n: 300, unit: 'usd' },
};

describe('a budget', () => {
  it('says what it promises, with the nines that it was set with', () => {
    expect(plain(promiseSentence(done))).toBe('Tasks completed for 99.9 % over 30d, pool writers');
    const fast = { ...done, kpi: 'average_response_time', scope: 'taskType:draft', objective: 0.95, limit: 2_000 };
    expect(plain(promiseSentence(fast))).toBe('Response for 95 % within 2 s over 30d, task type draft');
    expect(plain(promiseSentence(spending))).toBe('At most $500 for tasks and agents in 7d, the fleet');
  });

  it('says what is left, and what was overspent', () => {
    expect(plain(leftSentence(done))).toBe('25.0 % of the error budget is left');
    expect(plain(leftSentence({ ...done, remaining: { ...done.remaining, value: -0.5 } }))).toBe(
      'Overspent by 50.0 % of the error budget',
    );
    expect(plain(leftSentence(spending))).toBe('$125 of $500 is left');
    expect(plain(leftSentence({ ...spending, remaining: { ...spending.remaining, value: -20 } }))).toBe(
      '$20.0 more than the $500 was spent',
    );
    expect(leftShare(spending)).toBe(0.25);
    const unknown = { ...done, remaining: { value: null, n: 0, unit: 'ratio', reason: 'nobody has reported' } };
    expect([leftSentence(unknown), leftShare(unknown), budgetTone(unknown)]).toEqual([
      'Not known: nobody has reported',
      null,
      'unknown',
    ]);
  });

  it('lasts, burns or is spent', () => {
    expect(budgetTone(done)).toBe('burning');
    expect(budgetTone({ ...done, exhaustsAt: null })).toBe('good');
    expect(budgetTone({ ...done, remaining: { ...done.remaining, value: 0 } })).toBe('spent');
    expect(plain(lastsSentence(done, NOW_MS))).toBe('Lasts until 12:00 UTC, another 2 h, if work goes on as it does');
    expect(lastsSentence({ ...done, exhaustsAt: null, exhaustsReason: 'nothing is spent' }, NOW_MS)).toBe(
      'Until when: nothing is spent',
    );
  });

  it('says how fast it goes, and from when on somebody is told', () => {
    expect([0, 0.8333, 14.4].map(burnText)).toEqual(['0×', '0.83×', '14×']);
    expect(alertRuleSentence({ severity: 'critical', long: '1h', short: '5m', burnRate: 14.4 })).toBe(
      'Critical: above 14.4× over 1h and 5m at once',
    );
  });
});

describe('the burn-down of a budget', () => {
  it('goes back as far as anything is known', () => {
    expect(burnDownSpan(done)).toBe(HOUR_MS);
    const older = { ...done, burnRate: { ...done.burnRate, '30d': { value: 1, n: 900, unit: 'ratio' } } };
    expect(burnDownSpan({ ...older, remaining: { ...done.remaining, n: 900 } })).toBe(30 * 24 * HOUR_MS);
  });

  it('asks for moments that stay the same from minute to minute', () => {
    const first = burnDownMoments(NOW_MS, 16 * HOUR_MS);
    expect(first.stepMs).toBe(HOUR_MS);
    expect(first.moments).toHaveLength(16);
    expect(first.moments.at(-1)).toBe(NOW_MS - HOUR_MS);
    expect(burnDownMoments(NOW_MS - 30 * MINUTE_MS, 16 * HOUR_MS).moments).toEqual(first.moments);
  });

  it('goes on to when it is spent, and is never drawn below nothing', () => {
    const past = [{ atMs: NOW_MS - HOUR_MS, value: -0.1 }];
    const { lines, marks, period } = burnDownChart(done, past, { stepMs: 4 * MINUTE_MS, spanMs: 4 * HOUR_MS });
    expect(lines[0]!.points).toEqual([
      { atMs: NOW_MS - HOUR_MS, value: 0 },
      { atMs: NOW_MS, value: 0.25 },
    ]);
    expect(lines[1]!.points.at(-1)).toEqual({ atMs: NOW_MS + 2 * HOUR_MS, value: 0 });
    expect(marks).toContainEqual({ atMs: NOW_MS + 2 * HOUR_MS, label: 'spent', kind: 'breach' });
    expect(period.toMs).toBe(NOW_MS + 2.2 * HOUR_MS);
  });

  it('ends where as much of the future is shown as of the past', () => {
    const { lines, period } = burnDownChart(done, [], { stepMs: 4 * MINUTE_MS, spanMs: HOUR_MS });
    expect(period.toMs).toBe(NOW_MS + HOUR_MS);
    expect(lines[1]!.points.at(-1)!.value).toBeCloseTo(0.125, 9);
  });
});
