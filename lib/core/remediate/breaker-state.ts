import { fingerprint } from '../model/fingerprint.ts';
import { type EpochMs, MINUTE_MS } from '../model/time.ts';

/** A breaker, with how often it opened lately: `times` is 1 the first time, and {@link MOST_TIMES} at most. */
export type BreakerState =
  | { state: 'closed'; times: number; sinceMs: EpochMs }
  /** It lets probes through from `untilMs` on. */
  | { state: 'open'; times: number; sinceMs: EpochMs; untilMs: EpochMs }
  /** By `untilMs` its probes have decided. */
  | { state: 'half-open'; times: number; sinceMs: EpochMs; untilMs: EpochMs };

/** What a minute showed of what a breaker keeps calls from. */
export interface BreakerMinute {
  /** Whether it has to be opened. */
  isBad: boolean;
  /** Whether it is not there at all, so that a probe would be lost. */
  isGone: boolean;
  /** What became of the calls since it let probes through; of other states, nothing. */
  probes: { good: number; n: number };
  /** Whether probes should have ended by now, for all that was sent. */
  isSilent: boolean;
}

const FIRST_OPEN_MS = MINUTE_MS;
const LONGEST_OPEN_MS = 15 * MINUTE_MS;
/** The fifth time is the first that it is open for longest: more are not counted, as health would have to make up for them. */
export const MOST_TIMES = 5;
/** Part of the time that it is open by which it varies, so that many do not open to probes together. */
const JITTER = 0.2;
export const HALF_OPEN_MS = 3 * MINUTE_MS;
const PROBES = 5;
/** Fewer tell little. */
export const FEWEST_PROBES = 3;
/** Where work is so scarce that three probes do not come together, those that have come by then are enough, if all were good. */
const SCARCE_MS = 12 * MINUTE_MS;
const GOOD_SHARE = 0.8;
/** After so long in health one opening is forgotten. */
const FORGET_MS = 10 * MINUTE_MS;

export const neverOpened: BreakerState = { state: 'closed', times: 0, sinceMs: 0 };

/**
 * The state of a breaker after a minute.
 *
 * | from | when | to |
 * |---|---|---|
 * | closed | it is bad | open, one time more than is remembered |
 * | open | its time is over, and it is there | half-open |
 * | half-open | it is gone | open, one time more |
 * | half-open | five probes, or its time is over with three: four of five are good | closed |
 * | half-open | twelve minutes after the first probe could come, with one or two: all are good | closed |
 * | half-open | five probes, or its time is over with any: fewer are good | open, one time more |
 * | half-open | its time is over, and probes that were sent came to no end | open, one time more |
 *
 * Otherwise it stays as it is. How often it opened, five times at most, is remembered when it closes, and one is forgotten every ten minutes.
 * @param id of what it is about: the jitter is drawn from it
 */
export function breakerAfter(before: BreakerState, seen: BreakerMinute, nowMs: EpochMs, id: string): BreakerState {
  switch (before.state) {
    case 'closed':
      return seen.isBad ? opened(timesRemembered(before, nowMs) + 1, nowMs, id) : before;
    case 'open':
      if (nowMs < before.untilMs || seen.isGone) return before;
      return { state: 'half-open', times: before.times, sinceMs: nowMs, untilMs: nowMs + HALF_OPEN_MS };
    case 'half-open': {
      const { good, n } = seen.probes;
      const isOver = nowMs >= before.untilMs;
      if (seen.isGone) return opened(before.times + 1, nowMs, id);
      const isGood = good >= GOOD_SHARE * n;
      if (n >= PROBES || (isOver && n > 0)) {
        if (!isGood) return opened(before.times + 1, nowMs, id);
        // One good probe may be chance: of an agent that fails two of three it comes as often as not.
        if (n >= FEWEST_PROBES || nowMs - before.sinceMs >= SCARCE_MS)
          return { state: 'closed', times: before.times, sinceMs: nowMs };
      }
      return isOver && n === 0 && seen.isSilent ? opened(before.times + 1, nowMs, id) : before;
    }
  }
}

/** How often it opened without having been well for long since. */
export function timesRemembered({ times, sinceMs }: BreakerState, nowMs: EpochMs): number {
  return Math.max(0, times - Math.floor(Math.max(0, nowMs - sinceMs) / FORGET_MS));
}

/** How long it stays open: a minute at first, twice as long each time, a quarter of an hour at most; ± 20 %, by what it is about. */
export function openMs(times: number, id: string): number {
  const length = Math.min(LONGEST_OPEN_MS, FIRST_OPEN_MS * 2 ** (Math.min(MOST_TIMES, times) - 1));
  const drawn = Number.parseInt(fingerprint(`${id}\n${times}`).slice(0, 8), 16) / 2 ** 32;
  return Math.round(length * (1 + JITTER * (2 * drawn - 1)));
}

function opened(oneMore: number, nowMs: EpochMs, id: string): BreakerState {
  const times = Math.min(MOST_TIMES, oneMore);
  return { state: 'open', times, sinceMs: nowMs, untilMs: nowMs + openMs(times, id) };
}
