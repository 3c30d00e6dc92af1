import { describe, expect, test } from 'vitest';
import type { Directive } from '../../lib/dashboard/answers.ts';
import { isOver, waitingFirst } from '../../lib/dashboard/directive-order.ts';
import { directiveSentence, effectSentence, expectedSentence } from '../../lib/dashboard/directive-words.ts';

const NOW = Date.parse('2026-11-24T10:32:00Z');

const directive = (more: Partial<Directive> = {}): Directive => ({
  id: 'd-1',
  kind: 'route',
  params: { pool: 'conv', weights: { 'conv-07': 0.05 }, hot: [] },
  mode: 'auto',
  status: 'active',
  issuedAt: '2026-11-24T10:20:00Z',
  ...more,
});

const plain = (text: string | undefined) => text?.replaceAll('\u00a0', ' ');

describe('a directive says what is to be done', () => {
  test.each([
    {
      kind: 'route',
      params: { weights: { 'conv-07': 0.05, 'conv-01': 1.05 } },
      says: 'Route away from conv-07: weight 0.05',
    },
    {
      kind: 'route',
      params: { weights: { 'conv-07': 0.3, 'conv-09': 0.05 }, taskType: 'chat' },
      says: 'Route away from conv-09 (weight 0.05) and conv-07 (0.3) for chat tasks',
    },
    {
      kind: 'route',
      params: { weights: { a: 0.1, b: 0.2, c: 0.3, d: 0.4, e: 0.5 } },
      says: 'Route away from a (weight 0.1), b (0.2), c (0.3) and 2 more',
    },
    {
      kind: 'route',
      params: { weights: { 'conv-01': 1.5, 'conv-02': 0.95 } },
      says: 'Route more to conv-01: weight 1.5',
    },
    {
      kind: 'route',
      params: { pool: 'conv', weights: {}, hot: ['conv-02'] },
      says: 'Avoid conv-02 while they have more in flight than their peers',
    },
    { kind: 'route', params: { pool: 'conv', weights: {}, hot: [] }, says: 'Route evenly within conv' },
    { kind: 'scale', params: { pool: 'writers', desired: 6 }, says: 'Scale writers to 6 agents' },
    { kind: 'scale', params: { pool: 'writers', desired: 6, before: 4 }, says: 'Scale writers from 4 to 6 agents' },
    {
      kind: 'degrade',
      params: { pool: 'conv', admitFraction: 0.8 },
      says: 'Degrade conv: admit 80.0 % of tasks, the most important first',
    },
    {
      kind: 'scale',
      params: { pooling: { from: 'a', to: 'b', agents: ['a-1', 'a-2'] } },
      says: 'Move a-1 and a-2 from a to b',
    },
    {
      kind: 'breaker',
      params: { tool: 'search', state: 'open' },
      says: 'Open the breaker of tool search: it gets no calls',
    },
    {
      kind: 'breaker',
      params: { agent: 'a-1', state: 'half-open', probeFraction: 0.1 },
      says: 'Half-open the breaker of agent a-1: 10.0 % of calls probe it',
    },
    {
      kind: 'degrade',
      params: { pool: 'conv', step: 2, shedBelow: 'normal' },
      says: 'Degrade conv: step 2, shed tasks below priority normal',
    },
    {
      kind: 'failover',
      params: { from: 'a', to: 'b', taskTypes: ['chat', 'code'] },
      says: 'Fail over from a to b for chat and code tasks',
    },
    { kind: 'restart', params: { agent: 'a-1', drain: true }, says: 'Restart a-1, after it has finished its tasks' },
    { kind: 'tune', params: { agent: 'a-1', params: { concurrency: 4 } }, says: 'Tune a-1: concurrency 4' },
    { kind: 'dance', params: { steps: 3 }, says: 'dance: steps 3' },
    { kind: 'dance', params: {}, says: 'dance: nothing' },
  ])('$says', ({ kind, params, says }) => {
    expect(plain(directiveSentence({ kind, params }))).toBe(says);
  });
});

