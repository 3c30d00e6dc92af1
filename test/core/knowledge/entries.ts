import type { Note } from '../../../lib/core/knowledge/note.ts';
import type { KnowledgeEntry } from '../../../lib/core/learn/transfer.ts';

export const SCALE: KnowledgeEntry = {
  ...{ fault: 'pool-slower', action: 'scale', context: 'system', trials: 10, helped: 8, harmed: 0, noEffect: 2 },
  posterior: { mean: 0.74, low: 0.55, high: 0.88 },
};
export const TUNE: KnowledgeEntry = {
  ...{ fault: 'pool-slower', action: 'tune', context: 'system', trials: 6, helped: 1, harmed: 2, noEffect: 3 },
  posterior: { mean: 0.21, low: 0.06, high: 0.42 },
};

export function note(more: Partial<Note> = {}): Note {
  const atMs = Date.parse('2026-05-04T10:00:00Z');
  return { id: 'n1', text: 'The database is slow on Mondays', kind: 'note', by: 'ann', atMs, ...more };
}
