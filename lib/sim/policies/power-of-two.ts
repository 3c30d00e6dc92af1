import type { AgentView, FleetPolicy } from '../engine/policy.ts';
import type { Random } from '../random.ts';

/**
 * Power of two choices: of two different agents drawn by weight the one with less outstanding work per slot, the first drawn
 * when they are equal; each has a queue of its own. No control. Close to the shortest queue at the price of two look-ups, and
 * without the herd that follows when all dispatchers pick the same best agent.
 * @see Mitzenmacher: The Power of Two Choices in Randomized Load Balancing, IEEE TPDS 12(10), 2001
 */
export const powerOfTwo: FleetPolicy = {
  name: 'power of two',
  queueing: 'agents',
  place: twoChoices(({ outstanding, slots }) => outstanding / slots),
};

/** Of two different agents drawn by weight the one with the smaller load, the first drawn when they are equal. */
export function twoChoices(loadOf: (agent: AgentView, weight: number) => number): FleetPolicy['place'] {
  return (candidates, weightOf, random) => {
    const [first, second] = drawTwo(candidates.length, weightOf, random);
    const [one, two] = [candidates[first], candidates[second]];
    if (!one || !two) return first;
    return loadOf(two, weightOf(second)) < loadOf(one, weightOf(first)) ? second : first;
  };
}

/** Indices of two different ones in proportion to their weights, in the order in which they were drawn; of one, twice the same. */
export function drawTwo(count: number, weightOf: (index: number) => number, random: Random): [number, number] {
  const first = draw(count, weightOf, random, -1);
  return [first, count === 1 ? first : draw(count, weightOf, random, first)];
}

/** In proportion to the weights, without one that was drawn before; takes one random number. */
function draw(count: number, weightOf: (index: number) => number, random: Random, without: number): number {
  let total = 0;
  for (let index = 0; index < count; index += 1) if (index !== without) total += weightOf(index);
  let left = random.uniform(0, total);
  let last = 0;
  for (let index = 0; index < count; index += 1) {
    if (index === without) continue;
    last = index;
    left -= weightOf(index);
    if (left < 0) break;
  }
  return last;
}
