import { describe, expect, test } from 'vitest';
import type { Effect } from '../../../lib/core/effect/effect.ts';
import { armKey } from '../../../lib/core/learn/arm.ts';
import { learnFrom, nothingLearned } from '../../../lib/core/learn/learned.ts';
import { exportKnowledge } from '../../../lib/core/learn/transfer.ts';
import { DAY_MINUTES, MINUTE_MS } from '../../../lib/core/model/time.ts';
import type { DirectiveOf } from '../../../lib/core/remediate/directive.ts';
import { directiveRecord, routeDirective } from '../../fixtures/directive.ts';

const NOW = 30_000_000 * MINUTE_MS;
const arm = { fault: 'agent-slower', action: 'route' as const };
const chosen = { fault: arm.fault, isFirst: true, propensity: 0.98, explored: false, stake: null };

function measuredAs(verdict: 'helped' | 'harmed' | 'no_effect'): Effect {
  const to = NOW / MINUTE_MS;
  return {
    ...{ state: 'measured', verdict, from: to - 10, to },
    ...{ estimate: -1, low: -2, high: 0 },
    unit: 'ms',
    n: 9,
    evidence: [],
  };
}

function routed(more: Partial<DirectiveOf<'route'>> = {}) {
  return directiveRecord(routeDirective(NOW - 12 * MINUTE_MS, { chosen, effect: measuredAs('helped'), ...more }));
}

const seen = (records: ReturnType<typeof routed>[], before = nothingLearned, nowMs = NOW) =>
  learnFrom(before, { records, imports: [], nowMs });

const countsIn = (learned: typeof nothingLearned) => learned.beliefs.get(armKey(arm))?.counts['workers'];

describe('what directives come to', () => {
  test('is counted once, however often it is seen', () => {
    const learned = seen([routed()]);
    expect(countsIn(learned)).toEqual({ trials: 1, helped: 1, harmed: 0, noEffect: 0 });
    expect(learned.guard).toMatchObject({ actions: 1, own: 1, baseline: 1 });
    expect(seen([routed()], learned)).toBe(learned);
    expect(seen([routed()], learned, NOW + 3 * DAY_MINUTES * MINUTE_MS)).toBe(learned);
  });

  test('is known from the choice on, and counts when it is measured', () => {
    const begun = seen([routed({ effect: { state: 'pending' } })]);
    expect(begun.guard).toMatchObject({ actions: 1, own: 0 });
    expect(begun.beliefs.size).toBe(0);
    expect(countsIn(seen([routed({ effect: measuredAs('harmed') })], begun))).toMatchObject({ trials: 1, harmed: 1 });
  });

  test('is harm where the watch over what is in force took it back', () => {
    const ended = { how: 'rolled_back' as const, atMs: NOW, why: 'harm', by: 'harm' };
    const learned = seen([
      routed({ ended, effect: { state: 'measured', verdict: 'unmeasurable', reason: 'it ended' } }),
    ]);
    expect(countsIn(learned)).toMatchObject({ harmed: 1 });
  });

  test.each([
    { what: 'was never in force', more: { inForceMs: null } },
    { what: 'answers no fault with plays', more: { chosen: undefined } },
    { what: 'was in force before anything is counted', more: { inForceMs: NOW - 2 * DAY_MINUTES * MINUTE_MS } },
  ])('is nothing of what $what', ({ more }) => {
    const { chosen: _chosen, ...rest } = routed().directive as DirectiveOf<'route'>;
    const directive = 'chosen' in more ? rest : { ...rest, chosen, ...more };
    expect(seen([directiveRecord(directive as DirectiveOf<'route'>)])).toBe(nothingLearned);
  });

  test('which cannot be told counts as a choice alone', () => {
    const learned = seen([routed({ effect: { state: 'measured', verdict: 'unmeasurable', reason: 'no peers' } })]);
    expect(learned.beliefs.size).toBe(0);
    expect(learned.guard).toMatchObject({ actions: 1, own: 0, baseline: 0 });
  });

  test('is forgotten as counted when it cannot be seen any more', () => {
    const later = NOW + 3 * DAY_MINUTES * MINUTE_MS;
    const other = routed({ id: 'later', inForceMs: later, effect: measuredAs('helped') });
    expect([...seen([other], seen([routed()]), later).counted.keys()]).toEqual(['later/choice']);
  });
});

test('what happened while chance put an action off is counted apart from trials, once', () => {
  const control = measuredAs('helped') as Exclude<Effect, { state: 'pending' }>;
  const record = routed({ effect: { state: 'pending' }, holdOut: { untilMs: NOW, share: 0.05, control } });
  const learned = seen([record]);
  expect(learned.leftAlone).toEqual({ 'agent-slower': { trials: 1, helped: 1, harmed: 0, noEffect: 0 } });
  expect(learned.beliefs.size).toBe(0);
  expect(seen([record], learned)).toBe(learned);
});

test('an import is taken up once', () => {
  const entries = exportKnowledge(seen([routed()]).beliefs, NOW);
  const imports = [{ id: 'i', by: 'ann', atMs: NOW, entries }];
  const learned = learnFrom(nothingLearned, { records: [], imports, nowMs: NOW });
  expect(learned.imports).toEqual(['i']);
  expect(learned.beliefs.get(armKey(arm))?.runs.some(({ imported }) => imported !== null)).toBe(true);
  expect(learnFrom(learned, { records: [], imports, nowMs: NOW })).toBe(learned);
});