test('what is expected of it has metric, scope, direction, size and time', () => {
  const expected = {
    kpi: 'average_response_time',
    scope: 'pool:conv',
    direction: 'down',
    size: 384,
    unit: 'ms',
    by: '2026-11-24T10:45:00Z',
  };
  expect(plain(expectedSentence(directive({ expected }), NOW))).toBe(
    'Mean response of pool conv down by 384 ms by 10:45 UTC',
  );
  expect(
    expectedSentence(directive({ expected: { kpi: 'error_ratio', scope: 'fleet', direction: 'down' } }), NOW),
  ).toBe('Error ratio of fleet down');
  const ratio = { kpi: 'error_ratio', scope: 'fleet', direction: 'down', size: 0.1, unit: 'ratio' };
  expect(plain(expectedSentence(directive({ expected: ratio }), NOW))).toBe('Error ratio of fleet down by 10.0 points');
  expect(expectedSentence(directive(), NOW)).toBeUndefined();
});

describe('an effect is a verdict and its figures', () => {
  const expected = { kpi: 'average_response_time', scope: 'pool:conv', direction: 'down' };
  test.each([
    { effect: undefined, verdict: 'waiting', label: 'Not measured yet' },
    { effect: { state: 'pending' }, verdict: 'waiting', label: 'Not measured yet' },
    { effect: { state: 'measuring' }, verdict: 'waiting', label: 'Measuring' },
    {
      effect: { state: 'measured', verdict: 'helped', estimate: -377, low: -587, high: -167, unit: 'ms', n: 4_440 },
      verdict: 'helped',
      label: 'Helped',
      figures: 'mean response −377 ms (90 % interval −587 ms to −167 ms), n 4,440',
    },
    {
      effect: { state: 'measured', verdict: 'harmed', estimate: 1_200, low: 300, high: 2_100 },
      verdict: 'harmed',
      label: 'Harmed',
      figures: 'mean response +1.20 s (90 % interval +300 ms to +2.10 s)',
    },
    {
      effect: { state: 'measured', verdict: 'no_effect', estimate: 0, low: -10, high: 10, unit: 'ms' },
      verdict: 'no_effect',
      label: 'No effect',
      figures: 'mean response 0 ms (90 % interval −10.0 ms to +10.0 ms)',
    },
    {
      effect: { state: 'measured', verdict: 'unmeasurable', reason: 'too few tasks' },
      verdict: 'unmeasurable',
      label: 'Unmeasurable',
      figures: 'too few tasks',
    },
  ])('$label', ({ effect, verdict, label, figures }) => {
    const sentence = effectSentence(directive({ expected, ...(effect ? { effect } : {}) }));
    expect(sentence).toMatchObject({ verdict, label });
    if (figures !== undefined) expect(plain(sentence.figures)).toBe(figures);
  });

  test.each([
    { status: 'rejected', applied: undefined, figures: 'it never came into force' },
    { status: 'active', applied: false, figures: 'nobody has applied it' },
    { status: 'active', applied: undefined, figures: 'measured once it has been acknowledged' },
  ])('of what is $status and applied $applied, before it is measured: $figures', ({ status, applied, figures }) => {
    const of = directive({ status, effect: { state: 'pending' }, ...(applied === undefined ? {} : { applied }) });
    expect(effectSentence(of).figures).toBe(figures);
  });
});

test('what waits for someone comes first, then what is in force, then what is over', () => {
  const list = [
    directive({ id: 'expired', status: 'expired', issuedAt: '2026-11-24T10:31:00Z' }),
    directive({ id: 'older', status: 'active', issuedAt: '2026-11-24T10:01:00Z' }),
    directive({ id: 'newer', status: 'active', issuedAt: '2026-11-24T10:02:00Z' }),
    directive({ id: 'proposed', status: 'proposed', issuedAt: '2026-11-24T10:00:00Z' }),
  ];
  expect(waitingFirst(list).map(({ id }) => id)).toEqual(['proposed', 'newer', 'older', 'expired']);
  expect(list.filter(isOver).map(({ id }) => id)).toEqual(['expired']);
});
