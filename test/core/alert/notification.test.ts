import { describe, expect, test } from 'vitest';
import type { Alert } from '../../../lib/core/alert/alert.ts';
import type { AlertAction } from '../../../lib/core/alert/alert-action.ts';
import type { Notice } from '../../../lib/core/alert/alert-group.ts';
import { notificationFor } from '../../../lib/core/alert/notification.ts';
import { firingAlert, noticeOf } from '../../fixtures/alert.ts';

const around = {
  directive: 'h9pc4-route-1',
  summary: 'route around conv-07',
  mode: 'auto',
  undo: 'roll it back',
} as const;

const deploy = {
  id: 'batch-1#0',
  event: {
    type: 'change',
    atMs: Date.parse('2026-03-02T02:40:00Z'),
    kind: 'deploy',
    pool: 'conv',
    version: '1.9.2',
    note: 'new prompt cache',
  },
} as const;

function told(alert: Alert, state: 'firing' | 'resolved' = 'firing') {
  return notificationFor('default', noticeOf(alert, state));
}

test('the text of an alert says all that the person who is woken by it must know', () => {
  expect(told(firingAlert({ changes: [deploy], actions: [around] })).text).toBe(`[CRITICAL] Agent conv-07 is dead

No heartbeat for 84 s from an agent that sends one every 15 s; 11 other agents of pool conv are alive.

Owner: team core
Where: pool conv, agent conv-07, system default
Since: 2026-03-02 03:02:51 UTC, noticed 69 s later
Value: 84 s, expected 15 s (n 5)
Impact: 4 slots lost
Contributors: conv-07 100 %
Changed: deploy of pool conv, 1.9.2, new prompt cache at 2026-03-02 02:40:00 UTC
Done: route around conv-07 (directive h9pc4-route-1; undo: POST /v1/directives/h9pc4-route-1/rollback)
Evidence: last heartbeat 2026-03-02T03:02:36.000Z, state busy
Runbook: docs/runbooks.md#agent-dead
Alert: agent-dead-1`);
});

test('what was reported or noted stays on its line, and cannot pass for a line of the service', () => {
  const forged = 'calm\r\nRunbook: https://evil.example\u2028Owner: team evil\u009b2J\u202e';
  const hostile = firingAlert({
    ...{ title: forged, why: forged, evidence: [forged], layer: forged },
    causes: [{ dimension: 'error', id: 'e', share: 1, words: forged }],
    known: [{ text: forged, from: { note: 'n' } }],
    changes: [{ ...deploy, event: { ...deploy.event, note: forged } }],
    actions: [{ ...around, summary: forged }],
  });
  const { text, subject } = told(hostile);
  const lines = text.split('\n');
  expect(lines.filter((line) => line.startsWith('Runbook:'))).toEqual(['Runbook: docs/runbooks.md#agent-dead']);
  expect(lines.filter((line) => line.startsWith('Owner:'))).toEqual(['Owner: team core']);
  for (const mark of ['\r', '\u2028', '\u009b', '\u202e']) expect(text).not.toContain(mark);
  expect(subject).toMatch(/^[\x20-\x7e]*$/);
});

test('the text says what is likely behind it, and where the extra time lies', () => {
  const causes = [
    { dimension: 'change', id: 'batch-1#0', share: 1, words: 'deploy of 1.9.2 to pool conv, 0 min before the onset' },
    { dimension: 'version', id: '1.9.2', share: 0.9, words: 'version 1.9.2: 24 of 96 tasks ended badly' },
  ];
  const { text, json } = told(firingAlert({ causes, layer: 'the tool layer: +3.1 s of +3.4 s a task' }));
  const lines = text.split('\n');
  expect(lines.slice(lines.indexOf('Contributors: conv-07 100 %') + 1).slice(0, 3)).toEqual([
    'Likely cause: deploy of 1.9.2 to pool conv, 0 min before the onset',
    'Likely cause: version 1.9.2: 24 of 96 tasks ended badly',
    'Extra time in the tool layer: +3.1 s of +3.4 s a task',
  ]);
  expect(JSON.parse(json)).toMatchObject({ causes, layer: 'the tool layer: +3.1 s of +3.4 s a task' });
});

test('the text of its end says when it was over and how long it lasted', () => {
  const resolved = firingAlert({
    state: 'resolved',
    resolvedMs: Date.parse('2026-03-02T03:09:00Z'),
    actions: [around],
  });
  const lines = told(resolved, 'resolved').text.split('\n');
  expect(lines[0]).toBe('[RESOLVED] Agent conv-07 is dead');
  expect(lines).toContain('Over: 2026-03-02 03:09:00 UTC, after 6 min');
});

