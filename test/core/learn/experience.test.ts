import { describe, expect, test } from 'vitest';
import type { Alert } from '../../../lib/core/alert/alert.ts';
import { type Beliefs, learn, noBeliefs } from '../../../lib/core/learn/beliefs.ts';
import { experienceOf } from '../../../lib/core/learn/experience.ts';
import { noHistory } from '../../../lib/core/learn/guard.ts';
import type { Trial, TrialOutcome } from '../../../lib/core/learn/trial.ts';
import { MINUTE_MS } from '../../../lib/core/model/time.ts';
import { type ActionClass, actionClassNames } from '../../../lib/core/remediate/action-class.ts';
import type { Directive } from '../../../lib/core/remediate/directive.ts';
import type { Action } from '../../../lib/core/remediate/guardrails/guardrail.ts';
import type { Policy } from '../../../lib/core/remediate/policy.ts';
import { firingAlert } from '../../fixtures/alert.ts';
import { directiveOf, directiveRecord } from '../../fixtures/directive.ts';

const NOW = 30_000_000 * MINUTE_MS;
const modes = Object.fromEntries(actionClassNames.map((name) => [name, 'auto'])) as Policy['modes'];
const policy: Policy = { modes, killSwitch: false, maintenance: [] };
/** Enough that was earned to choose freely. */
const guard = { ...noHistory, actions: 400, own: 300, baseline: 280 };

function trials(action: ActionClass, outcome: TrialOutcome, count: number, fault = 'pool-slower'): Trial[] {
  return Array.from({ length: count }, (_, i) => ({
    ...{ fault, action, pool: 'workers', outcome },
    ...{ atMs: NOW - (count - i) * MINUTE_MS, propensity: 1, explored: false },
  }));
}

function weighed(
  kind: ActionClass,
  beliefs: Beliefs,
  { alert = {}, live = [] }: { alert?: Partial<Alert>; live?: Directive[] } = {},
) {
  const firing = [firingAlert({ id: 'alert 1', rule: 'pool-slower', severity: 'medium', ...alert })];
  const action = directiveOf(kind, NOW) as Action;
  return experienceOf({ beliefs, guard })(action, {
    ...{ firing, policy, nowMs: NOW },
    live: live.map((directive) => directiveRecord(directive)),
  });
}

describe('before anything was tried', () => {
  test('nothing is held, and it is known how each was chosen', () => {
    const scale = weighed('scale', noBeliefs);
    const tune = weighed('tune', noBeliefs, { live: [directiveOf('scale', NOW - MINUTE_MS)] });
    expect([scale.held, tune.held]).toEqual([null, null]);
    // The playbook has tune at 0.4, scale at 0.25.
    expect(tune.chosen).toMatchObject({ fault: 'pool-slower', isFirst: true });
    expect(scale.chosen?.isFirst).toBe(false);
    expect((scale.chosen?.propensity ?? 0) + (tune.chosen?.propensity ?? 0)).toBeCloseTo(1, 9);
  });

  test('what answers no fault with plays is not weighed', () => {
    expect(weighed('failover', noBeliefs)).toEqual({ held: null, chosen: null });
    expect(weighed('scale', noBeliefs, { alert: { id: 'another' } })).toEqual({ held: null, chosen: null });
  });
});

describe('when it is known what helps', () => {
  const beliefs = learn(noBeliefs, [...trials('scale', 'helped', 8), ...trials('tune', 'noEffect', 4)]);

  test('that comes first, against the order of the playbook', () => {
    expect(weighed('scale', beliefs)).toMatchObject({ held: null, chosen: { isFirst: true } });
  });

  test('the other waits until it has had its turn, a quarter of an hour at most', () => {
    const scaled = directiveOf('scale', NOW - 5 * MINUTE_MS);
    expect(weighed('tune', beliefs, { live: [scaled] }).held).toMatch(
      /^.+-scale-1 \(.+\) helps more often against pool-slower and has its turn first$/,
    );
    expect(weighed('tune', beliefs, { live: [directiveOf('scale', NOW - 15 * MINUTE_MS)] }).held).toBeNull();
    const measured = { ...scaled, effect: { state: 'measured', verdict: 'unmeasurable', reason: '' } } as Directive;
    expect(weighed('tune', beliefs, { live: [measured] }).held).toBeNull();
    expect(weighed('tune', beliefs).held).toBeNull();
  });

  test('nothing waits for it in a critical incident', () => {
    const live = [directiveOf('scale', NOW - 5 * MINUTE_MS)];
    expect(weighed('tune', beliefs, { live, alert: { severity: 'critical' } }).held).toBeNull();
  });
});

test('what hardly ever helped is left, and says why', () => {
  const beliefs = learn(noBeliefs, trials('scale', 'noEffect', 20));
  expect(weighed('scale', beliefs).held).toBe('it helped in 0 of 20 cases of pool-slower');
  expect(weighed('scale', beliefs, { alert: { severity: 'critical' } }).held).toBeNull();
  expect(
    weighed('degrade', learn(noBeliefs, trials('degrade', 'noEffect', 20, 'retry-storm')), {
      alert: { rule: 'retry-storm' },
    }).held,
  ).toBeNull();
});
