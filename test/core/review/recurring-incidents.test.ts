import { describe, expect, it } from 'vitest';
import { drawChance, drawPlanted, START_MS, type World } from '../../../bench/recurrence/histories.ts';
import type { PastAlert } from '../../../lib/core/review/incident-cluster.ts';
import { recurringIncidents } from '../../../lib/core/review/recurring-incidents.ts';

const [MINUTE_MS, HOUR_MS, DAY_MS] = [60_000, 3_600_000, 86_400_000];
/** A Monday, 09:10. */
const MONDAY_MS = Date.UTC(2026, 0, 5, 9, 10);
const fromMs = Date.UTC(2025, 11, 1);

function alert(id: string, onsetMs: number, rest: Partial<PastAlert> = {}): PastAlert {
  return {
    ...{ id, kind: 'latency_increase', scope: { pool: 'writers' }, title: 'pool writers is slow' },
    ...{ onsetMs, detectedMs: onsetMs + 2 * MINUTE_MS, resolvedMs: onsetMs + HOUR_MS },
    ...rest,
  };
}

const every = (days: number, count: number, rest: Partial<PastAlert> = {}, jitterMs = [0, 20, -25, 10, -15]) =>
  Array.from({ length: count }, (_, i) =>
    alert(`a${i}`, MONDAY_MS + i * days * DAY_MS + (jitterMs[i % jitterMs.length] as number) * MINUTE_MS, rest),
  );

describe('a fault of every Monday', () => {
  it('is told with its calendar by the third time, and not by the second', () => {
    const alerts = every(7, 3);
    const nowMs = MONDAY_MS + 14 * DAY_MS + HOUR_MS;
    expect(recurringIncidents({ alerts: alerts.slice(0, 2), fromMs, nowMs })).toEqual([]);
    const [found, ...others] = recurringIncidents({ alerts, fromMs, nowMs });
    expect(others).toEqual([]);
    expect(found).toMatchObject({
      title: 'Latency increase: pool writers',
      scope: { pool: 'writers' },
      calendar: { kind: 'weekly', words: 'Mondays about 09:10 UTC', spanMs: 45 * MINUTE_MS },
      missed: 0,
    });
    expect(found?.occurrences.map((it) => it.alert)).toEqual(['a0', 'a1', 'a2']);
    expect(found?.nextMs).toBeGreaterThan(nowMs);
    expect(new Date(found?.nextMs as number).toISOString()).toBe('2026-01-26T09:08:20.000Z');
    expect(found?.confidence).toBeGreaterThan(0.9);
  });

  it('is told once where it brings alerts of several kinds and agents', () => {
    const alerts = every(7, 4).flatMap((it, i) => [
      it,
      { ...it, id: `b${i}`, kind: 'bottleneck_formation' as const, onsetMs: it.onsetMs + 5 * MINUTE_MS },
      { ...it, id: `c${i}`, scope: { pool: 'writers', agent: `w-${i}` }, onsetMs: it.onsetMs + 9 * MINUTE_MS },
    ]);
    const [found, ...others] = recurringIncidents({ alerts, fromMs, nowMs: MONDAY_MS + 22 * DAY_MS });
    expect(others).toEqual([]);
    expect([found?.title, ...(found?.together ?? [])]).toContain('Bottleneck formation: pool writers');
  });

  it('is found in a pool though another agent shows it each time', () => {
    const alerts = every(7, 4).map((it, i) => ({ ...it, scope: { pool: 'writers', agent: `w-${i}` } }));
    const [found] = recurringIncidents({ alerts, fromMs, nowMs: MONDAY_MS + 22 * DAY_MS });
    expect(found).toMatchObject({ title: 'Latency increase: pool writers', scope: { pool: 'writers' } });
  });

  it('is found by its likely cause though the kind differs', () => {
    const kinds = ['latency_increase', 'anomaly', 'performance_degradation', 'bottleneck_formation'] as const;
    const causes = [{ dimension: 'tool', id: 'search', share: 0.8, words: 'tool search' }];
    const alerts = every(7, 4).map((it, i) => ({ ...it, kind: kinds[i] as (typeof kinds)[number], causes }));
    const [found] = recurringIncidents({ alerts, fromMs, nowMs: MONDAY_MS + 22 * DAY_MS });
    expect(found).toMatchObject({ kind: null, title: 'Trouble caused by tool search', scope: { tool: 'search' } });
  });

  it('stays told when one Monday passes without it, and not after three', () => {
    const alerts = every(7, 6).filter(({ id }) => id !== 'a3');
    const at = (days: number) => recurringIncidents({ alerts, fromMs, nowMs: MONDAY_MS + days * DAY_MS });
    expect(at(36)[0]).toMatchObject({ missed: 1, calendar: { kind: 'weekly' } });
    expect(at(44)).toHaveLength(1);
    expect(at(58)).toEqual([]);
  });
});

