import type { FleetPolicy } from '../engine/policy.ts';

/** One queue for each pool, first come first served: the M/M/N of the textbooks. */
export function centralQueue(): FleetPolicy {
  return { name: 'central queue', queueing: 'central', place: () => 0 };
}
