import { describe, expect, test } from 'vitest';
import { MINUTE_MS } from '../../../lib/core/model/time.ts';
import { assessBudget } from '../../../lib/core/slo/assess-budget.ts';
import { tallyBudgets } from '../../../lib/core/slo/budget-tallies.ts';
import { countMinute, countsOfLast, emptyTally } from '../../../lib/core/slo/budget-tally.ts';
import type { EventCounts } from '../../../lib/core/slo/event-counts.ts';
import { fastPathErrorRatio } from '../../../lib/core/slo/fast-path.ts';
import { tallyMinute } from '../../../lib/core/slo/tally-minute.ts';
import { figuresWith } from '../../fixtures/scope-figures.ts';

const DAY = 1_440;
const START = 29_000_000;
const share = (objective: number, period = '30d') => ({
  ...({ name: 'b', kpi: 'task_completion_rate', scope: { kind: 'fleet' }, objective, period, limit: null } as const),
});

/** A tally of stretches of equal minutes; null has no traffic. */
function tallyOf(period: number, stretches: readonly (readonly [minutes: number, EventCounts | null])[]) {
  const tally = emptyTally(period);
  let minute = START;
  for (const [minutes, counts] of stretches) {
    for (let at = 0; at < minutes; at++, minute++) if (counts) countMinute(tally, minute, counts);
  }
  return { tally, last: minute - 1 };
}

const counts = (bad: number, total: number) => ({ bad, total });

describe('the share that wakes somebody within minutes', () => {
  test.each([
    // The table of the fast path.
    [0.999, 0.0144],
    [0.99, 0.144],
    [0.95, 0.3],
    [0.9, 0.45],
    [0.8, 0.75],
  ])('at %s is %s', (objective, ratio) => {
    expect(fastPathErrorRatio(objective)).toBeCloseTo(ratio, 9);
  });
});

describe('a share', () => {
  test('burns critically by the fast path when half fails at 90 %, where the workbook’s rules never page', () => {
    const quiet = tallyOf(30 * DAY, [[3 * DAY, counts(0, 20)]]);
    expect(assessBudget(quiet.tally, share(0.9), quiet.last)).toMatchObject({ verdict: 'clear', severity: null });
    const { tally, last } = tallyOf(30 * DAY, [
      [3 * DAY, counts(0, 20)],
      [10, counts(10, 20)],
    ]);
    const assessed = assessBudget(tally, share(0.9), last);
    expect(assessed).toMatchObject({
      ...{ verdict: 'breach', severity: 'critical', rule: 'fast-path', badEvents: 100, n: 200 },
      onsetMs: (START + 3 * DAY) * MINUTE_MS,
      burnRates: { '5m': expect.closeTo(5, 9), '1h': expect.closeTo(100 / 1_200 / 0.1, 9) },
    });
    expect(Object.keys(assessed.burnRates)).toEqual(['5m', '30m', '1h', '2h', '6h', '1d', '3d']);
    // Of 30 days the tally has 4,330 minutes: 86,600 tasks, of which 8,660 may be bad and 100 are. At a burn rate of 5.
    const minutes = ((1 - 100 / 8_660) / 5) * 30 * DAY;
    expect(assessed.exhaustsAtMs).toBeCloseTo((last + 1 + minutes) * MINUTE_MS, -3);
    expect(assessed.evidence[0]).toBe(
      'fast-path: 100 of 200 bad in 10m (50 %) and 30 of 60 bad in 3m (50 %), more than 45 %',
    );
  });

  test.each([
    // 99 %: a constant share from the beginning burns at that share ÷ 0.01.
    { ratio: 0.2, severity: 'critical', rule: 'fast-path' },
    { ratio: 0.07, severity: 'high', rule: 'page-slow' },
    { ratio: 0.04, severity: 'medium', rule: 'ticket-quick' },
    { ratio: 0.02, severity: 'low', rule: 'ticket-slow' },
  ])('that fails at $ratio for days is $severity', ({ ratio, severity, rule }) => {
    const { tally, last } = tallyOf(30 * DAY, [[4 * DAY, counts(Math.round(100 * ratio), 100)]]);
    const assessed = assessBudget(tally, share(0.99), last);
    expect(assessed).toMatchObject({ verdict: 'breach', severity, rule });
    expect(assessed.onsetMs).not.toBeNull();
  });

  test('that keeps its objective exactly is clear', () => {
    const { tally, last } = tallyOf(30 * DAY, [[4 * DAY, counts(1, 100)]]);
    expect(assessBudget(tally, share(0.99), last)).toMatchObject({
      verdict: 'clear',
      onsetMs: null,
      exhaustsAtMs: null,
    });
  });

  test('with one failure where 99.9 % are wanted wakes nobody', () => {
    // The workbook's quick page would: 2 of 120 in an hour burn at 16.7.
    const { tally, last } = tallyOf(30 * DAY, [
      [3 * DAY, counts(0, 2)],
      [1, counts(2, 2)],
    ]);
    const { severity } = assessBudget(tally, share(0.999), last);
    expect(severity === 'critical' || severity === 'high').toBe(false);
  });

  test('of few tasks is judged over a window that holds ten bad ones, and by a ticket where six hours do not', () => {
    const outage = (tasksAnHour: number, hours: number) => {
      const hour = [[1, counts(1, 1)] as const, [60 / tasksAnHour - 1, null] as const];
      const well = [[1, counts(0, 1)] as const, [60 / tasksAnHour - 1, null] as const];
      const repeat = <T>(times: number, of: readonly T[]) => Array.from({ length: times }, () => of).flat();
      const { tally, last } = tallyOf(30 * DAY, [
        ...repeat(72 * tasksAnHour, well),
        ...repeat(hours * tasksAnHour, hour),
      ]);
      return assessBudget(tally, share(0.9), last);
    };
    expect(outage(4, 5)).toMatchObject({ severity: 'critical', badEvents: 10, n: 10 });
    // One an hour: six bad of six.
    const few = outage(1, 6);
    expect(few).toMatchObject({ severity: 'medium', rule: 'fast-path', badEvents: 6, n: 6 });
    expect(few.evidence).toContain('nobody is woken for fewer than 10 bad events');
  });

  test('is unknown after six hours without tasks, and where the last tasks went badly before there were none', () => {
    const empty = emptyTally(30 * DAY);
    expect(assessBudget(empty, share(0.99), START)).toMatchObject({ verdict: 'unknown', n: 0 });
    const stopped = tallyOf(30 * DAY, [
      [3 * DAY, counts(0, 20)],
      [1, counts(12, 20)],
      [45, null],
    ]);
    expect(assessBudget(stopped.tally, share(0.9), stopped.last)).toMatchObject({
      verdict: 'unknown',
      evidence: [expect.stringContaining('12 of 20 bad')],
    });
    const wellSince = tallyOf(30 * DAY, [
      [3 * DAY, counts(0, 20)],
      [1, counts(12, 20)],
      [45, null],
      [1, counts(0, 20)],
    ]);
    expect(assessBudget(wellSince.tally, share(0.9), wellSince.last).verdict).toBe('clear');
  });
});

