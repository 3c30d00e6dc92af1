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
 * @param weightOf how often a candidate is drawn beside the others, above 0; all alike where it is not given
 * @returns null when there are no candidates
 * @see Mitzenmacher: The Power of Two Choices in Randomized Load Balancing, IEEE TPDS 12(10), 2001
 */
export function chooseOfTwo<T extends Candidate>(
  candidates: readonly T[],
  random: Random,
  weightOf: (candidate: T) => number = () => 1,
): T | null {
  const first = draw(candidates, random, weightOf);
  const one = candidates[first];
  if (one === undefined) return null;
  // From the one after the first on, so that equal weights draw as if there were none.
  const others = [...candidates.slice(first + 1), ...candidates.slice(0, first)];
  const two = others[draw(others, random, weightOf)];
  if (two === undefined) return one;
  return two.outstanding / two.slots < one.outstanding / one.slots ? two : one;
}

/** Index of one candidate, drawn in proportion to the weights; takes one random number, whatever it draws. */
function draw<T>(candidates: readonly T[], random: Random, weightOf: (candidate: T) => number): number {
  const weights = candidates.map(weightOf);
  let left = random.uniform(
    0,
    weights.reduce((sum, weight) => sum + weight, 0),
  );
  const index = weights.findIndex((weight) => {
    left -= weight;
    return left < 0;
  });
  return index < 0 ? candidates.length - 1 : index;
}
