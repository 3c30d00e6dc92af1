import type { FleetPolicy } from '../engine/policy.ts';
import type { Random } from '../random.ts';

/**
 * Power of two choices: the less loaded of two agents drawn by weight, each with a queue of its own. No control.
 * As `chooseOfTwo`, but by index and without copies of the candidates: it runs for every attempt.
 */
export const powerOfTwo: FleetPolicy = {
  name: 'power of two',
  queueing: 'agents',
  place(candidates, weightOf, random) {
    const first = draw(candidates.length, weightOf, random, -1);
    if (candidates.length === 1) return first;
    const second = draw(candidates.length, weightOf, random, first);
    const [one, two] = [candidates[first], candidates[second]];
    if (!one || !two) return first;
    return two.outstanding / two.slots < one.outstanding / one.slots ? second : first;
  },
};

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
