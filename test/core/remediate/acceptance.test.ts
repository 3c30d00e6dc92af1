import { describe, expect, test } from 'vitest';
import { noWatch } from '../../../lib/core/detect/watch.ts';
import { MINUTE_MS } from '../../../lib/core/model/time.ts';
import {
  type AcceptanceQuestion,
  acceptanceOf,
  longestWaitMs,
  queueOfPool,
  type Spending,
  spendingOf,
} from '../../../lib/core/remediate/acceptance.ts';
import type { Directive, DirectiveRecord } from '../../../lib/core/remediate/directive.ts';
import type { DegradeParams } from '../../../lib/core/remediate/kinds/degrade.ts';
import type { Budget } from '../../../lib/core/slo/budget.ts';
import { countMinute, emptyTally } from '../../../lib/core/slo/budget-tally.ts';
import { directiveRecord, routeDirective } from '../../fixtures/directive.ts';

const MINUTE = 29_000_000;
const NOW = MINUTE * MINUTE_MS;

function ask(more: Partial<AcceptanceQuestion> = {}) {
  return acceptanceOf({
    ...{
      pool: 'writers',
      team: 'content',
      queueDepth: 0,
      drainMs: 0,
      longestWaitMs: 60_000,
      spending: [],
      directives: [],
    },
    ...{ nowMs: NOW, ...more },
  });
}

function spending(
  left: number,
  burnRate: number,
  scope: Spending['budget']['scope'] = { kind: 'pool', id: 'writers' },
): Spending {
  return { budget: { name: 'money', scope, limit: 100, period: '30d' }, left, burnRate };
}

function degrade(params: Partial<DegradeParams>, more: Partial<Directive> = {}): DirectiveRecord {
  const { blastRadius, ...rest } = routeDirective(NOW - MINUTE_MS);
  return directiveRecord({
    ...{ ...rest, kind: 'degrade', params: { pool: 'writers', ...params }, memory: { sinceMs: NOW }, blastRadius },
    ...more,
  } as Directive);
}

test('a pool that nothing speaks against accepts', () => {
  expect(ask({ queueDepth: 3, drainMs: 9_000 })).toEqual({
    ...{ pool: 'writers', level: 'accept', queueDepth: 3, drainMs: 9_000, why: [] },
  });
});

describe('budgets of money', () => {
  test.each([
    { name: 'spent', of: spending(0, 0), level: 'shed' },
    { name: 'nearly spent and burning', of: spending(0.09, 1.2), level: 'defer' },
    { name: 'nearly spent, but lasting', of: spending(0.09, 0.9), level: 'accept' },
    { name: 'burning, with enough left', of: spending(0.1, 20), level: 'accept' },
    {
      name: 'spent, of the team that owns the pool',
      of: spending(-0.1, 1, { kind: 'team', id: 'content' }),
      level: 'shed',
    },
    { name: 'spent, of the fleet', of: spending(0, 1, { kind: 'fleet' }), level: 'shed' },
    { name: 'spent, of another pool', of: spending(0, 1, { kind: 'pool', id: 'readers' }), level: 'accept' },
    { name: 'spent, of another team', of: spending(0, 1, { kind: 'team', id: 'ops' }), level: 'accept' },
  ])('one that is $name: $level', ({ of, level }) => {
    expect(ask({ spending: [of] }).level).toBe(level);
  });

  test('the answer says which budget, and until when not to ask', () => {
    expect(ask({ spending: [spending(0, 1)] })).toMatchObject({
      ...{ retryAfterMs: 300_000, why: ['budget money of pool writers, 100 USD in 30d, is spent'] },
    });
  });

  test('what was spent is counted by the minute: 60 of 80 USD in a day, 10 of them in the last hour', () => {
    const tally = emptyTally(1_440);
    countMinute(tally, MINUTE - 300, { bad: 50e6, total: 5 });
    countMinute(tally, MINUTE - 30, { bad: 10e6, total: 1 });
    const budget: Budget = {
      name: 'money',
      kpi: 'cost_per_task',
      scope: { kind: 'fleet' },
      ...{ objective: null, period: '24h', limit: 80, owner: null, updatedAtMs: 0, updatedBy: 'test' },
    };
    // 80 USD a day are 80/24 an hour: 10 ÷ 3.33 = 3.
    expect(spendingOf(budget, tally, MINUTE)).toMatchObject({ left: 0.25, burnRate: expect.closeTo(3) });
    expect(spendingOf({ ...budget, kpi: 'task_completion_rate' }, tally, MINUTE)).toBeNull();
  });
});