describe('other calendars', () => {
  it('are of every day', () => {
    const [found, ...others] = recurringIncidents({ alerts: every(1, 12), fromMs, nowMs: MONDAY_MS + 12 * DAY_MS });
    expect(others).toEqual([]);
    expect(found?.calendar).toMatchObject({ kind: 'daily', words: 'daily about 09:10 UTC' });
  });

  it('are of a day of the month', () => {
    const alerts = [0, 1, 2, 3].map((month) => alert(`m${month}`, Date.UTC(2026, month, 15, 3, month)));
    const [found] = recurringIncidents({ alerts, fromMs, nowMs: Date.UTC(2026, 3, 20) });
    expect(found?.calendar).toMatchObject({ kind: 'day of month', words: 'on day 15 of the month about 03:00 UTC' });
    expect(new Date(found?.nextMs as number).toISOString().slice(0, 10)).toBe('2026-05-15');
  });

  it('are of deploys, of which those count that brought nothing', () => {
    const days = [0, 3, 11, 12, 20, 33, 41];
    const changes = days.map((day, i) => ({
      id: `d${i}`,
      event: {
        type: 'change' as const,
        kind: 'deploy' as const,
        pool: 'writers',
        atMs: MONDAY_MS + day * DAY_MS + i * HOUR_MS,
      },
    }));
    const alerts = changes.slice(0, 6).map(({ event }, i) => alert(`a${i}`, event.atMs + (25 + i) * MINUTE_MS));
    const nowMs = MONDAY_MS + 45 * DAY_MS;
    const [found] = recurringIncidents({ alerts, changes, fromMs, nowMs });
    expect(found).toMatchObject({
      calendar: { kind: 'after deploys', words: 'about 30 min after deploys' },
      nextMs: null,
    });
    expect(recurringIncidents({ alerts, fromMs, nowMs })).toEqual([]);
  });
});

describe('what comes by chance', () => {
  it('is no recurrence because it comes when people work', () => {
    const world: World = { flavour: 'working hours', perDay: 1, isOnePool: true };
    const told = Array.from({ length: 20 }, (_, i) =>
      recurringIncidents({ alerts: drawChance(world, 1_001 + i), fromMs: START_MS, nowMs: START_MS + 90 * DAY_MS }),
    );
    // The bound is 0.8 in a history: 20 of them have at most 23 with a probability of 95 %; far fewer come true.
    expect(told.flat().length).toBeLessThan(10);
  });

  it('does not hide a fault of every Monday that comes an hour earlier or later', () => {
    const found = Array.from({ length: 20 }, (_, i) => {
      const world: World = { flavour: 'working hours', perDay: 0.5, isOnePool: false };
      const { alerts, atMs } = drawPlanted(world, { sameKindPerWeek: 0.5, jitterMs: HOUR_MS }, 1_001 + i);
      return recurringIncidents({ alerts, fromMs: START_MS, nowMs: (atMs[2] as number) + 5 * MINUTE_MS });
    }).filter((told) =>
      told.some(({ calendar, kind }) => calendar.kind === 'weekly' && kind === 'bottleneck_formation'),
    );
    expect(found.length).toBeGreaterThanOrEqual(19);
  });

  it('has no recommendations among it: these come by the clock of the evaluation', () => {
    const scope = { pool: 'writers', recommendation: 'r1' };
    const alerts = every(7, 5, { kind: 'optimization_suggestion', scope });
    expect(recurringIncidents({ alerts, fromMs, nowMs: MONDAY_MS + 30 * DAY_MS })).toEqual([]);
  });
});
