import { describe, expect, test } from 'vitest';
import type { KpiValue } from '../../../lib/core/kpi/kpi-value.ts';
import { type KpiId, kpis } from '../../../lib/core/kpi/registry.ts';
import { lateEvents } from '../../../lib/core/ledger/late-events.ts';
import { emptyBucketCount } from '../../../lib/core/ledger/ledger.ts';
import type { KnownPoolOutlook } from '../../../lib/core/plan/pool-outlook.ts';
import { composeDigest } from '../../../lib/core/review/compose-digest.ts';
import { dayPeriod, isoDay } from '../../../lib/core/review/day.ts';
import type { DigestInput } from '../../../lib/core/review/digest-input.ts';
import { digestText } from '../../../lib/core/review/digest-text.ts';
import { type MonitorFacts, monitorHealth } from '../../../lib/core/review/monitor-health.ts';
import { firingAlert } from '../../fixtures/alert.ts';
import { directiveRecord, routeDirective } from '../../fixtures/directive.ts';

const DAY = '2026-03-02';
const FROM_MS = Date.parse('2026-03-02T00:00:00Z');
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const MADE_MS = FROM_MS + DAY_MS + 161 * 60_000;

const value = (kpi: KpiId, of: number | null): KpiValue => ({ value: of, n: 100, unit: kpis[kpi].unit });

const sound: MonitorFacts = {
  minutes: { of: 1_440, judged: 1_440 },
  resumedMs: null,
  freshness: { status: 'ok', dataAgeMs: 61_000 },
  ledger: { received: 12_345, stored: 12_345, pending: 0, ignored: {}, rejected: {}, duplicate: 0, difference: 0 },
  lateEvents: 0,
  withoutHeartbeat: { missing: 0, of: 12 },
};

const quiet: DigestInput = {
  ...{ system: 'default', day: DAY, madeMs: MADE_MS },
  kpis: {
    day: {
      task_completion_rate: value('task_completion_rate', 0.987),
      average_response_time: value('average_response_time', 2_200),
    },
    before: {
      task_completion_rate: value('task_completion_rate', 0.992),
      average_response_time: value('average_response_time', 2_000),
    },
    weekBefore: { average_response_time: value('average_response_time', null) },
  },
  ...{ alerts: [], directives: [], budgets: [], plan: null, monitor: sound },
};

const text = (more: Partial<DigestInput>) =>
  digestText(composeDigest({ ...quiet, ...more }), 'https://fleet.example.com/');

test('a quiet day is three lines: what it was, its KPIs beside the days before, and whether the monitor saw it all', () => {
  // By hand: 98.7 - 99.2 = -0.5 points; 2,200 / 2,000 - 1 = 10 %.
  expect(text({}).split('\n')).toEqual([
    'default, 2026-03-02: quiet',
    'task completion rate 98.7 % (day before 99.2 %: −0.500 percentage points, week before not known); ' +
      'average response time 2.20 s (day before 2 s: +10.0 %, week before not known)',
    'All 1,440 minutes judged; 12,345 events received, 0 rejected, 0 late',
  ]);
});

describe('alerts', () => {
  const ended = firingAlert({
    ...{ id: 'slow', severity: 'medium', title: 'Pool conv is slow', team: null },
    ...{ onsetMs: FROM_MS - HOUR_MS, detectedMs: FROM_MS - HOUR_MS, resolvedMs: FROM_MS + HOUR_MS },
  });

  test('are counted by what became of them in the day, the worst first', () => {
    const digest = text({ alerts: [ended, firingAlert()] });
    expect(digest).toContain('default, 2026-03-02: 1 alert fired, 1 still firing');
    expect(digest).toContain('Alerts: 1 fired, 1 ended, 1 still firing at the end of the day');
    const lines = digest.split('\n').filter((line) => /^- (critical|medium)/.test(line));
    expect(lines).toEqual([
      '- critical: Agent conv-07 is dead (since 2026-03-02 03:02 UTC, still firing, team core)',
      '- medium: Pool conv is slow (since 2026-03-01 23:00 UTC, until 2026-03-02 01:00 UTC)',
    ]);
  });

  test('that ended after midnight were still firing at the end of the day', () => {
    const digest = text({ alerts: [firingAlert({ resolvedMs: FROM_MS + DAY_MS + 60_000 })] });
    expect(digest).toContain('0 ended, 1 still firing');
  });

  test('that others explain and advice leave a day quiet', () => {
    const explained = firingAlert({ inhibitedBy: 'pool-silent-1' });
    const advice = firingAlert({ scope: { recommendation: 'r1' }, kind: 'optimization_suggestion', severity: 'low' });
    expect(composeDigest({ ...quiet, alerts: [explained, advice] }).isQuiet).toBe(true);
  });

  test('beyond five are counted', () => {
    const many = Array.from({ length: 8 }, (_, i) => firingAlert({ id: `a${i}`, title: `Agent ${i} is dead` }));
    expect(text({ alerts: many })).toContain('- and 3 more');
  });
});