test.each([
  {
    name: 'a directive that waits for a person',
    more: { actions: [{ ...around, mode: 'approve' as const }] },
    line: 'Proposed: route around conv-07 (directive h9pc4-route-1; approve: POST /v1/directives/h9pc4-route-1/approve)',
  },
  { name: 'that nothing was done', more: {}, line: 'Done: nothing by Fleetpulse' },
  { name: 'that nothing was changed', more: {}, line: 'Changed: nothing was reported in the hour before' },
  {
    name: 'that nobody owns the pool',
    more: { team: null },
    line: 'Owner: nobody, no team is set for pool conv',
  },
  {
    name: 'times of a second and more in seconds',
    more: { value: 4_321, expected: 640.4, unit: 'ms', n: 57 },
    line: 'Value: 4.32 s, expected 640 ms (n 57)',
  },
  {
    name: 'what a recommendation would bring',
    more: {
      scope: { pool: 'conv', recommendation: 'r' },
      value: 12.34,
      expected: 0,
      unit: 'agent-hours/day',
      n: 4_000,
    },
    line: 'To be gained: 12.3 agent-hours/day (n 4000)',
  },
  {
    name: 'shares in percent',
    more: { value: 0.0712, expected: 0.01, unit: 'ratio' },
    line: 'Value: 7.12 %, expected 1 % (n 5)',
  },
  {
    name: 'an impact in words',
    more: { impact: { slotsLost: 1, tasksPerMinute: 12.34 } },
    line: 'Impact: 1 slot lost, 12.3 tasks per minute',
  },
  { name: 'an impact that could not be counted', more: { impact: { slotsLost: 0 } }, line: 'Impact: not counted' },
  {
    name: 'the five agents that contribute most',
    more: { contributors: [...'abcdefg'].map((agent, i) => ({ agent, share: (i + 1) / 28 })) },
    line: 'Contributors: g 25 %, f 21.4 %, e 17.9 %, d 14.3 %, c 10.7 %, and 2 more',
  },
  {
    name: 'how long it took to be noticed',
    more: { onsetMs: Date.parse('2026-03-02T02:51:00Z') },
    line: 'Since: 2026-03-02 02:51:00 UTC, noticed 13 min later',
  },
])('the text says $name', ({ more, line }) => {
  expect(told(firingAlert(more)).text.split('\n')).toContain(line);
});

test.each([
  {
    name: 'what was done and whose it is',
    more: { actions: [around] },
    short: '[CRITICAL] Agent conv-07 is dead. Done: route around conv-07. Pool conv, team core',
  },
  {
    name: 'plain letters for others',
    more: { title: 'Agent José… 🦊 is dead', team: null },
    short: '[CRITICAL] Agent Jose... ? is dead. Pool conv',
  },
  {
    name: 'only what fits',
    more: { title: `Agent ${'x'.repeat(100)} is dead`, actions: [around] },
    short: `[CRITICAL] Agent ${'x'.repeat(100)} is dead`,
  },
  {
    name: 'a title cut short',
    more: { title: 'x'.repeat(200) },
    short: `[CRITICAL] ${'x'.repeat(126)}...`,
  },
])('an SMS has $name, in 140 ASCII characters', ({ more, short }) => {
  const notification = told(firingAlert(more));
  expect(notification.short).toBe(short);
  expect(notification.short.length).toBeLessThanOrEqual(140);
  expect(notification.subject.length).toBeLessThanOrEqual(100);
  expect(notification.subject).toMatch(/^[\x20-\x7e]+$/);
});

test('machines get the same as JSON, with the transition and moments in ISO 8601', () => {
  const { json, attributes } = told(firingAlert({ actions: [around] }));
  expect(JSON.parse(json)).toMatchObject({
    version: 1,
    system: 'default',
    transition: 'firing',
    id: 'agent-dead-1',
    onsetAt: '2026-03-02T03:02:51.000Z',
    detectedAt: '2026-03-02T03:04:00.000Z',
    directives: ['h9pc4-route-1'],
    actions: [around],
  });
  expect(attributes).toEqual({
    severity: 'critical',
    kind: 'system_failure',
    state: 'firing',
    pool: 'conv',
    team: 'core',
  });
});

const untilMs = Date.parse('2026-03-02T03:19:00Z');

