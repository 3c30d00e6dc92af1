import type { Knowledge } from '../core/knowledge/knowledge.ts';
import type { Note } from '../core/knowledge/note.ts';
import { EVERYWHERE, type KnowledgeEntry, knownEntries } from '../core/learn/transfer.ts';
import type { Actor } from '../core/model/audit-entry.ts';
import type { EpochMs } from '../core/model/time.ts';
import type { KnowledgeStore } from '../ports/knowledge-store.ts';
import { type AuditDeps, audited } from './audited.ts';

export interface KnowledgeDeps extends AuditDeps {
  knowledge: KnowledgeStore;
}

interface Change {
  system: string;
  who: Actor;
  atMs: EpochMs;
}

/** What the trials of a system taught, and what its people wrote down. */
export async function readKnowledge(
  { knowledge }: Pick<KnowledgeDeps, 'knowledge'>,
  system: string,
  nowMs: EpochMs,
): Promise<Knowledge> {
  const [learned, notes] = await Promise.all([knowledge.readLearned(system), knowledge.notes(system)]);
  return {
    entries: learned ? knownEntries(learned.beliefs, nowMs) : [],
    ...{ notes, leftAlone: learned?.leftAlone ?? {} },
  };
}

/** Leaves what another system knows for the minute job to take up. @returns its id, and how many entries are of use */
export async function importEntries(
  deps: KnowledgeDeps,
  { system, who, atMs }: Change,
  entries: readonly KnowledgeEntry[],
): Promise<{ id: string; taken: number }> {
  const id = deps.uniqueId();
  const taken = entries.filter(({ context, trials }) => context === EVERYWHERE && trials > 0);
  await audited(
    deps,
    { system, who, atMs, action: 'knowledge.import', target: id, after: { entries: taken.length } },
    () => deps.knowledge.addImport(system, { id, by: who.name, atMs, entries: taken }),
    () => ({ outcome: 'done' }),
  );
  return { id, taken: taken.length };
}

export async function writeNote(
  deps: KnowledgeDeps,
  { system, who, atMs }: Change,
  wanted: Omit<Note, 'id'>,
): Promise<Note> {
  const note: Note = { id: deps.uniqueId(), ...wanted };
  await audited(
    deps,
    { system, who, atMs, action: 'note.create', target: note.id, after: { ...note } },
    () => deps.knowledge.saveNote(system, note),
    () => ({ outcome: 'done' }),
  );
  return note;
}

/** @returns the note that was deleted; null where there is none */
export async function deleteNote(deps: KnowledgeDeps, { system, who, atMs }: Change, id: string): Promise<Note | null> {
  const note = (await deps.knowledge.notes(system)).find((it) => it.id === id);
  if (!note) return null;
  await audited(
    deps,
    { system, who, atMs, action: 'note.delete', target: id, before: { ...note } },
    () => deps.knowledge.deleteNote(system, id),
    () => ({ outcome: 'done' }),
  );
  return note;
}
