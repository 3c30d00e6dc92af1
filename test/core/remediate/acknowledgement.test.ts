import { expect, test } from 'vitest';
import { wordThatCounts } from '../../../lib/core/remediate/acknowledgement.ts';

const said = (by: string, applied: boolean, atMs: number) => ({ by, applied, atMs, note: null });

test.each([
  { what: 'nobody spoke', words: [], counts: null },
  { what: 'one applied it and others cannot', words: [said('b', false, 1), said('a', true, 2), said('c', false, 3)] },
  { what: 'two applied it: the first', words: [said('b', true, 3), said('a', true, 2)] },
  { what: 'all refused it: the last', words: [said('a', false, 3), said('b', false, 2)], counts: ['a', false] },
])('of what was said counts, where $what', ({ words, counts = ['a', true] }) => {
  const word = wordThatCounts(words);
  expect(word && [word.by, word.applied]).toEqual(counts);
});