describe('directives that turn work away', () => {
  test('below a priority: only those tasks are not to be sent', () => {
    expect(ask({ directives: [degrade({ shedBelow: 'normal' })] })).toMatchObject({
      level: 'shed',
      shedBelow: 'normal',
    });
  });

  test('a share: what is admitted is told, and work is deferred; nothing admitted is shed', () => {
    expect(ask({ directives: [degrade({ admitFraction: 0.7 })] })).toMatchObject({
      level: 'defer',
      admitFraction: 0.7,
    });
    expect(ask({ directives: [degrade({ admitFraction: 0 })] })).toMatchObject({ level: 'shed' });
  });

  test('by a rung of the ladder, of another pool, or not in force: none of it', () => {
    const others = [
      degrade({ step: 'smaller-model' }),
      degrade({ shedBelow: 'normal', pool: 'readers' }),
      degrade({ shedBelow: 'normal' }, { mode: 'approve', inForceMs: null }),
      degrade({ shedBelow: 'normal' }, { ended: { how: 'expired', atMs: NOW - 1, why: '' } }),
    ];
    expect(ask({ directives: others }).level).toBe('accept');
  });

  test('a budget that is spent is stricter than a priority, and both are said', () => {
    const both = ask({ spending: [spending(0, 1)], directives: [degrade({ shedBelow: 'high' })] });
    expect(both.level).toBe('shed');
    expect(both.why).toHaveLength(2);
    expect(both.shedBelow).toBeUndefined();
  });

  test.each([
    { beside: 'a queue that takes too long', more: { queueDepth: 500, drainMs: 300_000 }, retryAfterMs: 240_000 },
    { beside: 'a queue that is soon begun', more: { queueDepth: 50, drainMs: 61_000 }, retryAfterMs: 60_000 },
    { beside: 'a budget that is nearly spent', more: { spending: [spending(0.05, 2)] }, retryAfterMs: 300_000 },
    { beside: 'a greater share', more: {}, retryAfterMs: 60_000 },
  ])('a share is told also beside $beside, with the longest time to wait', ({ more, retryAfterMs }) => {
    const directives = [0.7, 0.3].map((admitFraction) => degrade({ admitFraction }));
    expect(ask({ directives, ...more })).toMatchObject({ level: 'defer', admitFraction: 0.3, retryAfterMs });
  });

  test('of two priorities the higher is told, and of one that is shed no share that is deferred', () => {
    const shed = [degrade({ shedBelow: 'normal' }), degrade({ shedBelow: 'high' }), degrade({ admitFraction: 0.3 })];
    const both = ask({ queueDepth: 500, drainMs: 300_000, directives: shed });
    expect(both).toMatchObject({ level: 'shed', shedBelow: 'high', retryAfterMs: 60_000 });
    expect(both.admitFraction).toBeUndefined();
    expect(both.why).toHaveLength(4);
  });
});

describe('what waits', () => {
  test('longer than it may: later, once the rest would have been begun in time', () => {
    expect(ask({ queueDepth: 100, drainMs: 90_000 })).toMatchObject({ level: 'defer', retryAfterMs: 30_000 });
    expect(ask({ queueDepth: 100, drainMs: 60_000 }).level).toBe('accept');
  });

  test('of what is not known nothing speaks against more', () => {
    expect(ask({ queueDepth: null, drainMs: null }).level).toBe('accept');
  });

  const watching = (queued: number[], throughput: number[]) => {
    const watch = noWatch();
    const of = (values: number[]) => ({
      recent: values.map((value, i) => ({ minute: MINUTE - values.length + 1 + i, value, n: 1, deviation: 0 })),
      ...{ minute: MINUTE, level: {} as never },
    });
    watch.series.set('queued|pool|writers|', of(queued));
    watch.series.set('throughput|pool|writers|', of(throughput));
    return watch;
  };

  test('is told by the newest minute, at the pace of the fullest', () => {
    const watch = watching([10, 40, 60], [120, 110, 30]);
    expect(queueOfPool(watch, 'writers', MINUTE)).toEqual({ queueDepth: 60, drainMs: 30_000 });
    expect(queueOfPool(watch, 'writers', MINUTE + 10)).toEqual({ queueDepth: null, drainMs: null });
  });

  test('where nothing gets done: later, since less than one is completed in the minutes that are known', () => {
    const stuck = queueOfPool(watching([300, 420, 540], [0, 0, 0]), 'writers', MINUTE);
    // One in three minutes.
    expect(stuck).toEqual({ queueDepth: 540, drainMs: 3 * 540 * 60_000 });
    expect(ask(stuck)).toMatchObject({ level: 'defer', retryAfterMs: 300_000 });
  });

  test('where nothing is known to get done, for minutes of which reports may still come: nothing speaks against more', () => {
    const unknown = queueOfPool(watching([420, 540], [0, 0]), 'writers', MINUTE);
    expect(unknown).toEqual({ queueDepth: 540, drainMs: null });
    expect(ask(unknown).level).toBe('accept');
  });

  test('of tasks that take longer than the minutes that are looked at is not turned away where they may wait', () => {
    const long = queueOfPool(watching([2, 2, 2, 2, 2], [0, 0, 0, 0, 0]), 'writers', MINUTE);
    expect(ask({ ...long, longestWaitMs: 3_000_000 }).level).toBe('accept');
  });

  test('may take what is left of the objective once a task was worked on', () => {
    expect(longestWaitMs({ kind: 'response-within', slaMs: 40_000, share: 0.95 }, 8_000)).toBe(32_000);
    expect(longestWaitMs({ kind: 'wait-within', longestWaitMs: 20_000, share: 0.8 }, 8_000)).toBe(20_000);
    expect(longestWaitMs({ kind: 'wait-share', waitShare: 0.2 }, 8_000)).toBe(60_000);
  });
});
