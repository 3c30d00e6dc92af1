import { describe, expect, test } from 'vitest';
import type { DirectiveOf } from '../../../lib/core/remediate/directive.ts';
import { renewDirective } from '../../../lib/core/remediate/directive-lifecycle.ts';
import { directiveRecord, routeDirective } from '../../fixtures/directive.ts';

const ISSUED = 29_000_000 * 60_000;
const alerts = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => `alert-${from + i}`);

function renewed(before: DirectiveOf<'route'>, more: Partial<DirectiveOf<'route'>>): DirectiveOf<'route'> {
  const record = directiveRecord(before) as ReturnType<typeof directiveRecord> & { directive: DirectiveOf<'route'> };
  return renewDirective(record, { ...before, ...more }, true, before.renewedMs + 60_000)
    .directive as DirectiveOf<'route'>;
}

describe('a directive that goes on', () => {
  test('keeps what calls for it now, however much, and of what called for it before the newest fifty together', () => {
    const many = renewed(routeDirective(ISSUED, { causes: alerts(0, 60) }), { causes: alerts(0, 60) });
    expect(many.causes).toEqual(alerts(0, 60));
    const later = renewed(many, { causes: alerts(60, 65) });
    expect(later.causes).toEqual(alerts(15, 65));
    expect(renewed(later, { causes: ['alert-15'] }).causes).toEqual([...alerts(16, 65), 'alert-15']);
  });

  test('remembers for three quarters of an hour when it came to set something else that had to be told, once it is in force', () => {
    const [first, at] = [routeDirective(ISSUED), (minutes: number) => ISSUED + minutes * 60_000];
    const set = (before: DirectiveOf<'route'>, minutes: number, differs = true) =>
      renewDirective(
        directiveRecord(before) as Parameters<typeof renewDirective<'route'>>[0],
        { ...before, params: { ...before.params, hot: [String(minutes)] } },
        differs,
        at(minutes),
      ).directive as DirectiveOf<'route'>;
    const once = set(first, 2);
    expect(once.changedMs).toEqual([at(2)]);
    // What need not be told at once goes with the next lease.
    expect(set(once, 12, false).changedMs).toEqual([at(2)]);
    expect(set(set(once, 40), 50).changedMs).toEqual([at(40), at(50)]);
    expect(set({ ...first, inForceMs: null }, 2).changedMs).toBeUndefined();
  });

  test('remembers what it set before its last two changes, and no more, since it may be long', () => {
    const set = (before: DirectiveOf<'route'>, weight: number) =>
      renewed(before, { params: { ...before.params, weights: { a: weight } } });
    const { was } = [0.1, 0.2, 0.4, 0.8].reduce(set, routeDirective(ISSUED));
    expect(was?.map(({ params }) => params.weights)).toEqual([{ a: 0.2 }, { a: 0.4 }]);
  });

  test('remembers as what it came into force, where it says something else by now', () => {
    const first = routeDirective(ISSUED, { summary: 'route around a' });
    expect(renewed(first, {}).began).toBeUndefined();
    const back = renewed(first, { summary: 'lead work back to a' });
    expect(back).toMatchObject({ summary: 'lead work back to a', began: 'route around a' });
    expect(renewed(back, { summary: 'lead more of it back' }).began).toBe('route around a');
    const waiting = routeDirective(ISSUED, { inForceMs: null, mode: 'recommend', summary: 'route around a' });
    expect(renewed(waiting, { summary: 'route around a, b' }).began).toBeUndefined();
  });
});
