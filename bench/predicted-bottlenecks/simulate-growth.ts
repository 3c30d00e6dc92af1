import { Simulation } from '../../lib/sim/engine/simulation.ts';
import { centralQueue } from '../../lib/sim/policies/central-queue.ts';
import { growingScenario, type RandomFleet } from './random-fleet.ts';

/** Tasks that wait for each slot: fewer now and then, and it still keeps up; more in the end, and it does not. */
const KEEPS_UP = 1;
const LOST = 5;

/** A pool that became full while the load grew. */
export interface FullPool {
  pool: string;
  /** The minute from which on its queue was never short again. */
  minute: number;
}

/**
 * Which pools become full when the load grows, the first one first. A pool is full when more than {@link LOST} tasks wait for
 * each of its slots, since the last minute at whose end fewer than {@link KEEPS_UP} did: so long it had kept up.
 */
export function simulateGrowth(fleet: RandomFleet, seed: number): FullPool[] {
  const scenario = growingScenario(fleet);
  const result = new Simulation({ scenario, seed, policy: centralQueue }).run();
  return fleet.pools
    .flatMap(({ pool, agents, slots }): FullPool[] => {
      const perSlot = (result.pools.get(pool) ?? []).map(({ queued }) => queued / (agents * slots));
      const keptUp = perSlot.findLastIndex((waiting) => waiting < KEEPS_UP);
      return perSlot.slice(keptUp + 1).some((waiting) => waiting > LOST) ? [{ pool, minute: keptUp + 1 }] : [];
    })
    .sort((a, b) => a.minute - b.minute);
}
