import { expect, test } from 'vitest';
import { changeInWords } from '../../lib/cli/directive-row.ts';

test.each([
  {
    effect: { state: 'measured', verdict: 'helped', estimate: -412.4, low: -530.2, high: -300, unit: 'ms' },
    words: '-412 ms (-530 to -300)',
  },
  {
    effect: { state: 'measured', verdict: 'no_effect', estimate: 0.0021, low: -0.01, high: 0.0142, unit: 'ratio' },
    words: '+0.002 ratio (-0.010 to +0.014)',
  },
  { effect: { state: 'measured', verdict: 'unmeasurable', reason: 'too few tasks' }, words: 'too few tasks' },
  { effect: { state: 'pending' }, words: 'not acknowledged yet' },
  {
    effect: { state: 'measuring', window: { from: '2026-03-02T10:10:00.000Z', to: '2026-03-02T10:20:00.000Z' } },
    words: 'measured at 10:20',
  },
] as const)('an effect that is $effect.state says $words', ({ effect, words }) => {
  expect(changeInWords(effect)).toBe(words);
});

test.each([
  { is: { status: 'rejected' }, words: 'it never came into force' },
  { is: { status: 'active', applied: false }, words: 'nobody has applied it' },
  { is: { status: 'active' }, words: 'not acknowledged yet' },
])('of a directive that is $is nothing is known yet: $words', ({ is, words }) => {
  expect(changeInWords({ state: 'pending' }, is)).toBe(words);
});
