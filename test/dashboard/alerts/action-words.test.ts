import fc from 'fast-check';
import { expect, test } from 'vitest';
import { actionInShort } from '../../../lib/core/alert/action-text.ts';
import { asksPerson } from '../../../lib/core/alert/alert-action.ts';
import { modes } from '../../../lib/core/remediate/action-class.ts';
import { directiveStatuses } from '../../../lib/core/remediate/directive-status.ts';
import { actionWords, waitsForYou } from '../../../lib/dashboard/alerts/action-words.ts';

const action = fc.record(
  {
    ...{ directive: fc.constant('d1'), summary: fc.constant('route around w-3'), mode: fc.constantFrom(...modes) },
    ...{ undo: fc.constant(''), status: fc.constantFrom(...directiveStatuses), wasInForce: fc.boolean() },
    ...{ applied: fc.boolean(), isPutOff: fc.boolean() },
  },
  { requiredKeys: ['directive', 'summary', 'mode', 'undo'] },
);

test('laws: the page says of an action, and of whether it waits for a person, what messages say', () => {
  fc.assert(
    fc.property(action, (it) => {
      expect(actionWords(it)).toBe(actionInShort(it));
      expect(waitsForYou(it)).toBe(asksPerson(it));
    }),
  );
});

test('why an action is over stands behind it', () => {
  const over = { directive: 'd1', summary: 'route around w-3', mode: 'auto', status: 'expired', wasInForce: true };
  expect(actionWords({ ...over, endedBecause: 'w-3 is well again' })).toBe(
    'Was done: route around w-3: w-3 is well again',
  );
});
