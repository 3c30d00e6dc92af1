import type { Counts } from '../learn/arm-belief.ts';
import type { KnowledgeEntry } from '../learn/transfer.ts';
import type { Note } from './note.ts';

/** What a system knows: from its trials, and from its people. */
export interface Knowledge {
  entries: readonly KnowledgeEntry[];
  notes: readonly Note[];
  /** By fault: what came of cases in which nothing was done for a quarter of an hour. */
  leftAlone?: Readonly<Record<string, Counts>>;
}
