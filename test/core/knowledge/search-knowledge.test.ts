import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Found, searchKnowledge } from '../../../lib/core/knowledge/search-knowledge.ts';
import { note, SCALE, TUNE } from './entries.ts';

const monday = note();
const cache = note({
  id: 'n2',
  text: 'Clear the cache before a restart',
  fault: 'agent-hung',
  action: 'restart',
  pool: 'conv',
});
const scaling = note({ id: 'n3', text: 'Scaling takes four minutes here', pool: 'code', action: 'scale' });
const knowledge = {
  entries: [SCALE, TUNE, { ...SCALE, context: 'pool:code', trials: 3 }],
  notes: [monday, cache, scaling],
};

function ids(found: readonly Found[]): string[] {
  return found.map((it) => (it.kind === 'note' ? it.note.id : `${it.entry.action} ${it.entry.context}`));
}

describe('a search', () => {
  test.each([
    { words: 'database', finds: ['n1'] },
    { words: 'DATABASE!', finds: ['n1'] },
    { words: 'data', finds: ['n1'] },
    { words: 'base', finds: [] },
    { words: 'restart cache', finds: ['n2'] },
    { words: 'tune', finds: ['tune system'] },
    { words: 'hung', finds: ['n2'] },
    { words: 'ann mondays', finds: ['n1', 'n3', 'n2'] },
  ])('for "$words" finds $finds', ({ words, finds }) => {
    expect(ids(searchKnowledge(knowledge, { words }))).toEqual(finds);
  });

  test('finds the whole word before one that begins with it', () => {
    expect(ids(searchKnowledge(knowledge, { words: 'scal' })).sort()).toEqual([
      'n3',
      'scale pool:code',
      'scale system',
    ]);
    const notes = [note({ id: 'long', text: 'scaling is slow' }), note({ id: 'whole', text: 'scale is slow' })];
    expect(ids(searchKnowledge({ entries: [], notes }, { words: 'scale' }))).toEqual(['whole']);
    expect(ids(searchKnowledge({ entries: [], notes }, { words: 'scal' }))).toEqual(['whole', 'long']);
  });

  test.each([
    { filter: { action: 'scale' as const }, finds: ['scale system', 'scale pool:code', 'n3'] },
    { filter: { fault: 'pool-slower' }, finds: ['scale system', 'tune system', 'scale pool:code'] },
    { filter: { pool: 'code' }, finds: ['scale pool:code', 'n3'] },
    { filter: { pool: 'code', words: 'minutes' }, finds: ['n3'] },
  ])('keeps to $filter', ({ filter, finds }) => {
    expect(ids(searchKnowledge(knowledge, filter))).toEqual(finds);
  });

  test('of no words finds everything, and of nothing nothing', () => {
    expect(searchKnowledge(knowledge, {})).toHaveLength(6);
    expect(searchKnowledge({ entries: [], notes: [] }, { words: 'x' })).toEqual([]);
  });

  test('finds every note by each of its words, with scores that fall', () => {
    const text = fc.array(fc.constantFrom('slow', 'queue', 'model', 'tool', 'night'), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 10 }), (texts) => {
        const notes = texts.map((words, i) => note({ id: `n${i}`, text: words.join(' ') }));
        const word = texts[0]?.[0] ?? 'slow';
        const found = searchKnowledge({ entries: [], notes }, { words: word });
        const having = texts.filter((words) => words.includes(word)).length;
        expect(found).toHaveLength(having);
        const scores = found.map(({ score }) => score);
        expect(scores).toEqual(scores.toSorted((a, b) => b - a));
      }),
    );
  });
});