describe('directives', () => {
  const measured = (verdict: 'helped' | 'harmed', toMs: number) => ({
    ...{ state: 'measured' as const, verdict, from: toMs / 60_000 - 15, to: toMs / 60_000 },
    ...{ estimate: -300, low: -350, high: -250, unit: 'ms', n: 90, evidence: [] },
  });

  test('that were issued are counted, and what was measured is told with its interval, harm first', () => {
    const helped = routeDirective(FROM_MS + HOUR_MS, { effect: measured('helped', FROM_MS + 2 * HOUR_MS) });
    const harmed = routeDirective(FROM_MS - HOUR_MS, {
      ...{ id: 'other', summary: 'route around b' },
      effect: measured('harmed', FROM_MS + HOUR_MS),
    });
    const digest = text({ directives: [helped, harmed].map((one) => directiveRecord(one)) });
    expect(digest).toContain('Directives: 1 issued, 1 helped, 1 harmed');
    expect(digest.split('\n').filter((line) => line.includes('route around'))).toEqual([
      '- harmed: route around b: average response time of pool:workers by −300 ms (−350 ms to −250 ms)',
      '- helped: route around a: average response time of pool:workers by −300 ms (−350 ms to −250 ms)',
    ]);
  });

  test('of the day before whose effect was measured then are not told again', () => {
    const old = routeDirective(FROM_MS - 5 * HOUR_MS, { effect: measured('helped', FROM_MS - HOUR_MS) });
    expect(composeDigest({ ...quiet, directives: [directiveRecord(old)] }).isQuiet).toBe(true);
  });
});

describe('budgets', () => {
  const budget = {
    ...{
      name: 'conv-sla',
      kpi: 'service_level_agreement_compliance' as const,
      scope: { kind: 'pool' as const, id: 'conv' },
    },
    ...{ objective: 0.99, period: '30d', limit: null, owner: 'core', updatedAtMs: 0, updatedBy: 'ann' },
  };
  const report = (left: number, atMs: number | null) => ({
    remaining: { value: left, n: 1_000, unit: 'ratio' },
    ...{ burnRate: {}, exhausts: atMs === null ? { atMs, reason: 'it lasts' } : { atMs } },
  });

  test.each([
    { name: 'with a quarter left is not at risk', left: 0.25, atMs: null, isAtRisk: false },
    { name: 'with less is', left: 0.24, atMs: null, isAtRisk: true },
    { name: 'that is spent within a week is', left: 0.6, atMs: FROM_MS + 7 * DAY_MS, isAtRisk: true },
    { name: 'that lasts longer is not', left: 0.6, atMs: FROM_MS + 8 * DAY_MS, isAtRisk: false },
  ])('one $name', ({ left, atMs, isAtRisk }) => {
    const digest = text({ budgets: [{ budget, report: report(left, atMs) }] });
    expect(digest.includes('1 budget at risk')).toBe(isAtRisk);
    expect(digest.includes('conv-sla (service level agreement compliance of pool:conv, owner core)')).toBe(isAtRisk);
  });

  test('of an amount is judged by the part of the limit that is left', () => {
    const amount = { ...budget, objective: null, limit: 100 };
    const left = { ...report(20, null), remaining: { value: 20, n: 5, unit: 'usd' } };
    expect(text({ budgets: [{ budget: amount, report: left }] })).toContain(': 20.0 % left');
  });
});

