import { describe, expect, test } from 'vitest';
import { alertLanes } from '../../../lib/dashboard/alerts/alert-lanes.ts';
import { alertPeriod } from '../../../lib/dashboard/alerts/alert-period.ts';
import { incidentMarks } from '../../../lib/dashboard/alerts/incident-marks.ts';
import { taskWindow } from '../../../lib/dashboard/alerts/task-window.ts';
import { alertWith } from '../alerts.ts';

const at = (clock: string) => Date.parse(`2026-11-24T${clock}:00Z`);
const iso = (clock: string) => `2026-11-24T${clock}:00Z`;
const firing = alertWith({ onsetAt: iso('10:00'), detectedAt: iso('10:02') });
const over = { ...firing, state: 'resolved', resolvedAt: iso('10:20') };

describe('the period that shows an alert', () => {
  test('goes on to the present while it fires', () => {
    expect(alertPeriod(firing, at('10:40'))).toEqual({ fromMs: at('09:30'), toMs: at('10:40') });
  });
  test('ends a quarter of an hour after it was over, as far as that has passed', () => {
    expect(alertPeriod(over, at('12:00')).toMs).toBe(at('10:35'));
    expect(alertPeriod(over, at('10:25')).toMs).toBe(at('10:25'));
  });
  test('is a day at most', () => {
    const later = at('10:00') + 3 * 86_400_000;
    expect(alertPeriod(firing, later)).toEqual({ fromMs: later - 86_400_000, toMs: later });
  });
});

describe('tasks to look at', () => {
  test('are those from the onset until five minutes after it was noticed', () => {
    expect(taskWindow(firing, at('10:40'))).toEqual({ atMs: at('10:07'), windowMinutes: 7 });
  });
  test('are of no later than the end of the alert, and of an hour at most', () => {
    expect(taskWindow({ ...firing, resolvedAt: iso('10:04') }, at('10:40'))).toMatchObject({ atMs: at('10:04') });
    expect(taskWindow({ ...firing, onsetAt: iso('08:00') }, at('10:40')).windowMinutes).toBe(60);
  });
});

test('marks tell when it began, was noticed and was over, what changed and what was done', () => {
  const change = { at: iso('09:58'), kind: 'deploy', pool: 'writers', version: '2.0.0', note: 'new index' };
  const directive = {
    id: 'd',
    kind: 'restart',
    params: { agent: 'writer-1' },
    mode: 'auto',
    status: 'active',
    issuedAt: iso('10:03'),
  };
  expect(
    incidentMarks({ ...over, changes: [change] }, [directive]).map(({ kind, label }) => `${kind}: ${label}`),
  ).toEqual([
    'change: deploy of pool writers, version 2.0.0, new index',
    'onset: began',
    'noticed: noticed',
    'directive: Restart writer-1',
    'resolved: resolved',
  ]);
});

describe('lanes of alerts', () => {
  const day = { fromMs: at('00:00'), toMs: at('12:00') };
  test('hold one after another, and beside each other what overlaps', () => {
    const second = alertWith({ id: 'second', onsetAt: iso('10:10') });
    const third = alertWith({ id: 'third', onsetAt: iso('10:30') });
    const { lanes } = alertLanes([over, second, { ...third, resolvedAt: iso('10:40') }], day);
    expect(lanes.map((lane) => lane.map(({ alert }) => alert.id))).toEqual([['alert', 'third'], ['second']]);
  });
  test('are eight at most, and say how many are left out', () => {
    const many = Array.from({ length: 11 }, (_, i) => alertWith({ id: `${i}` }));
    const { lanes, leftOut } = alertLanes(many, day);
    expect([lanes.length, leftOut]).toEqual([8, 3]);
  });
});