describe('an amount', () => {
  const spending = { kpi: 'cost_per_task', objective: null, period: '30d', limit: 43_200 } as const;
  const usd = (amount: number) => counts(amount * 1e6, 1);

  test.each([
    // 43,200 USD in 30 days is a dollar a minute.
    { perMinute: 7, severity: 'high', rule: 'page-slow' },
    { perMinute: 4, severity: 'medium', rule: 'ticket-quick' },
    { perMinute: 2, severity: 'low', rule: 'ticket-slow' },
  ])('at $perMinute times what lasts is $severity', ({ perMinute, severity, rule }) => {
    const { tally, last } = tallyOf(30 * DAY, [[3 * DAY + 15, usd(perMinute)]]);
    const assessed = assessBudget(tally, spending, last);
    expect(assessed).toMatchObject({ verdict: 'breach', severity, rule, onsetMs: null });
    expect(Object.values(assessed.burnRates).every((rate) => Math.abs((rate ?? 0) - perMinute) < 0.01)).toBe(true);
    const left = (43_200 - perMinute * (3 * DAY + 15)) / perMinute;
    expect(assessed.exhaustsAtMs).toBeCloseTo((last + 1 + left) * MINUTE_MS, -3);
  });

  test('is not judged by the quick rules: spending comes in lumps', () => {
    const { tally, last } = tallyOf(30 * DAY, [
      [DAY, usd(0.5)],
      [5, usd(200)],
    ]);
    expect(assessBudget(tally, spending, last)).toMatchObject({ verdict: 'clear', badEvents: 1_177.5, n: 360 });
  });
});

describe('a minute is counted', () => {
  test.each([
    {
      name: 'by good and bad tasks',
      budget: { kpi: 'task_completion_rate', limit: null } as const,
      counted: { bad: 3, total: 10 },
    },
    {
      name: 'in millionths of what was spent',
      budget: { kpi: 'cost_per_task', limit: 5 } as const,
      counted: { bad: 1_500_000, total: 7 },
    },
  ])('$name', ({ budget, counted }) => {
    const figures = figuresWith({ tasks: { completed: 7, failed: 3, costNanoUsd: 1.5e9 } });
    expect(tallyMinute(budget, figures)).toEqual(counted);
  });

  test('not at all where the scope, or what was spent, is not known', () => {
    expect(tallyMinute({ kpi: 'task_completion_rate', limit: null }, null)).toBeNull();
    expect(tallyMinute({ kpi: 'cost_per_task', limit: 5 }, figuresWith({ tasks: { completed: 7 } }))).toBeNull();
  });

  test('for each budget; one that counts something else now begins anew', () => {
    const figures = figuresWith({ tasks: { completed: 7, failed: 3 } });
    const count = (
      kept: Parameters<typeof tallyBudgets>[0],
      budgets: Parameters<typeof tallyBudgets>[1],
      minute: number,
    ) => tallyBudgets(kept, budgets, () => figures, minute);
    const other = { ...share(0.9), name: 'other' };
    const first = count(new Map(), [share(0.9), other], START);
    const second = count(first, [share(0.95), { ...other, period: '7d' }], START + 1);
    const totals = (name: string) => countsOfLast(second.get(name)?.tally ?? emptyTally(60), 60, START + 1).total;
    // The objective says how much is too much, the period what is remembered.
    expect([totals('b'), totals('other')]).toEqual([20, 10]);
    expect([...count(second, [other], START + 2).keys()]).toEqual(['other']);
  });
});
