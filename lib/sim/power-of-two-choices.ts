import type { Random } from './random.ts';

/** What a dispatcher knows of an agent: what it gave it and has not heard of again. */
export interface Candidate {
  /** Tasks queued or running. */
  outstanding: number;
  slots: number;
}

/**
 * Power of two choices: of two different agents drawn at random the one with less outstanding work per slot, the first
 * drawn when they are equal. Close to the shortest queue at the price of two look-ups, and without the herd that
 * follows when all dispatchers pick the same best agent.
 * @returns null when there are no candidates
 * @see Mitzenmacher: The Power of Two Choices in Randomized Load Balancing, IEEE TPDS 12(10), 2001
 */
export function chooseOfTwo<T extends Candidate>(candidates: readonly T[], random: Random): T | null {
  const first = random.int(candidates.length);
  const other = (first + 1 + random.int(candidates.length - 1)) % candidates.length;
  const [one, two] = [candidates[first], candidates[other]];
  if (one === undefined || two === undefined) return one ?? null;
  return two.outstanding / two.slots < one.outstanding / one.slots ? two : one;
}
