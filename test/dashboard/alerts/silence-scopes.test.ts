import { expect, test } from 'vitest';
import { silenceMatchers } from '../../../lib/core/alert/silence.ts';
import { feedbackWords } from '../../../lib/dashboard/alerts/feedback-words.ts';
import { matcherNames, matcherWords, silenceScopes } from '../../../lib/dashboard/alerts/silence-scopes.ts';
import { alertWith } from '../alerts.ts';

test('a silence is offered of the alert alone first, then of more and more', () => {
  const alert = alertWith({
    id: 'a1',
    scope: { agent: 'writer-1', pool: 'writers' },
    team: 'content',
    rule: 'agent-dead',
  });
  expect(silenceScopes(alert).map(({ matchers }) => matchers)).toEqual([
    { alert: 'a1' },
    { agent: 'writer-1' },
    { pool: 'writers', kind: 'system_failure' },
    { pool: 'writers' },
    { team: 'content' },
    { rule: 'agent-dead' },
  ]);
});

test('matchers are those that the API knows, and read as words', () => {
  expect([...matcherNames].sort()).toEqual([...silenceMatchers].sort());
  expect(matcherWords({ taskType: 'draft', kind: 'latency_*' })).toBe('task type draft, kind latency_*');
});

test('feedback says what becomes of it', () => {
  const noise = [{ opinion: 'noise' as const, by: 'me', note: null, at: '2026-11-24T10:00:00Z' }];
  expect(feedbackWords(noise, alertWith({ severity: 'high' }))).toBe(
    'Noted: 0 useful, 1 noise. The like has to be further from normal before it fires for pool writers.',
  );
  expect(feedbackWords(noise, alertWith({}))).toBe('Noted: 0 useful, 1 noise. Critical alerts stay as they are.');
  expect(feedbackWords([], alertWith({}))).toBe('Noted: 0 useful, 0 noise.');
});
