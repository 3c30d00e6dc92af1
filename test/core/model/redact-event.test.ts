import { expect, test } from 'vitest';
import type { FleetEvent } from '../../../lib/core/model/event.ts';
import { redactEvent } from '../../../lib/core/model/redact-event.ts';

const task: FleetEvent = {
  type: 'task',
  agent: 'a',
  task: 't',
  taskType: 'default',
  status: 'failed',
  endedAtMs: 0,
  attempt: 1,
  priority: 'normal',
};

test('the message of an error is stripped of secrets and cut to 256 characters', () => {
  const message = `key sk-live-0123456789abcdefABCD refused ${'x'.repeat(500)}`;
  const event = redactEvent({ ...task, error: { type: 'Auth', message } }) as { error: { message: string } };
  expect(event.error.message).toHaveLength(256);
  expect(event.error.message).toMatch(/^key \[redacted\] refused x+$/);
});

test('a secret is found wherever free text is kept', () => {
  const secret = 'sk-live-0123456789abcdefABCD';
  const events: FleetEvent[] = [
    { ...task, error: { type: secret, message: `a ${secret}` } },
    { type: 'change', atMs: 0, kind: 'config', note: `rotated ${secret}` },
  ];
  expect(JSON.stringify(events.map(redactEvent))).not.toContain(secret);
});

test('parameters of an agent keep what they say, and no credential, told by its name or by its looks', () => {
  const params = { temperature: 0.2, stream: true, model: 'small', max_tokens: '4096', tokenizer: 'bytes' };
  const secrets = { openaiApiKey: 'correct horse', password: 'battery', header: 'Bearer abcdefgh12345678' };
  const event = redactEvent({ type: 'agent', agent: 'a', pool: 'p', params: { ...params, ...secrets } });
  expect(event).toMatchObject({
    params: { ...params, openaiApiKey: '[redacted]', password: '[redacted]', header: 'Bearer [redacted]' },
  });
});

test('an event without free text stays as it is', () => {
  expect(redactEvent(task)).toBe(task);
});
