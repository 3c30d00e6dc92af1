import { describe, expect, test } from 'vitest';
import type { Effect } from '../../../lib/core/effect/effect.ts';
import { trialOf } from '../../../lib/core/learn/trial.ts';
import { MINUTE_MS } from '../../../lib/core/model/time.ts';
import type { DirectiveOf } from '../../../lib/core/remediate/directive.ts';
import { directiveRecord, routeDirective } from '../../fixtures/directive.ts';

const AT = 29_000_000 * MINUTE_MS;

function measured(verdict: 'helped' | 'harmed' | 'no_effect', more: Partial<DirectiveOf<'route'>> = {}) {
  const change = { estimate: 0, low: -1, high: 1, unit: 'ms', n: 10, evidence: [] };
  const effect: Effect = { state: 'measured', verdict, from: 29_000_002, to: 29_000_012, ...change };
  return directiveRecord(routeDirective(AT, { effect, ...more }));
}

describe('what a directive teaches', () => {
  test.each([
    { verdict: 'helped', outcome: 'helped' },
    { verdict: 'no_effect', outcome: 'noEffect' },
    { verdict: 'harmed', outcome: 'harmed' },
  ] as const)(
    'a verdict of $verdict is a trial that came out as $outcome when it was measured',
    ({ verdict, outcome }) => {
      const record = measured(verdict);
      expect(trialOf(record, 'agent-slower', { propensity: 0.01, explored: true })).toEqual({
        ...{ fault: 'agent-slower', action: 'route', pool: record.directive.blastRadius.pool, outcome },
        ...{ atMs: 29_000_012 * MINUTE_MS, propensity: 0.01, explored: true },
      });
    },
  );

  test('harm that took it back counts, whatever was measured since', () => {
    const ended = { how: 'rolled_back', atMs: AT + 3 * MINUTE_MS, why: '', by: 'harm' } as const;
    expect(trialOf(measured('helped', { ended }), 'agent-slower')).toMatchObject({
      ...{ outcome: 'harmed', atMs: AT + 3 * MINUTE_MS, propensity: 1, explored: false },
    });
  });

  test('nothing, before it is measured or where it cannot be', () => {
    const effects: Effect[] = [
      { state: 'pending' },
      { state: 'measuring', from: 29_000_002, to: 29_000_012 },
      { state: 'measured', verdict: 'unmeasurable', reason: 'mixed up' },
    ];
    for (const effect of effects)
      expect(trialOf(directiveRecord(routeDirective(AT, { effect })), 'agent-slower')).toBeNull();
  });
});
