import { describe, expect, test } from 'vitest';
import type { Alert, AlertRecord } from '../../../lib/core/alert/alert.ts';
import { MINUTE_MS } from '../../../lib/core/model/time.ts';
import type { Directive, DirectiveRecord } from '../../../lib/core/remediate/directive.ts';
import { issueDirective, settleDirective } from '../../../lib/core/remediate/directive-lifecycle.ts';
import { nameActions } from '../../../lib/core/remediate/name-actions.ts';
import { firingAlert } from '../../fixtures/alert.ts';
import { directiveOf, directiveRecord, routeDirective } from '../../fixtures/directive.ts';

const NOW = 30_000_000 * MINUTE_MS;
const ann = (minutes: number) => ({ atMs: NOW + minutes * MINUTE_MS, by: 'ann', note: null });
const asked = (mode: 'approve' | 'recommend' = 'approve') => issueDirective(routeDirective(NOW), mode, NOW);
const inForce = () => issueDirective(routeDirective(NOW), 'auto', NOW);

function recordOf(more: Partial<Alert> = {}): AlertRecord {
  const alert = firingAlert({ id: 'alert 1', ...more });
  return { alert, evaluatedThrough: 0, clearMinutes: 0, told: -1, unsent: [] };
}

/** The alert's record after a minute. */
function named(record: AlertRecord, directives: readonly DirectiveRecord[], minutes = 0): AlertRecord {
  return nameActions(new Map([['f', record]]), directives, NOW + minutes * MINUTE_MS).get('f')!;
}

const actionsOf = (directives: readonly DirectiveRecord[], minutes = 0, alert: Partial<Alert> = {}) =>
  named(recordOf(alert), directives, minutes).alert.actions;

describe('an alert says of what answers it', () => {
  test.each<{ what: string; record: DirectiveRecord; minutes: number; action: object }>([
    {
      what: 'that it waits for an approval, and until when',
      ...{ record: asked(), minutes: 1 },
      action: { status: 'proposed', mode: 'approve', wasInForce: false, untilMs: NOW + 15 * MINUTE_MS },
    },
    {
      what: 'that it is in force once a person has approved it',
      record: { ...asked(), approved: ann(1) },
      ...{ minutes: 2, action: { status: 'active', mode: 'approve', wasInForce: true } },
    },
    {
      what: 'that it was applied',
      record: { ...inForce(), ack: { applied: true, ...ann(0) } },
      ...{ minutes: 1, action: { status: 'active', applied: true } },
    },
    {
      what: 'that nobody approved it in time',
      record: settleDirective(asked(), NOW + 15 * MINUTE_MS),
      ...{ minutes: 15, action: { status: 'expired', wasInForce: false, endedBecause: 'its lease ran out' } },
    },
    {
      what: 'who rejected it, also when that was after the minute had ended',
      record: { ...asked(), rejected: ann(1.5) },
      ...{ minutes: 1, action: { status: 'rejected', endedBecause: 'rejected by ann' } },
    },
    {
      what: 'that it was in force and taken back',
      record: { ...inForce(), rolledBack: ann(1) },
      ...{ minutes: 2, action: { status: 'rolled_back', wasInForce: true, endedBecause: 'rolled back by ann' } },
    },
  ])('$what', ({ record, minutes, action }) => {
    expect(actionsOf([record], minutes)).toMatchObject([action]);
  });

  test('nothing of until when it waits where that is as long as there is cause', () => {
    expect(actionsOf([asked('recommend')])[0]).toMatchObject({ status: 'proposed' });
    expect(actionsOf([asked('recommend')])[0]).not.toHaveProperty('untilMs');
  });

  test('what became of it by now, also when the alert is over, and of earlier versions what it did not know', () => {
    const before = { directive: asked().directive.id, summary: 's', mode: 'approve', undo: 'u' } as const;
    const resolved = recordOf({ state: 'resolved', actions: [before] });
    expect(named(resolved, [{ ...asked(), approved: ann(1) }], 2).alert.actions).toMatchObject([{ status: 'active' }]);
    // Of what is not looked back on any more it keeps what is known.
    expect(named(resolved, [], 2)).toBe(resolved);
  });

  test('nothing new while nothing happens, so that it is not saved anew each minute', () => {
    const directives = [asked(), directiveRecord(directiveOf('breaker', NOW))];
    const first = named(recordOf({ scope: { pool: 'workers', agent: 'a' } }), directives);
    expect(first.alert.actions).toHaveLength(2);
    for (let minutes = 1; minutes < 15; minutes++) expect(named(first, directives, minutes)).toBe(first);
    const stored = {
      ...first,
      alert: {
        ...first.alert,
        actions: first.alert.actions.map((it) => Object.fromEntries(Object.entries(it).reverse()) as typeof it),
      },
    };
    expect(named(stored, directives, 1)).toBe(stored);
  });

  test('of the latest thirty that are over, the same ones each minute, and of all that are not', () => {
    const many = Array.from({ length: 40 }, (_, i) => {
      const at = NOW + i * 15 * MINUTE_MS;
      return settleDirective(issueDirective(routeDirective(at), 'approve', at), at + 15 * MINUTE_MS);
    });
    const old = directiveRecord(routeDirective(NOW, { leaseUntilMs: NOW + 700 * MINUTE_MS }));
    const first = named(recordOf(), [...many, old], 650);
    expect(first.alert.actions.filter(({ status }) => status === 'expired')).toHaveLength(30);
    expect(first.alert.actions.at(-1)?.directive).toBe(many.at(-1)?.directive.id);
    expect(first.alert.actions.filter(({ status }) => status === 'active')).toHaveLength(1);
    expect(named(first, [...many, old], 651)).toBe(first);
  });
});

describe('what is done to an agent', () => {
  const breaker = (more: Partial<Directive> = {}) =>
    directiveRecord({ ...directiveOf('breaker', NOW), causes: [], onsetMs: NOW, ...more } as Directive);
  const ofAgent = (agent: string, more: Partial<Alert> = {}) => ({
    ...{ scope: { pool: 'workers', agent }, onsetMs: NOW - MINUTE_MS },
    ...more,
  });

  test('is named by the alerts that fire about it, though it names none of them', () => {
    expect(actionsOf([breaker()], 0, ofAgent('a'))).toMatchObject([{ kind: 'breaker', status: 'active' }]);
  });

  test('is not named by those about others, about its pool, or that are over', () => {
    expect(actionsOf([breaker()], 0, ofAgent('b'))).toEqual([]);
    expect(actionsOf([breaker()], 0, { scope: { pool: 'workers' } })).toEqual([]);
    expect(actionsOf([breaker()], 0, ofAgent('a', { state: 'resolved' }))).toEqual([]);
  });

  test('is not named where it was over before the trouble began', () => {
    const ended = { how: 'expired' as const, atMs: NOW - 2 * MINUTE_MS, why: 'w' };
    expect(actionsOf([breaker({ ended })], 0, ofAgent('a'))).toEqual([]);
    expect(actionsOf([breaker({ ended })], 0, ofAgent('a', { onsetMs: NOW - 3 * MINUTE_MS }))).toHaveLength(1);
  });
});
