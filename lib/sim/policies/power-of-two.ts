import type { FleetPolicy } from '../engine/policy.ts';

/**
 * Power of two choices: of two agents drawn in proportion to their weights the one with less outstanding work per slot.
 * @see Mitzenmacher: The Power of Two Choices in Randomized Load Balancing, IEEE TPDS 12(10), 2001
 */
export function powerOfTwo(): FleetPolicy {
  return {
    name: 'power of two choices',
    queueing: 'agents',
    place(candidates, weightOf, random) {
      let total = 0;
      for (let i = 0; i < candidates.length; i++) total += weightOf(i);
      const draw = (without: number) => {
        let left = random.uniform(0, total - (without < 0 ? 0 : weightOf(without)));
        let last = 0;
        for (let i = 0; i < candidates.length; i++) {
          if (i === without) continue;
          last = i;
          left -= weightOf(i);
          if (left < 0) break;
        }
        return last;
      };
      const one = draw(-1);
      const two = draw(one);
      const load = (i: number) => (candidates[i]?.outstanding ?? 0) / (candidates[i]?.slots ?? 1);
      return load(two) < load(one) ? two : one;
    },
  };
}
