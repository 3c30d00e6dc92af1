import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { priorities } from '../../../lib/core/model/event.ts';
import { MINUTE_MS } from '../../../lib/core/model/time.ts';
import { admittedShares } from '../../../lib/core/remediate/admission.ts';
import { FleetCondition } from '../../../lib/core/remediate/guardrails/fleet-condition.ts';
import type { GuardrailContext } from '../../../lib/core/remediate/guardrails/guardrail.ts';
import { widens } from '../../../lib/core/remediate/guardrails/widens.ts';
import type { DegradeParams } from '../../../lib/core/remediate/kinds/degrade.ts';
import { directiveOf, directiveRecord } from '../../fixtures/directive.ts';

const NOW = 29_000_000 * MINUTE_MS;
const ladder = [
  { step: 'smaller-model', serviceFactor: 0.6, qualityLoss: 0.05 },
  { step: 'cached-answer', serviceFactor: 0.2, qualityLoss: 0.2 },
];

/** Whether one set of params of pool workers, in force, is widened by another. */
function degradeWidens(before: Partial<DegradeParams>, after: Partial<DegradeParams>): boolean {
  const directive = (params: Partial<DegradeParams>) => ({
    ...directiveOf('degrade', NOW),
    params: { pool: 'workers', ...params },
  });
  const current = directive(before) as ReturnType<typeof directiveOf>;
  const seen = { nowMs: NOW, minute: NOW / MINUTE_MS, roster: new Map(), minutes: new Map(), firing: [], recent: [] };
  const context = { ...seen, pools: new Map([['workers', { ladder }]]), current: directiveRecord(current) };
  const fleet = new FleetCondition(context as unknown as ConstructorParameters<typeof FleetCondition>[0]);
  return widens(current, directive(after) as typeof current, { ...context, fleet } as unknown as GuardrailContext);
}

describe('a directive that degrades a pool goes further', () => {
  test.each([
    { name: 'when it admits less', before: { admitFraction: 0.95 }, after: { admitFraction: 0.3 }, is: true },
    { name: 'not when it admits more', before: { admitFraction: 0.3 }, after: { admitFraction: 0.95 }, is: false },
    { name: 'not when it stays', before: { admitFraction: 0.3 }, after: { admitFraction: 0.3 }, is: false },
    {
      name: 'when it turns more priorities away',
      before: { shedBelow: 'normal' },
      after: { shedBelow: 'high' },
      is: true,
    },
    { name: 'not when it turns fewer away', before: { shedBelow: 'high' }, after: { shedBelow: 'normal' }, is: false },
    {
      name: 'when a share takes the place of a priority',
      before: { shedBelow: 'high' },
      after: { admitFraction: 0.9 },
      is: true,
    },
    {
      name: 'when a priority takes the place of a share',
      before: { admitFraction: 0.9 },
      after: { shedBelow: 'normal' },
      is: true,
    },
    {
      name: 'not when everything is admitted again',
      before: { shedBelow: 'high' },
      after: { admitFraction: 1 },
      is: false,
    },
    { name: 'on a further rung', before: { step: 'smaller-model' }, after: { step: 'cached-answer' }, is: true },
    { name: 'not on the rung before', before: { step: 'cached-answer' }, after: { step: 'smaller-model' }, is: false },
    { name: 'not on the same rung', before: { step: 'cached-answer' }, after: { step: 'cached-answer' }, is: false },
    { name: 'on a rung that nobody declared', before: { step: 'cached-answer' }, after: { step: 'none' }, is: true },
  ] as const)('$name', ({ before, after, is }) => {
    expect(degradeWidens(before, after)).toBe(is);
  });

  test('whenever it admits less of any mix of tasks', () => {
    const params = fc.oneof(
      fc.record({ admitFraction: fc.double({ min: 0, max: 1, noNaN: true }) }),
      fc.record({ shedBelow: fc.constantFrom(...priorities) }),
    );
    const mix = fc.record({ high: fc.nat(100), normal: fc.nat(100), low: fc.nat({ max: 100 }) });
    fc.assert(
      fc.property(params, params, mix, (before, after, tasks) => {
        const [then, now] = [admittedShares(before, tasks), admittedShares(after, tasks)];
        const isLess = priorities.some((priority) => now[priority] < then[priority] - 1e-9);
        return !isLess || degradeWidens(before, after);
      }),
    );
  });
});
