import { describe, expect, test } from 'vitest';
import type { Figures } from '../../../lib/core/kpi/figures.ts';
import type { Budget } from '../../../lib/core/slo/budget.ts';
import { budgetReport } from '../../../lib/core/slo/budget-report.ts';
import { windowsOfPeriod } from '../../../lib/core/slo/budget-window.ts';
import { figuresWith, type GivenFigures } from '../../fixtures/scope-figures.ts';

const TO_MS = Date.parse('2026-03-31T00:00:00Z');
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

function budget(more: Partial<Budget> = {}): Budget {
  return {
    ...{
      name: 'b',
      kpi: 'task_completion_rate',
      scope: { kind: 'fleet' },
      objective: 0.99,
      period: '30d',
      limit: null,
    },
    ...{ owner: null, updatedAtMs: 0, updatedBy: 'ann' },
    ...more,
  };
}

/** A report from figures by window; a window that is not given has those of the next longer one that is. */
function report(of: Budget, given: Record<string, GivenFigures | null>, sinceMs: number | null = TO_MS - 100 * DAY_MS) {
  const windows = new Map<string, Figures | null>();
  let last: Figures | null = null;
  for (const { name } of windowsOfPeriod(of.period).reverse()) {
    const found = given[name];
    if (found !== undefined) last = found && figuresWith(found);
    windows.set(name, last);
  }
  return budgetReport(of, { windows, toMs: TO_MS, sinceMs });
}

const tasks = (completed: number, failed: number) => ({ tasks: { completed, failed } });

describe('the budget of a share', () => {
  test('is told by hand-computed figures', () => {
    // Of 1,000 tasks 10 may fail. 4 did: 0.6 remains. Within 3 days 2 of 100 failed: burn rate 2, and 0.6 lasts
    // 0.6 ÷ 2 × 30 = 9 days. In the last hour 1 of 10 failed: burn rate 10.
    const told = report(budget(), { '30d': tasks(996, 4), '3d': tasks(98, 2), '1h': tasks(9, 1), '5m': tasks(0, 0) });
    expect(told.remaining).toEqual({
      ...{ value: expect.closeTo(0.6, 9), n: 1_000, unit: 'ratio', parts: { good: 996, bad: 4 } },
    });
    expect(Object.keys(told.burnRate)).toEqual(['5m', '30m', '1h', '2h', '6h', '1d', '3d', '30d']);
    const parts = (good: number, bad: number) => ({ good, bad });
    expect(told.burnRate).toMatchObject({
      '5m': { value: null, n: 0, unit: 'ratio', reason: 'no task ended in the window' },
      '1h': { value: expect.closeTo(10, 9), n: 10, unit: 'ratio', parts: parts(9, 1) },
      '3d': { value: expect.closeTo(2, 9), n: 100, unit: 'ratio', parts: parts(98, 2) },
      '30d': { value: expect.closeTo(0.4, 9), n: 1_000, unit: 'ratio', parts: parts(996, 4) },
    });
    expect(told.exhausts).toEqual({ atMs: expect.closeTo(TO_MS + 9 * DAY_MS, 0) });
  });

  test('that is overspent is negative, and not spent again', () => {
    // 15 of 1,000 failed where 10 may: 1 − 1.5.
    const { remaining, exhausts } = report(budget(), { '30d': tasks(985, 15) });
    expect(remaining).toMatchObject({ value: expect.closeTo(-0.5, 9), n: 1_000 });
    expect(exhausts).toEqual({ atMs: null, reason: 'the budget is spent' });
  });

  test.each([
    {
      name: 'nothing failed',
      given: { '30d': tasks(996, 4), '3d': tasks(100, 0) },
      reason: /nothing was spent in the last 3d/,
    },
    { name: 'nothing ended', given: { '30d': tasks(996, 4), '3d': {} }, reason: /^of the last 3d: no task ended/ },
    { name: 'nothing ended in the whole period', given: { '30d': {} }, reason: /^no task ended in the window$/ },
    // 0.6 left at a burn rate of 0.5 would take 36 days; by then the four of now have left the period.
    {
      name: 'it is spent more slowly than it comes back',
      given: { '30d': tasks(996, 4), '3d': tasks(199, 1) },
      reason: /^at the rate of the last 3d it lasts longer than 30d$/,
    },
  ])('has no end in sight when $name, and says so', ({ given, reason }) => {
    expect(report(budget(), given).exhausts).toEqual({ atMs: null, reason: expect.stringMatching(reason) });
  });

  test('goes by the longest window that something was reported throughout', () => {
    // Half of the 10 tasks of the last 6 hours failed: burn rate 50; of a day, 5 of 500: burn rate 1.
    const given = { '30d': tasks(1_000, 2), '1d': tasks(495, 5), '6h': tasks(5, 5) };
    const endsAfter = (sinceMs: number) => {
      const { exhausts, remaining } = report(budget(), given, sinceMs);
      return exhausts.atMs === null ? exhausts.reason : (exhausts.atMs - TO_MS) / DAY_MS / (remaining.value ?? 0);
    };
    // The share that remains, times 30 days, divided by the burn rate.
    expect(endsAfter(TO_MS - DAY_MS)).toBeCloseTo(30 / 1, 6);
    expect(endsAfter(TO_MS - DAY_MS + 1)).toBeCloseTo(30 / 50, 6);
    expect(endsAfter(TO_MS)).toBeCloseTo(30 / 50, 6);
  });

  test('of what is not known has no figures, and says what is not known', () => {
    const of = (scope: Budget['scope']) => report(budget({ scope }), { '30d': null });
    expect(of({ kind: 'pool', id: 'p' }).remaining).toEqual({
      value: null,
      n: 0,
      unit: 'ratio',
      reason: 'pool:p is not known',
    });
    expect(of({ kind: 'team', id: 't' }).burnRate['5m']?.reason).toBe('no pool is owned by team t');
    expect(of({ kind: 'agent', id: 'a' }).exhausts).toEqual({ atMs: null, reason: 'agent:a is not known' });
  });
});

