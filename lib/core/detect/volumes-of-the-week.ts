import type { Minute } from '../model/time.ts';
import { DAY_MINUTES } from '../model/time.ts';
import type { DetectionContext, MinuteSeen } from './detection-context.ts';
import { readingsOf } from './readings-of.ts';
import { withNext } from './row-of-readings.ts';

const QUARTER_MINUTES = 15;
const DAY_QUARTERS = DAY_MINUTES / QUARTER_MINUTES;
/** A week, and what is around the same time in it. */
export const MOST_QUARTERS = 7 * DAY_QUARTERS + 4;
/** What began so many quarters of an hour earlier or later on another day is still the same time of day. */
const AROUND_QUARTERS = 2;
/** Days ago that may have had the same pattern. */
const DAYS_AGO = [1, 7];

/** What a pool completed, in tasks a minute, of each quarter of an hour of the last week. */
export interface VolumesOfTheWeek {
  /** The newest quarter of an hour: minutes since 1970 ÷ 15. */
  quarter: number;
  /** Oldest first, means of five of its minutes; null for one of which nothing is known. */
  perMinute: (number | null)[];
}

/**
 * The volumes by pool after a minute: every fifteenth adds one.
 * @param readings of the minute
 * @returns the same map where nothing is added, also for a minute that is in it already
 */
export function volumesAfter(
  volumes: ReadonlyMap<string, VolumesOfTheWeek>,
  { minute }: Pick<MinuteSeen, 'minute'>,
  readings: DetectionContext['readings'],
): ReadonlyMap<string, VolumesOfTheWeek> {
  if (minute % QUARTER_MINUTES !== 0) return volumes;
  const quarter = minute / QUARTER_MINUTES;
  const known = [...volumes].filter(([, its]) => quarter - its.quarter < MOST_QUARTERS);
  if (known.some(([, its]) => its.quarter >= quarter)) return volumes;
  const after = new Map(known);
  for (const [pool, { recent }] of readingsOf({ readings }, 'throughput', 'pool')) {
    const mean = recent.reduce((sum, { value }) => sum + value, 0) / recent.length;
    after.set(pool, withVolume(after.get(pool), quarter, Math.round(10 * mean) / 10));
  }
  return after.size === 0 && volumes.size === 0 ? volumes : after;
}

/**
 * What a pool completed at the same time a day and a week ago, half an hour earlier to half an hour later.
 * @returns the most and the least of each of those days that is known
 */
export function volumesAtThisTime(
  { quarter, perMinute }: VolumesOfTheWeek,
  minute: Minute,
): { most: number; least: number }[] {
  const now = Math.floor(minute / QUARTER_MINUTES);
  return DAYS_AGO.flatMap((days) => {
    const at = perMinute.length - 1 - (quarter - (now - days * DAY_QUARTERS));
    const around = perMinute
      .slice(Math.max(0, at - AROUND_QUARTERS), Math.max(0, at + AROUND_QUARTERS + 1))
      .filter((it) => it !== null);
    return around.length === 0 ? [] : [{ most: Math.max(...around), least: Math.min(...around) }];
  });
}

/** What is as usual at this time of day is within this of what it was then. */
const MORE_THAN_THEN = 1.3;
const LESS_THAN_THEN = 0.7;

/** Whether a pool did about as much (up), or as little (down), at the same time a day or a week ago. */
export function isUsualAtThisTime(
  { volumes, minute }: Pick<DetectionContext, 'volumes' | 'minute'>,
  pool: string,
  { value, harmful }: { value: number; harmful: 'up' | 'down' },
): boolean {
  const known = volumes.get(pool);
  if (known === undefined) return false;
  return volumesAtThisTime(known, minute).some(({ most, least }) =>
    harmful === 'up' ? value <= MORE_THAN_THEN * most : value >= LESS_THAN_THEN * least,
  );
}

function withVolume(volumes: VolumesOfTheWeek | undefined, quarter: number, value: number): VolumesOfTheWeek {
  if (!volumes) return { quarter, perMinute: [value] };
  return { quarter, perMinute: withNext(volumes.perMinute, quarter - volumes.quarter - 1, value, MOST_QUARTERS) };
}
