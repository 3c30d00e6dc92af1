import type { KnowledgeEntry } from '../learn/transfer.ts';
import type { ActionClass } from '../remediate/action-class.ts';
import { entryInWords } from './entry-in-words.ts';
import type { Knowledge } from './knowledge.ts';
import type { Note } from './note.ts';

export interface KnowledgeQuery {
  /** Words in any order; each also finds those that begin with it. Without any, everything that passes the filters. */
  words?: string;
  fault?: string;
  action?: ActionClass;
  pool?: string;
}

/** Greater scores fit better; they compare within one search alone. */
export type Found = { score: number } & ({ kind: 'entry'; entry: KnowledgeEntry } | { kind: 'note'; note: Note });

/** How soon more of the same word counts for less, and how much long texts are held to be wordy: the usual values. */
const K1 = 1.2;
const B = 0.75;

/**
 * What is known about some words, the best fit first (BM25: rare words count more, in short texts more than in long ones); what
 * fits equally well in the order in which it was given, entries first. What has none of the words is not found.
 * @see Robertson, Zaragoza: The Probabilistic Relevance Framework: BM25 and Beyond, 2009
 */
export function searchKnowledge({ entries, notes }: Knowledge, { words = '', ...filters }: KnowledgeQuery): Found[] {
  const documents: Document[] = [
    ...entries.map((entry) => ({ kind: 'entry' as const, entry, terms: termsOf(entryInWords(entry)) })),
    ...notes.map((note) => ({ kind: 'note' as const, note, terms: termsOf(textOf(note)) })),
  ].filter((document) => passes(document, filters));
  const scores = scoresOf(documents, termsOf(words));
  return documents
    .map(({ terms, ...document }, i) => ({ ...document, score: scores[i] as number }))
    .filter(({ score }) => score > 0 || words.trim() === '')
    .sort((a, b) => b.score - a.score);
}

type Document = { terms: string[] } & ({ kind: 'entry'; entry: KnowledgeEntry } | { kind: 'note'; note: Note });

function textOf({ text, kind, fault, action, pool, by }: Note): string {
  return [text, kind, fault ?? '', action ?? '', pool ?? '', by].join(' ');
}

function passes(document: Document, { fault, action, pool }: Omit<KnowledgeQuery, 'words'>): boolean {
  const of = document.kind === 'entry' ? { ...document.entry, pool: poolOf(document.entry) } : document.note;
  const isIt = (wanted: string | undefined, is: string | undefined) => wanted === undefined || wanted === is;
  return isIt(fault, of.fault) && isIt(action, of.action) && isIt(pool, of.pool);
}

function poolOf({ context }: KnowledgeEntry): string | undefined {
  return context.startsWith('pool:') ? context.slice('pool:'.length) : undefined;
}

/** Ids are found by their parts: "pool-slower" has the words pool and slower. */
function termsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}

function scoresOf(documents: readonly Document[], words: readonly string[]): number[] {
  const usualLength = documents.reduce((sum, { terms }) => sum + terms.length, 0) / documents.length;
  const scores = documents.map(() => 0);
  for (const word of new Set(words)) {
    const frequencies = documents.map(({ terms }) => terms.reduce((sum, term) => sum + fitOf(term, word), 0));
    const having = frequencies.filter((frequency) => frequency > 0).length;
    const rarity = Math.log(1 + (documents.length - having + 0.5) / (having + 0.5));
    for (const [i, frequency] of frequencies.entries()) {
      const length = (documents[i]?.terms.length ?? 0) / usualLength;
      const weight = (frequency * (K1 + 1)) / (frequency + K1 * (1 - B + B * length));
      scores[i] = (scores[i] as number) + rarity * weight;
    }
  }
  return scores;
}

/** A word that begins with another fits as far as the other goes. */
function fitOf(term: string, word: string): number {
  return term.startsWith(word) ? word.length / term.length : 0;
}
