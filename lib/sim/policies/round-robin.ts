import type { FleetPolicy } from '../engine/policy.ts';

/** Each agent in turn, whatever it has to do; of two with different weights the heavier more often. */
export function roundRobin(): FleetPolicy {
  /** Smooth weighted round robin: what each agent has saved up, by pool. @see nginx, upstream round robin */
  const credits = new Map<string, Map<string, number>>();
  return {
    name: 'round robin',
    queueing: 'agents',
    place(candidates, weightOf, _, pool) {
      const own = credits.get(pool) ?? new Map<string, number>();
      credits.set(pool, own);
      let [best, most, total] = [0, Number.NEGATIVE_INFINITY, 0];
      for (let i = 0; i < candidates.length; i++) {
        const weight = weightOf(i);
        const id = candidates[i]?.id ?? '';
        const credit = (own.get(id) ?? 0) + weight;
        own.set(id, credit);
        total += weight;
        if (credit > most) [best, most] = [i, credit];
      }
      own.set(candidates[best]?.id ?? '', most - total);
      return best;
    },
  };
}
