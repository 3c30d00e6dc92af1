import type { Note } from '../core/knowledge/note.ts';
import type { KnowledgeImport, Learned } from '../core/learn/learned.ts';

/** What a system has learned from its directives, what others told it, and what its people wrote down. */
export interface KnowledgeStore {
  /** @returns null before anything was learned */
  readLearned(system: string): Promise<Learned | null>;
  /**
   * Only the minute job writes it.
   * @param fence of the writer's lease
   * @returns false when a later lease holder has saved it; then nothing is written
   */
  saveLearned(system: string, learned: Learned, fence: number): Promise<boolean>;
  /** Those of the last 90 days, oldest first. */
  imports(system: string): Promise<KnowledgeImport[]>;
  addImport(system: string, added: KnowledgeImport): Promise<void>;
  /** Newest first. */
  notes(system: string): Promise<Note[]>;
  /** In place of the one with its id. */
  saveNote(system: string, note: Note): Promise<void>;
  /** @returns whether there was one */
  deleteNote(system: string, id: string): Promise<boolean>;
}
