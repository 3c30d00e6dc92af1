import type { KnowledgeEntry } from '../learn/transfer.ts';
import type { Note } from './note.ts';

/** What a system knows: from its trials, and from its people. */
export interface Knowledge {
  entries: readonly KnowledgeEntry[];
  notes: readonly Note[];
}
