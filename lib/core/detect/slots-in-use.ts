import { poolOf } from '../model/roster.ts';
import type { DetectionContext, MinuteSeen } from './detection-context.ts';
import type { SubjectMinute } from './minute-figures.ts';
import { readingsOf } from './readings-of.ts';
import { ringsAfter, type ShareRing } from './share-ring.ts';

/**
 * Part of the slots of pools that is at work, as their agents' samples tell, after a minute: see {@link ringsAfter}.
 * @param readings of that minute: each remembers the minutes before it, of which the reading is the mean
 */
export function slotsInUseAfter(
  inUse: ReadonlyMap<string, ShareRing>,
  seen: Pick<MinuteSeen, 'minute' | 'roster'>,
  readings: DetectionContext['readings'],
): ReadonlyMap<string, ShareRing> {
  const read = () =>
    new Map(
      [...readingsOf({ readings }, 'utilization', 'pool')].map(([pool, { recent }]) => {
        const mean = recent.reduce((sum, { value }) => sum + value, 0) / recent.length;
        return [pool, Math.round(1_000 * Math.min(1, mean))];
      }),
    );
  const isKnown = () => {
    const pools = new Set([...seen.roster.values()].map(poolOf));
    return (pool: string) => pools.has(pool);
  };
  return ringsAfter(inUse, { seen, read, isKnown });
}

/** Slots of one agent of a pool, as they are sampled, else as they are declared; null where neither is known. */
export function slotsPerAgent({ presence, slots, agents }: SubjectMinute): number | null {
  if (presence.utilizationCount > 0) return presence.capacityMilli / presence.utilizationCount / 1_000;
  return slots > 0 && agents > 0 ? slots / agents : null;
}
