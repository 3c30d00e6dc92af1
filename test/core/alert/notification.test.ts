import { expect, test } from 'vitest';
import type { Alert } from '../../../lib/core/alert/alert.ts';
import { notificationFor } from '../../../lib/core/alert/notification.ts';

const detectedMs = Date.parse('2026-03-02T10:02:00Z');

const alert: Alert = {
  ...{ id: 'h9-1', rule: 'agent-degraded', kind: 'performance_degradation', severity: 'high', state: 'firing' },
  ...{ scope: { pool: 'conv', agent: 'conv-07' }, team: 'assistant', fingerprint: 'f', resolvedMs: null },
  title: 'Agent conv-07 takes 5.1 times as long as its pool',
  why: 'Over 7 tasks of the last minute it took 17.0 s where its 9 peers take 3.3 s.',
  ...{ onsetMs: detectedMs - 120_000, detectedMs, value: 17_012.4, expected: 3_345, unit: 'ms', n: 7 },
  impact: { tasksPerMinute: 7 },
  evidence: ['10:00: 4.80 times its peers, n 4'],
  contributors: [{ agent: 'conv-07', share: 1 }],
  changes: [
    {
      id: 'c',
      event: { type: 'change', atMs: detectedMs - 600_000, kind: 'deploy', version: '2.2.0', note: 'new prompt' },
    },
  ],
  actions: [{ directive: 'gvc71-route-1', summary: 'route around conv-07', mode: 'auto', undo: 'roll it back' }],
  runbook: 'docs/runbooks.md#agent-degraded',
};

const firing = { id: 'h9-1-firing', state: 'firing', atMs: detectedMs } as const;

test('an e-mail says what, since when, how bad, what changed, what was done, and how to undo it', () => {
  expect(notificationFor('default', alert, firing).text.split('\n')).toEqual([
    '[HIGH] Agent conv-07 takes 5.1 times as long as its pool',
    '',
    'Over 7 tasks of the last minute it took 17.0 s where its 9 peers take 3.3 s.',
    '',
    'Since: 2026-03-02T10:00:00.000Z (noticed 2026-03-02T10:02:00.000Z)',
    'Value: 17012 ms, expected 3345 ms (n 7)',
    'Where: system default, pool conv, agent conv-07',
    'Owner: assistant',
    'Impact: tasks per minute 7',
    'Done: route around conv-07 (undo: POST /v1/directives/gvc71-route-1/rollback)',
    'Changed 2026-03-02T09:52:00.000Z: deploy 2.2.0 new prompt',
    'Evidence: 10:00: 4.80 times its peers, n 4',
    'Runbook: docs/runbooks.md#agent-degraded',
    'Alert: h9-1',
  ]);
});

test('what is only proposed is said to be, with how to put it in force', () => {
  const proposed: Alert = { ...alert, actions: alert.actions.map((action) => ({ ...action, mode: 'approve' })) };
  expect(notificationFor('default', proposed, firing).text).toContain(
    'Proposed: route around conv-07 (put in force: POST /v1/directives/gvc71-route-1/approve)',
  );
});

test('several contributors are named, the largest first', () => {
  const shared: Alert = {
    ...alert,
    contributors: [
      { agent: 'a', share: 0.6 },
      { agent: 'b', share: 0.4 },
    ],
  };
  expect(notificationFor('default', shared, firing).text).toContain('Most of it: a (60 %), b (40 %)');
});

test('a text message is short and plain, whatever the title', () => {
  const { short, subject } = notificationFor('default', { ...alert, title: `Ä ${'x'.repeat(300)}` }, firing);
  expect(short.length).toBeLessThanOrEqual(140);
  expect(subject.length).toBeLessThanOrEqual(100);
  expect(short).toMatch(/^[\x20-\x7e]+$/);
  expect(short.startsWith('[HIGH] ? x')).toBe(true);
});

test('machines get the alert with the ids of its directives', () => {
  expect(JSON.parse(notificationFor('default', alert, firing).json)).toMatchObject({
    version: 1,
    system: 'default',
    transition: 'firing',
    id: 'h9-1',
    directives: ['gvc71-route-1'],
    onsetAt: '2026-03-02T10:00:00.000Z',
  });
});
