import { expect, test } from 'vitest';
import type { Note } from '../../lib/core/knowledge/note.ts';
import { learn } from '../../lib/core/learn/beliefs.ts';
import { type Learned, nothingLearned } from '../../lib/core/learn/learned.ts';
import { exportKnowledge, importKnowledge } from '../../lib/core/learn/transfer.ts';
import { DAY_MINUTES, MINUTE_MS } from '../../lib/core/model/time.ts';
import type { KnowledgeStore } from '../../lib/ports/knowledge-store.ts';
import { type FreshStore, NOW_MS } from './fresh-store.ts';

const trial = {
  ...{ fault: 'pool-slower', action: 'scale' as const, pool: 'conv', outcome: 'helped' as const },
  ...{ atMs: NOW_MS, propensity: 0.98, explored: false },
};
const beliefs = learn(new Map(), [trial, { ...trial, pool: 'code', outcome: 'harmed' }]);
const learned: Learned = {
  ...nothingLearned,
  beliefs: importKnowledge(beliefs, exportKnowledge(beliefs, NOW_MS), NOW_MS),
  leftAlone: { 'pool-slower': { trials: 2, helped: 0, harmed: 1, noEffect: 1 } },
  counted: new Map([['a directive/choice', NOW_MS]]),
  imports: ['import 1'],
};
const note: Note = { id: 'n1', text: 'Ask Ann first.', kind: 'note', pool: 'conv', by: 'ann', atMs: NOW_MS };

export function knowledgeStoreContract(fresh: FreshStore<KnowledgeStore>): void {
  test('gives back what was learned, for each system', async () => {
    const { store } = await fresh(NOW_MS);
    expect(await store.readLearned('default')).toBeNull();
    expect(await store.saveLearned('default', learned, 3)).toBe(true);
    expect(await store.readLearned('default')).toEqual(learned);
    expect(await store.readLearned('other')).toBeNull();
  });

  test('is not overwritten by who has lost the lease', async () => {
    const { store } = await fresh(NOW_MS);
    await store.saveLearned('default', learned, 3);
    expect(await store.saveLearned('default', nothingLearned, 2)).toBe(false);
    expect(await store.readLearned('default')).toEqual(learned);
  });

  test('lists imports in the order in which they came, for 90 days', async () => {
    const { store, setNow } = await fresh(NOW_MS);
    const entries = exportKnowledge(beliefs, NOW_MS);
    const imports = ['b', 'a'].map((id, i) => ({ id, by: 'ann', atMs: NOW_MS + i * MINUTE_MS, entries }));
    for (const it of imports) await store.addImport('default', it);
    expect(await store.imports('default')).toEqual(imports);
    expect(await store.imports('other')).toEqual([]);
    setNow(NOW_MS + 91 * DAY_MINUTES * MINUTE_MS);
    expect(await store.imports('default')).toEqual([]);
  });

  test('keeps notes until they are deleted, the newest first', async () => {
    const { store } = await fresh(NOW_MS);
    await store.saveNote('default', note);
    const newer = { ...note, id: 'n0', atMs: NOW_MS + 1 };
    await store.saveNote('default', newer);
    expect(await store.notes('default')).toEqual([newer, note]);
    await store.saveNote('default', { ...note, text: 'Ask Bob.' });
    expect((await store.notes('default')).map(({ text }) => text)).toEqual(['Ask Ann first.', 'Ask Bob.']);
    expect(await store.deleteNote('default', 'n0')).toBe(true);
    expect(await store.deleteNote('default', 'n0')).toBe(false);
    expect(await store.notes('other')).toEqual([]);
  });
}
