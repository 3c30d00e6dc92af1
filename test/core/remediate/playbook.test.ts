import { expect, test } from 'vitest';
import { alertRules } from '../../../lib/core/alert/rules/registry.ts';
import { answeredBy, playbook } from '../../../lib/core/remediate/playbook.ts';

test('every alert rule says what may be done about it, and nothing else does', () => {
  expect(Object.keys(playbook).sort()).toEqual(alertRules.map(({ id }) => id).sort());
});

test('priors are probabilities', () => {
  for (const plays of Object.values(playbook)) for (const { prior } of plays) expect(prior > 0 && prior < 1).toBe(true);
});

test('an action is offered the alerts that it may help against', () => {
  const alerts = [{ rule: 'agent-hung' }, { rule: 'agent-leaking' }, { rule: 'load-surge' }];
  expect(answeredBy('restart', alerts)).toEqual([{ rule: 'agent-hung' }, { rule: 'agent-leaking' }]);
});
