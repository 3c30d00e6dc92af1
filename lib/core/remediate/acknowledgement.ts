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

/** Of a directive, at most: more are only heard where they change what counts. */
export const MOST_SPEAKERS = 50;

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
