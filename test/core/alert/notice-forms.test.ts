import { describe, expect, test } from 'vitest';
import { alertmanagerMessage } from '../../../lib/core/alert/alertmanager-message.ts';
import { chatMessage } from '../../../lib/core/alert/chat-message.ts';
import { firingAlert, noticeOf } from '../../fixtures/alert.ts';

const proposal = {
  directive: 'd-1',
  summary: 'route around conv-07',
  mode: 'recommend',
  undo: 'roll it back',
} as const;

describe('for chat, a notice', () => {
  test('has a title, what happened in words, and what to do next', () => {
    const message = chatMessage('default', noticeOf(firingAlert({ actions: [proposal] })));
    expect(message).toMatchObject({
      ...{ version: '1.0', source: 'custom' },
      content: {
        textType: 'client-markdown',
        title: '[CRITICAL] Agent conv-07 is dead',
        nextSteps: [
          'Follow the runbook docs/runbooks.md#agent-dead',
          'route around conv-07: POST /v1/directives/d-1/approve',
          'Say that you take care of it: POST /v1/alerts/agent-dead-1/ack',
        ],
        keywords: ['critical', 'system_failure', 'firing'],
      },
      metadata: { threadId: 'f', additionalContext: { pool: 'conv', team: 'core' } },
    });
    expect(message.content.description).toMatch(/^No heartbeat for 84 s/);
  });

  test('asks for no approval of what is not proposed any more', () => {
    const gone = [
      { ...proposal, status: 'active', wasInForce: true },
      { ...proposal, directive: 'd-2', status: 'expired', wasInForce: false },
    ] as const;
    const { content } = chatMessage('default', noticeOf(firingAlert({ actions: [...gone] })));
    expect(content.nextSteps.filter((step) => step.includes('approve'))).toEqual([]);
  });

  test('is shortened to what is shown, and stands in one thread with that of its end', () => {
    const long = firingAlert({ why: 'x'.repeat(20_000) });
    const [first, last] = [noticeOf(long), noticeOf({ ...long, state: 'resolved' }, 'resolved')].map((notice) =>
      chatMessage('default', notice),
    );
    expect(first?.content.description).toHaveLength(8_000);
    expect(last?.metadata.threadId).toBe(first?.metadata.threadId);
    expect(last?.content.nextSteps).toEqual([]);
  });
});

describe('for chat, what agents report', () => {
  test('mentions nobody, and hides no link behind other words', () => {
    const title = 'Agent <!channel> & <https://evil.example|the runbook> [here](https://evil.example)';
    const { content, metadata } = chatMessage('default', noticeOf(firingAlert({ title, why: title })));
    for (const text of [content.title, content.description, metadata.summary]) {
      expect(text).not.toMatch(/[<>]|\]\(/);
      expect(text).toContain('&lt;!channel&gt; &amp; &lt;https');
    }
  });

  test('is not cut within what stands for one of its characters', () => {
    const { content } = chatMessage('default', noticeOf(firingAlert({ why: '<'.repeat(8_000) })));
    expect(content.description).toMatch(/^(&lt;)+\.\.\.$/);
    expect(content.description.length).toBeLessThanOrEqual(8_000);
  });
});

describe('for receivers of Alertmanager’s webhook, a notice', () => {
  test('has the labels of its group, and those that all alerts share', () => {
    const others = ['conv-08', 'conv-09'].map((agent) =>
      firingAlert({ fingerprint: agent, scope: { pool: 'conv', agent } }),
    );
    const notice = { ...noticeOf(firingAlert()), alerts: [firingAlert(), ...others], size: 7 };
    const message = alertmanagerMessage('default', notice, 'https://fleetpulse.example.com');
    expect(message).toMatchObject({ version: '4', status: 'firing', truncatedAlerts: 4 });
    expect(message.commonLabels).toEqual({
      ...{ alertname: 'system_failure', severity: 'critical', team: 'core', pool: 'conv', system: 'default' },
      rule: 'agent-dead',
    });
    expect(message.alerts.map(({ labels }) => labels['agent'])).toEqual(['conv-07', 'conv-08', 'conv-09']);
    expect(message.alerts[0]).toMatchObject({
      ...{ startsAt: '2026-03-02T03:02:51.000Z', endsAt: '0001-01-01T00:00:00Z', fingerprint: 'f' },
      annotations: { summary: 'Agent conv-07 is dead', runbook_url: 'docs/runbooks.md#agent-dead' },
    });
  });

  test('says what was done or waits', () => {
    const notice = noticeOf(firingAlert({ actions: [proposal] }));
    const { commonAnnotations } = alertmanagerMessage('default', notice, '');
    expect(commonAnnotations).toMatchObject({ actions: 'Proposed: route around conv-07' });
  });

  test('says when each alert ended', () => {
    const resolvedMs = Date.parse('2026-03-02T03:09:00Z');
    const notice = noticeOf(firingAlert({ state: 'resolved', resolvedMs }), 'resolved');
    expect(alertmanagerMessage('default', notice, '')).toMatchObject({
      status: 'resolved',
      alerts: [{ status: 'resolved', endsAt: '2026-03-02T03:09:00.000Z' }],
    });
  });
});