describe('what comes', () => {
  const outlook = (atMs: number) =>
    ({
      ...{ status: 'known', pool: 'conv', agents: 4 },
      saturation: { atMs, earliestMs: null, latestMs: null, chance: 0.8, reason: null },
    }) as KnownPoolOutlook;
  const plan = (atMs: number, madeAtMs = MADE_MS - HOUR_MS) => ({ madeAtMs, pools: [outlook(atMs)] });

  test('is a pool that will be full within a day', () => {
    expect(text({ plan: plan(FROM_MS + DAY_MS + 9 * HOUR_MS) })).toContain(
      '- pool conv: more than its 4 agents can serve from 2026-03-03 09:00 UTC on (chance 80.0 %)',
    );
    expect(composeDigest({ ...quiet, plan: plan(MADE_MS + DAY_MS) }).isQuiet).toBe(true);
  });

  test('is not taken from a plan that nobody has renewed', () => {
    expect(composeDigest({ ...quiet, plan: plan(MADE_MS, MADE_MS - 4 * HOUR_MS) }).isQuiet).toBe(true);
  });
});

describe('the monitor itself', () => {
  const ledger = sound.ledger!;
  test.each<{ name: string; facts: Partial<MonitorFacts>; line: string }>([
    { name: 'minutes without figures', facts: { minutes: { of: 1_440, judged: 1_430 } }, line: '10 without figures' },
    {
      name: 'a gap in which nobody looked',
      facts: { resumedMs: FROM_MS + HOUR_MS },
      line: 'before 2026-03-02 01:00 UTC',
    },
    {
      name: 'a job that is behind',
      facts: { freshness: { status: 'behind', dataAgeMs: 600_000 } },
      line: '10 min old',
    },
    {
      name: 'rejected events from one in a hundred on',
      facts: { ledger: { ...ledger, received: 1_000, rejected: { invalid: 8, unknown_type: 2 } } },
      line: '10 rejected (most as invalid)',
    },
    { name: 'late events from one in a hundred on', facts: { lateEvents: 124 }, line: '124 late' },
    {
      name: 'events that are not accounted for',
      facts: { ledger: { ...ledger, difference: 1 } },
      line: '1 not accounted for',
    },
  ])('needs a look for $name', ({ facts, line }) => {
    const health = monitorHealth({ ...sound, ...facts });
    expect(health.isSound).toBe(false);
    expect(health.lines.join('\n')).toContain(line);
    expect(text({ monitor: { ...sound, ...facts } })).toContain('the monitor needs a look');
  });

  test('tells of agents without heartbeat, which is no reason to look every day', () => {
    const health = monitorHealth({ ...sound, withoutHeartbeat: { missing: 3, of: 12 } });
    expect(health).toMatchObject({
      isSound: true,
      lines: expect.arrayContaining(['3 of 12 agents sent no heartbeat']),
    });
  });

  test('does not call late what comes in the minute after', () => {
    const accepted = new Map([
      [100, 5],
      [99, 7],
      [98, 11],
      [40, 13],
    ]);
    const page = { account: '100 key_a', seen: new Map([[100, { ...emptyBucketCount(), accepted }]]) };
    expect(lateEvents([page])).toBe(24);
  });
});

test('a day on which nobody reported anything is not quiet', () => {
  expect(text({ kpis: { ...quiet.kpis, day: null } })).toMatch(/^default, 2026-03-02: nothing was reported\n/);
});

test('names take one line, turn no text around, and make no link', () => {
  const alert = firingAlert({
    title: 'Agent \u202egnp\n\u001b[31mx is dead, see https://evil.example or www.evil.example',
  });
  const digest = text({ alerts: [alert] });
  for (const mark of ['\u202e', '\u001b', 'https://evil', 'www.evil']) expect(digest).not.toContain(mark);
  expect(digest.split('\n').filter((line) => line.includes('evil'))).toHaveLength(1);
});

test('a text that is no day is refused with an example', () => {
  expect(() => composeDigest({ ...quiet, day: '2026-02-30' })).toThrow(
    'day must be a date such as 2026-03-18; got 2026-02-30',
  );
  expect(dayPeriod('yesterday')).toBeNull();
  expect(dayPeriod(isoDay(FROM_MS))).toEqual({ fromMs: FROM_MS, toMs: FROM_MS + DAY_MS });
});
