import { describe, expect, test } from 'vitest';
import { emptyFigures } from '../../../lib/core/kpi/figures.ts';
import { MINUTE_MS } from '../../../lib/core/model/time.ts';
import type { DirectiveOf, DirectiveRecord } from '../../../lib/core/remediate/directive.ts';
import { endDirective, issueDirective, releaseDirective } from '../../../lib/core/remediate/directive-lifecycle.ts';
import { statusAt } from '../../../lib/core/remediate/directive-status.ts';
import { HOLD_OUT_MS, holdOutOf, isDue } from '../../../lib/core/remediate/hold-out.ts';
import {
  type MeasuredHistory,
  type Measurement,
  progressEffect,
} from '../../../lib/core/remediate/measure-directives.ts';
import { nameActions } from '../../../lib/core/remediate/name-actions.ts';
import { firingAlert } from '../../fixtures/alert.ts';
import { routeDirective } from '../../fixtures/directive.ts';

const NOW = 30_000_000 * MINUTE_MS;
const proposal = routeDirective(NOW);
const firing = (severity: 'critical' | 'high' | 'medium') => [{ id: 'alert 1', severity }];

describe('what is put off', () => {
  test('is the share that is asked for, by chance that is the same whenever it is asked', () => {
    const drawn = Array.from({ length: 4_000 }, (_, i) => {
      const like = { ...proposal, causes: [`alert ${i}`] };
      const alerts = [{ id: `alert ${i}`, severity: 'high' as const }];
      const first = holdOutOf(like, alerts, 0.05, NOW);
      expect(holdOutOf(like, alerts, 0.05, NOW + MINUTE_MS) === null).toBe(first === null);
      return first;
    });
    const share = drawn.filter((it) => it !== null).length / drawn.length;
    // 200 expected, with a deviation of 14.
    expect(share).toBeGreaterThan(0.035);
    expect(share).toBeLessThan(0.065);
  });

  test.each([
    { what: 'answers a critical alert', like: {}, severity: 'critical' as const },
    { what: 'interrupts work', like: { isDisruptive: true }, severity: 'high' as const },
    { what: 'keeps work from being lost', like: { kind: 'breaker' as const }, severity: 'high' as const },
    { what: 'answers no alert', like: { causes: [] }, severity: 'high' as const },
    { what: 'answers an alert that is not known', like: { causes: ['another'] }, severity: 'high' as const },
  ])('is nothing that $what', ({ like, severity }) => {
    expect(holdOutOf({ ...proposal, ...like }, firing(severity), 1, NOW)).toBeNull();
  });

  test('is nothing where no share is asked for', () => {
    expect(holdOutOf(proposal, firing('medium'), 0, NOW)).toBeNull();
  });
});

describe('a directive that is put off', () => {
  const heldOut = () =>
    issueDirective(proposal, 'auto', NOW, {
      holdOut: holdOutOf(proposal, firing('medium'), 1, NOW),
    }) as DirectiveRecord & { directive: DirectiveOf<'route'> };

  test('waits, and is in force when the wait is over', () => {
    const record = heldOut();
    expect(statusAt(record, NOW)).toBe('proposed');
    expect(record.unsent.map(({ what }) => what)).toEqual(['proposed']);
    expect(isDue(record.directive, NOW + HOLD_OUT_MS - 1)).toBe(false);
    expect(isDue(record.directive, NOW + HOLD_OUT_MS)).toBe(true);
    const released = releaseDirective(record, proposal, NOW + HOLD_OUT_MS);
    expect(isDue(released.directive, NOW + HOLD_OUT_MS)).toBe(false);
    expect(statusAt(released, NOW + 2 * HOLD_OUT_MS - 1)).toBe('active');
    expect(released.unsent.map(({ what }) => what)).toEqual(['proposed', 'issued']);
  });

  test('is in force at once when a person approves it, and then nobody knows what would have been', () => {
    const record = { ...heldOut(), approved: { atMs: NOW + 60_000, by: 'ann', note: null } };
    expect(statusAt(record, NOW + 60_000)).toBe('active');
    const inForce = { ...record, directive: { ...record.directive, inForceMs: NOW + 60_000 } };
    const { holdOut } = progressEffect(inForce, NOW / MINUTE_MS + 2, () => null).directive;
    expect(holdOut?.control).toMatchObject({ verdict: 'unmeasurable', reason: 'a person had it carried out at once' });
  });

  test('is said to be proposed in its alert', () => {
    const alert = firingAlert({ id: 'alert 1' });
    const record = { alert, evaluatedThrough: 0, clearMinutes: 0, told: -1, unsent: [] };
    const named = nameActions(new Map([['f', record]]), [heldOut()], NOW);
    expect(named.get('f')?.alert.actions).toMatchObject([{ mode: 'approve', status: 'proposed', isPutOff: true }]);
  });

  test('tells what happened without it, over as many minutes as an effect has', () => {
    const minute = NOW / MINUTE_MS + 15;
    let asked: Measurement | undefined;
    const history = (measurement: Measurement): MeasuredHistory => {
      asked = measurement;
      return poolThat(minute, { ill: 2_000, since: 2_000 });
    };
    const early = progressEffect(heldOut(), minute - 2, history);
    expect(early.directive.holdOut?.control.state).toBe('measuring');
    const { directive } = progressEffect(heldOut(), minute, history);
    expect(asked).toMatchObject({ pool: 'workers', agentsFrom: null, through: minute - 1 });
    expect(directive.holdOut?.control).toMatchObject({ state: 'measured', verdict: 'no_effect', unit: 'ms' });
    expect(directive.effect).toEqual({ state: 'pending' });
  });

  test('whose cause goes away soon tells nothing', () => {
    const ended = endDirective(heldOut(), { how: 'expired', why: 'it is well', by: 'cause gone' }, NOW + 3 * MINUTE_MS);
    const { directive } = progressEffect(ended, NOW / MINUTE_MS + 3, () => null);
    expect(directive.holdOut?.control).toMatchObject({ verdict: 'unmeasurable' });
  });
});

/** A pool that was well until three minutes before NOW. */
function poolThat(end: number, { ill, since }: { ill: number; since: number }): MeasuredHistory {
  const decided = NOW / MINUTE_MS;
  const own = Array.from({ length: 120 }, (_, i) => {
    const at = end - 120 + i;
    const usual = 1_000 + 20 * Math.sin(i * 1.7) + 15 * Math.cos(i * 0.9);
    const ms = at >= decided ? since : at >= decided - 3 ? ill : usual;
    const figures = emptyFigures();
    Object.assign(figures.tasks.counters, { completed: 100, responseCount: 100, responseUs: 100_000 * ms });
    return { scope: 'pool:workers', at, figures, metric: null };
  });
  return { agents: [], pool: { own, peers: new Map() } };
}
