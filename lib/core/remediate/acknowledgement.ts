import type { EpochMs } from '../model/time.ts';

/** What an orchestrator or an actuator answered. The latest word of each counts. */
export interface Acknowledgement {
  applied: boolean;
  atMs: EpochMs;
  by: string;
  note: string | null;
}

/** In words, of one that refused: "orch could not: no rights". */
export function couldNot({ by, note }: Acknowledgement): string {
  return note ? `${by} could not: ${note}` : `${by} could not`;
}

/** Of a directive: more are only heard where nobody has applied it and they have, up to so many. */
export const MOST_SPEAKERS = 50;
export const MOST_WITH_THOSE_WHO_APPLIED = 60;
/** Where more speak than these, their notes are cut: a directive has to hold all of them. */
const MOST_AT_LENGTH = 10;
const SHORT_NOTE = 100;

/**
 * What there is room for of a word.
 * @param said the words of others, and an earlier one of who speaks
 * @param speakers how many there are, at least those of the words
 * @returns null where there is none; else how many speakers there may be with it
 */
export function roomFor(
  word: Acknowledgement,
  { said, speakers }: { said: readonly Acknowledgement[]; speakers: number },
): { word: Acknowledgement; isNew: boolean; upTo: number } | null {
  const isNew = !said.some(({ by }) => by === word.by);
  const isFirstToApply = word.applied && !said.some(({ applied }) => applied);
  const most = isFirstToApply ? MOST_WITH_THOSE_WHO_APPLIED : MOST_SPEAKERS;
  if (isNew && speakers >= most) return null;
  if (speakers + (isNew ? 1 : 0) <= MOST_AT_LENGTH) return { word, isNew, upTo: MOST_AT_LENGTH };
  const note = word.note?.slice(0, SHORT_NOTE) ?? null;
  return { word: { ...word, note }, isNew, upTo: isNew ? most : Number.MAX_SAFE_INTEGER };
}

/**
 * The word that counts: one that applied a directive is enough, whatever others cannot do, and the first that says so. It is refused
 * where all that spoke refused it, for which the last one stands.
 * @param words one of each that spoke
 * @returns null where nobody spoke
 */
export function wordThatCounts(words: readonly Acknowledgement[]): Acknowledgement | null {
  const inOrder = [...words].sort((one, other) => one.atMs - other.atMs || (one.by < other.by ? -1 : 1));
  return inOrder.find(({ applied }) => applied) ?? inOrder.at(-1) ?? null;
}
