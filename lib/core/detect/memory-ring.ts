import type { Minute } from '../model/time.ts';
import type { MinuteSeen } from './detection-context.ts';

/** One reading for so many minutes ... */
export const SLOT_MINUTES = 5;
/** ... and as many as make two hours. */
export const MOST_SLOTS = 24;

/** Memory that an agent had in use in the last two hours, one reading for every five minutes; null where it told none. */
export interface MemoryRing {
  /** Of the newest reading: minutes since 1970 ÷ 5. */
  slot: number;
  /** Oldest first, in thousandths of what it has. The newest is no null. */
  permille: (number | null)[];
}

/**
 * The rings after a minute: only every fifth minute adds a reading, the mean over it and the minute before, and only to
 * agents that report memory.
 * @returns the same map where nothing is added, also for a minute that is in it already
 */
export function ringsAfter(
  rings: ReadonlyMap<string, MemoryRing>,
  seen: Pick<MinuteSeen, 'minute' | 'minutes' | 'roster'>,
): ReadonlyMap<string, MemoryRing> {
  if (seen.minute % SLOT_MINUTES !== 0) return rings;
  const slot = seen.minute / SLOT_MINUTES;
  const means = meanPermille(seen);
  if (means.size === 0 && rings.size === 0) return rings;
  if ([...rings.values()].some((ring) => ring.slot >= slot)) return rings;
  const kept = [...rings].filter(([agent, ring]) => slot - ring.slot < MOST_SLOTS && seen.roster.has(agent));
  const after = new Map(kept);
  for (const [agent, permille] of means) after.set(agent, withReading(after.get(agent), slot, permille));
  return after;
}

/** First minute of the two that a reading is of, counted from the newest: 0. */
export function minuteOfReading({ slot }: MemoryRing, back: number): Minute {
  return (slot - back) * SLOT_MINUTES - 1;
}

function withReading(ring: MemoryRing | undefined, slot: number, permille: number): MemoryRing {
  if (!ring) return { slot, permille: [permille] };
  const missed = Array.from({ length: slot - ring.slot - 1 }, () => null);
  const all = [...ring.permille, ...missed, permille].slice(-MOST_SLOTS);
  return { slot, permille: all.slice(all.findIndex((it) => it !== null)) };
}

function meanPermille({ minute, minutes, roster }: Pick<MinuteSeen, 'minute' | 'minutes' | 'roster'>) {
  const sums = new Map<string, { count: number; ppm: number }>();
  for (const at of [minute - 1, minute]) {
    for (const { agent, counters } of minutes.get(at)?.presence ?? []) {
      if (counters.memoryCount === 0 || !roster.has(agent)) continue;
      const sum = sums.get(agent) ?? { count: 0, ppm: 0 };
      sums.set(agent, sum);
      sum.count += counters.memoryCount;
      sum.ppm += counters.memoryPpm;
    }
  }
  return new Map([...sums].map(([agent, { count, ppm }]) => [agent, Math.round(ppm / count / 1_000)]));
}
