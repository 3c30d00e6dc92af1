import type { Alert } from '../alert/alert.ts';
import type { Citation } from '../alert/citation.ts';
import { EVERYWHERE, type KnowledgeEntry } from '../learn/transfer.ts';
import type { ActionClass } from '../remediate/action-class.ts';
import { entryInWords } from './entry-in-words.ts';
import type { Knowledge } from './knowledge.ts';
import type { Note } from './note.ts';

export const MOST_CITATIONS = 3;
/** A pool with fewer trials of an action is told by what it did in all pools. */
const TRIALS_IN_POOL = 3;
const MOST_CHARACTERS = 240;

/**
 * Up to {@link MOST_CITATIONS} lines: which action helps most against the fault, then what people said of the fault or the pool.
 * Of notes, those about both come first, best practices before others, and the newest first; one about another fault or
 * another pool is none.
 */
export function citationsFor(alert: Pick<Alert, 'rule' | 'scope'>, { entries, notes }: Knowledge): Citation[] {
  const best = bestEntry(alert, entries);
  const of = best && { fault: best.fault, action: best.action, context: best.context };
  const said = notes
    .filter((note) => isAbout(note, alert))
    .sort((a, b) => matches(b, alert) - matches(a, alert) || rank(b) - rank(a) || b.atMs - a.atMs);
  return [
    ...(best && of ? [{ text: entryInWords(best), from: { entry: of } }] : []),
    ...said.map((note) => ({ text: noteInWords(note), from: { note: note.id } })),
  ].slice(0, MOST_CITATIONS);
}

/** The action that most likely helps, of those that were tried. */
function bestEntry({ rule, scope }: Pick<Alert, 'rule' | 'scope'>, entries: readonly KnowledgeEntry[]) {
  const own = entries.filter(({ fault }) => fault === rule);
  const everywhere = own.filter(({ context, trials }) => context === EVERYWHERE && trials > 0);
  const inPool = (action: ActionClass) =>
    own.find((it) => it.context === `pool:${scope.pool}` && it.action === action && it.trials >= TRIALS_IN_POOL);
  return everywhere
    .map((entry) => inPool(entry.action) ?? entry)
    .sort((a, b) => b.posterior.mean - a.posterior.mean)
    .at(0);
}

function isAbout(note: Note, alert: Pick<Alert, 'rule' | 'scope'>): boolean {
  const isOther =
    (note.fault !== undefined && note.fault !== alert.rule) ||
    (note.pool !== undefined && note.pool !== alert.scope.pool);
  return !isOther && matches(note, alert) > 0;
}

function matches({ fault, pool }: Note, { rule, scope }: Pick<Alert, 'rule' | 'scope'>): number {
  return (fault === rule ? 1 : 0) + (pool !== undefined && pool === scope.pool ? 1 : 0);
}

function rank({ kind }: Note): number {
  return kind === 'best practice' ? 1 : 0;
}

function noteInWords({ text, kind, by, atMs }: Note): string {
  const line = text.trim().replace(/\s+/g, ' ');
  const short = line.length > MOST_CHARACTERS ? `${line.slice(0, MOST_CHARACTERS - 1).trimEnd()}…` : line;
  return `${kind} of ${by}, ${new Date(atMs).toISOString().slice(0, 10)}: ${short}`;
}
