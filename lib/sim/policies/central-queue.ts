import type { FleetPolicy } from '../engine/policy.ts';

/** One queue a pool, first come first served; of several free agents one at random. No control: M/M/N in person. */
export const centralQueue: FleetPolicy = {
  name: 'central queue',
  queueing: 'central',
  place: (candidates, _weightOf, random) => (candidates.length === 1 ? 0 : random.int(candidates.length)),
};
