import { agentsThere } from './agents-there.ts';
import { figuresAt, type MinuteSeen } from './detection-context.ts';
import { withNext } from './row-of-readings.ts';
import { type ShareRing, SLOT_MINUTES } from './share-ring.ts';
import { slotsPerAgent } from './slots-in-use.ts';

/** A week. */
export const MOST_HOURS = 168;
const HOUR_MINUTES = 60;

/** The most slots of a pool that were at work in each hour of the last week, as means of five minutes. */
export interface HourlyPeaks {
  /** The newest hour: minutes since 1970 ÷ 60. */
  hour: number;
  /** Oldest first, in slots; null for an hour of which nothing is known. */
  slots: (number | null)[];
}

/**
 * The peaks after a minute. Only the readings of slots in use add to them, one every five minutes.
 * @param inUse with the reading of this minute
 * @returns the same map where nothing is added
 */
export function peaksAfter(
  peaks: ReadonlyMap<string, HourlyPeaks>,
  inUse: ReadonlyMap<string, ShareRing>,
  seen: MinuteSeen,
): ReadonlyMap<string, HourlyPeaks> {
  const { minute } = seen;
  if (minute % SLOT_MINUTES !== 0) return peaks;
  const hour = Math.floor(minute / HOUR_MINUTES);
  const after = new Map([...peaks].filter(([, its]) => hour - its.hour < MOST_HOURS));
  const figures = figuresAt(seen, minute)?.pools;
  for (const [pool, { slot, permille }] of inUse) {
    const subject = figures?.get(pool);
    const each = subject && slotsPerAgent(subject);
    const share = permille.at(-1);
    if (slot !== minute / SLOT_MINUTES || !subject || !each || share == null) continue;
    after.set(pool, withPeak(after.get(pool), hour, (share / 1_000) * each * agentsThere(seen, pool)));
  }
  return after.size === 0 && peaks.size === 0 ? peaks : after;
}

/** The highest of the hours that are known; null where there are fewer than so many. */
export function peakOf({ slots }: HourlyPeaks, leastHours: number): { slots: number; hours: number } | null {
  const known = slots.filter((it) => it !== null);
  return known.length < leastHours ? null : { slots: Math.max(...known), hours: known.length };
}

function withPeak(peaks: HourlyPeaks | undefined, hour: number, slots: number): HourlyPeaks {
  // To a tenth: that is how they are stored.
  const value = Math.round(10 * slots) / 10;
  if (!peaks || hour < peaks.hour) return peaks ?? { hour, slots: [value] };
  const isSameHour = hour === peaks.hour;
  const before = isSameHour ? peaks.slots.slice(0, -1) : peaks.slots;
  const most = Math.max(isSameHour ? (peaks.slots.at(-1) ?? 0) : 0, value);
  return { hour, slots: withNext(before, hour - peaks.hour - 1, most, MOST_HOURS) };
}
