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