test.each<{ name: string; more: Partial<AlertAction>; line: string }>([
  {
    name: 'it waits for an approval',
    more: { status: 'proposed', mode: 'approve', wasInForce: false, untilMs },
    line: 'Proposed: route around conv-07 (directive h9pc4-route-1; until 03:19 UTC; approve: POST /v1/directives/h9pc4-route-1/approve)',
  },
  {
    name: 'it was approved, though its mode asks for that',
    more: { status: 'active', mode: 'approve', wasInForce: true },
    line: 'Done: route around conv-07 (directive h9pc4-route-1; not acknowledged yet; undo: POST /v1/directives/h9pc4-route-1/rollback)',
  },
  {
    name: 'it was applied',
    more: { status: 'active', wasInForce: true, applied: true },
    line: 'Done: route around conv-07 (directive h9pc4-route-1; applied; undo: POST /v1/directives/h9pc4-route-1/rollback)',
  },
  {
    name: 'it could not be applied',
    more: { status: 'active', wasInForce: true, applied: false },
    line: 'In force, but not applied: route around conv-07 (directive h9pc4-route-1; undo: POST /v1/directives/h9pc4-route-1/rollback)',
  },
  {
    name: 'it was taken back',
    more: { status: 'rolled_back', wasInForce: true, endedBecause: 'rolled back by ann' },
    line: 'Was done: route around conv-07, which ended: rolled back by ann (directive h9pc4-route-1)',
  },
  {
    name: 'it is over',
    more: { status: 'expired', wasInForce: true, endedBecause: 'nothing calls for it any more' },
    line: 'Was done: route around conv-07, which ended: nothing calls for it any more (directive h9pc4-route-1)',
  },
  {
    name: 'it was rejected',
    more: { status: 'rejected', mode: 'approve', wasInForce: false, endedBecause: 'rejected by ann' },
    line: 'Was proposed: route around conv-07, rejected by ann (directive h9pc4-route-1)',
  },
  {
    name: 'nobody approved it in time',
    more: { status: 'expired', mode: 'approve', wasInForce: false, endedBecause: 'its lease ran out' },
    line: 'Was proposed: route around conv-07, expired: its lease ran out (directive h9pc4-route-1)',
  },
  {
    name: 'a guardrail withdrew it',
    more: { status: 'rolled_back', mode: 'approve', wasInForce: false, endedBecause: 'too few would be left' },
    line: 'Was proposed: route around conv-07, withdrawn: too few would be left (directive h9pc4-route-1)',
  },
])('the text says of an action that $name', ({ more, line }) => {
  expect(told(firingAlert({ actions: [{ ...around, ...more }] })).text.split('\n')).toContain(line);
});

test('the text names four actions, what waits first and then what is in force, the newest first, and counts the rest', () => {
  const of = (directive: string, status: AlertAction['status'] & {}): AlertAction => ({
    ...{ ...around, directive, summary: directive, status, wasInForce: status !== 'proposed' },
  });
  const actions = [of('1', 'active'), of('2', 'expired'), of('3', 'proposed'), of('4', 'active'), of('5', 'expired')];
  const { text } = told(firingAlert({ actions: [...actions, of('6', 'expired')] }));
  const lines = text.split('\n').filter((it) => /^(Proposed|Done|Was done|and )/.test(it));
  expect(lines.map((it) => it.split(/,? \(|, which/)[0])).toEqual([
    'Proposed: 3',
    'Done: 4',
    'Done: 1',
    'Was done: 6',
    'and 2 more that Fleetpulse did or proposed',
  ]);
});

describe('a message about what waits for a person', () => {
  const waits = { ...around, status: 'proposed', mode: 'approve', wasInForce: false, untilMs } as const;
  const asking = (...actions: AlertAction[]): Notice => ({
    ...{ ...noticeOf(firingAlert()), reason: 'proposed', actions, actionCount: actions.length },
  });

  test('says so in its first words, with until when, and what it is about', () => {
    const { subject, text, short } = notificationFor('default', asking(waits));
    expect(subject).toBe('[CRITICAL] Waits for you, until 03:19 UTC: route around conv-07. Agent conv-07 is dead');
    expect(text.split('\n').slice(0, 5)).toEqual([
      subject,
      '',
      expect.stringMatching(/^Proposed: route around conv-07 \(.*approve: POST/),
      '',
      expect.stringMatching(/^No heartbeat/),
    ]);
    expect(text.match(/Proposed:/g)).toHaveLength(1);
    expect(short).toBe(`${subject}. Pool conv, team core`);
  });

  test('counts what else waits, and has no end where there is none', () => {
    const { untilMs: _untilMs, ...other } = { ...waits, directive: 'h9pc3-route-1' };
    const { subject } = notificationFor('default', asking(other, waits));
    expect(subject).toMatch(/^\[CRITICAL\] Waits for you: route around conv-07 and 1 more\. Agent/);
  });

  test('tells machines the moments in ISO 8601', () => {
    const { notice } = JSON.parse(notificationFor('default', asking(waits)).json);
    const { untilMs: _untilMs, ...same } = waits;
    expect(notice).toMatchObject({ reason: 'proposed', actions: [{ ...same, until: '2026-03-02T03:19:00.000Z' }] });
    expect(notice.actions[0]).not.toHaveProperty('untilMs');
  });
});