describe('the budget of an amount', () => {
  const spending = budget({ kpi: 'cost_per_task', objective: null, period: '10d', limit: 100 });
  const cost = (usd: number, completed = 10) => ({ tasks: { costNanoUsd: usd * 1e9, completed } });

  test('is told by hand-computed figures', () => {
    // 60 of 100 USD are spent: 40 remain. 24 in 3 days are 8 a day where 10 a day are sustainable: burn rate 0.8, and 40
    // last 5 days. 1 in an hour is 24 a day: burn rate 2.4.
    const told = report(spending, { '10d': cost(60, 500), '3d': cost(24), '1h': cost(1), '5m': {} });
    expect(told.remaining).toEqual({ value: 40, n: 500, unit: 'usd', parts: { spent: 60 } });
    expect(told.burnRate).toMatchObject({
      '5m': { value: null, unit: 'ratio', reason: expect.stringContaining('no cost is known') },
      '1h': { value: expect.closeTo(2.4, 9), n: 10, unit: 'ratio', parts: { spent: 1 } },
      '3d': { value: expect.closeTo(0.8, 9) },
      '10d': { value: expect.closeTo(0.6, 9), n: 500 },
    });
    expect(told.exhausts).toEqual({ atMs: expect.closeTo(TO_MS + 5 * DAY_MS, 0) });
  });

  test('may be overspent', () => {
    expect(report(spending, { '10d': cost(130) })).toMatchObject({
      remaining: { value: -30, unit: 'usd' },
      exhausts: { atMs: null, reason: 'the budget is spent' },
    });
  });

  test('is not known where no cost is', () => {
    const { remaining, exhausts } = report(spending, { '10d': { tasks: { completed: 5 } } });
    expect(remaining).toEqual({ value: null, n: 5, unit: 'usd', reason: expect.stringContaining('no cost is known') });
    expect(exhausts).toEqual({ atMs: null, reason: expect.stringContaining('no cost is known') });
  });
});
