import { livenessAt } from '../detect/liveness.ts';
import type { RosterEntry } from '../model/roster.ts';
import { DAY_MINUTES, type EpochMs, MINUTE_MS, type Minute, startOfMinute } from '../model/time.ts';
import type { UseCounter } from './figures.ts';
import { isStuck } from './progress.ts';
import { held, type Signs } from './signs.ts';

/** An agent that never sent a heartbeat is there for this long after it was heard of. */
const HEARD_OF_MINUTES = 15;
const MINUTE_US = MINUTE_MS * 1_000;

export type MinuteUse = Record<UseCounter, number> & {
  /** Whether it is known how many tasks waited. */
  queueKnown: boolean;
  /** When the first heartbeat was due that did not come; null while they come, or are not due. */
  missingSinceMs: EpochMs | null;
};

/**
 * How an agent was there in one minute; null where it was not.
 *
 * Heartbeats are due from the first one until the agent says it stopped, goes quiet after it said that it is draining, or
 * has not been heard of for a day. It is live in a minute when a heartbeat falls into it, or into the heartbeat interval
 * before its end if that is longer, when it is not missing by the end, and when it is not stuck.
 * @param entry what it has declared; undefined where it is not known yet
 * @param signs by the end of the minute
 * @param busyUs run time of its tasks in the minute
 * @param longestTaskUs see isStuck
 */
export function minuteUse(
  entry: RosterEntry | undefined,
  signs: Signs,
  busyUs: number,
  minute: Minute,
  longestTaskUs: number | null,
): MinuteUse | null {
  if (entry?.forgottenMs !== undefined && startOfMinute(minute) > entry.forgottenMs) return null;
  const endMs = startOfMinute(minute + 1);
  const isDue = entry !== undefined && heartbeatDue(entry, signs, minute);
  const isHeardOf = signs.seen !== null && minute - signs.seen < HEARD_OF_MINUTES && !hasLeft(signs, minute);
  if (!isDue && !isHeardOf) return null;
  const liveness = isDue ? livenessAt({ lastBeat: signs.beat, lastSeenMs: entry.lastSeenMs }, endMs) : null;
  const missingSinceMs = liveness?.kind === 'missing' ? liveness.sinceMs : null;
  const isLive = isDue && inCadence(signs, endMs) && missingSinceMs === null && !isStuck(signs, minute, longestTaskUs);

  const declared = entry?.description?.capacity;
  const capacityMilli = declared !== undefined && declared > 0 ? Math.round(declared * 1_000) : signs.capacityMilli;
  const hasCapacity = capacityMilli !== null && capacityMilli > 0;
  const sampled = held(signs.utilization, minute);
  // Of an agent that tells by samples, nothing is known between them once the newest is too old to stand for now.
  const isKnown = hasCapacity && (sampled !== null || signs.utilization === null);
  const busySlotUs = sampled ? Math.round((sampled.ppm * (capacityMilli ?? 0) * MINUTE_US) / 1e9) : busyUs;
  const rate = entry?.description?.costPerHourUsd;
  const queued = held(signs.queued, minute);
  return {
    thereMinutes: 1,
    expectedMinutes: isDue ? 1 : 0,
    liveMinutes: isLive ? 1 : 0,
    capacityMinutes: hasCapacity ? 1 : 0,
    capacitySlotUs: isKnown ? (capacityMilli * MINUTE_US) / 1_000 : 0,
    busySlotUs: isKnown ? busySlotUs : 0,
    rateMinutes: rate === undefined ? 0 : 1,
    rateNanoUsd: rate === undefined ? 0 : Math.round((rate * 1e9) / 60),
    queuedMilliMinutes: queued?.milli ?? 0,
    queueKnown: queued !== null,
    missingSinceMs,
  };
}

function heartbeatDue(entry: RosterEntry, signs: Signs, minute: Minute): boolean {
  const endMs = startOfMinute(minute + 1);
  if (entry.firstBeatMs === null || entry.firstBeatMs >= endMs || hasLeft(signs, minute)) return false;
  return endMs - entry.lastSeenMs <= DAY_MINUTES * MINUTE_MS;
}

/** In the minute of the heartbeat itself it is still there. */
function hasLeft({ beat }: Signs, minute: Minute): boolean {
  if (!beat || beat.atMs >= startOfMinute(minute)) return false;
  const isQuiet = !inCadence({ beat }, startOfMinute(minute + 1));
  return beat.state === 'stopped' || (beat.state === 'draining' && isQuiet);
}

function inCadence({ beat }: Pick<Signs, 'beat'>, endMs: number): boolean {
  return beat !== null && endMs - beat.atMs <= Math.max(MINUTE_MS, beat.intervalMs);
}
