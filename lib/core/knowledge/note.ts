import type { EpochMs } from '../model/time.ts';
import type { ActionClass } from '../remediate/action-class.ts';

export const MOST_NOTE_CHARACTERS = 2_000;

/** What a person knows, of anything that is not named in general. */
export interface Note {
  id: string;
  /** 1..{@link MOST_NOTE_CHARACTERS} characters. */
  text: string;
  /** A best practice is what is to be done as a rule; a note is anything worth knowing. */
  kind: 'note' | 'best practice';
  /** Id of an alert rule. */
  fault?: string;
  action?: ActionClass;
  pool?: string;
  by: string;
  atMs: EpochMs;
}

/** @returns what is wrong with a note's text, in words; null where nothing is */
export function noteTextFault(text: string): string | null {
  if (text.trim() === '') return 'the text is empty';
  if (text.length > MOST_NOTE_CHARACTERS)
    return `the text has ${text.length} characters, more than ${MOST_NOTE_CHARACTERS}`;
  return null;
}
