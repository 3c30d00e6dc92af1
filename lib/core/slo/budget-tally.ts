import type { Minute } from '../model/time.ts';
import { burnRateRules } from './burn-rate-rules.ts';
import type { EventCounts, LookBack, WindowCounts } from './event-counts.ts';
import { packCounts, unpackCounts } from './packed-counts.ts';

/** How far back every minute is known by itself. */
export const TALLY_MINUTES = 360;
const SLOTS = 144;
/** The newest slot is not full yet, and windows may end an hour before the newest minute. */
const MORE_SLOTS = 4;
const PERIOD_SLOTS = 30;

/**
 * What one budget remembers from minute to minute, so that every window of its rules is known without reading rollups
 * again: good and bad of each of the last 360 minutes; of slots of 1/144 of the longest window, as far back as that
 * reaches; and of slots of 1/30 of the period. Each ring counts everything by itself, so a minute that is counted anew is
 * put right in all of them.
 */
export interface BudgetTally {
  readonly periodMinutes: number;
  /** The newest minute that was counted; null before the first. */
  newest: Minute | null;
  /** The first minute that was counted. */
  since: Minute | null;
  /** From the narrowest: minutes, slots of the longest window where that is longer, slots of the period. */
  readonly rings: Ring[];
}

/** Slot s, which covers the minutes from s × width, lies at s modulo the length. */
interface Ring {
  readonly width: number;
  readonly bad: number[];
  readonly total: number[];
}

export function emptyTally(periodMinutes: number): BudgetTally {
  const longest = Math.max(...burnRateRules(periodMinutes).map(({ longMinutes }) => longMinutes));
  const rings = [emptyRing(1, TALLY_MINUTES)];
  if (longest > TALLY_MINUTES) rings.push(emptyRing(Math.ceil(longest / SLOTS), SLOTS + MORE_SLOTS));
  const width = Math.ceil(periodMinutes / PERIOD_SLOTS);
  rings.push(emptyRing(width, Math.ceil(periodMinutes / width) + 1));
  return { periodMinutes, newest: null, since: null, rings };
}

function emptyRing(width: number, slots: number): Ring {
  return { width, bad: new Array<number>(slots).fill(0), total: new Array<number>(slots).fill(0) };
}

/**
 * Says what a minute comes to, in place: of the next one, of a later one (those between had no traffic), or of one that
 * was counted already and now comes to something else. Saying the same again changes nothing.
 * @returns false for a minute before the last 360, of which it is not known any more what was counted; nothing changes
 * @throws RangeError for counts that are not whole and from 0
 */
export function countMinute(tally: BudgetTally, minute: Minute, { bad, total }: EventCounts): boolean {
  if (![bad, total].every((count) => Number.isSafeInteger(count) && count >= 0))
    throw new RangeError(`counts must be whole and from 0; got ${bad} bad of ${total}`);
  if (tally.newest !== null && minute <= tally.newest - TALLY_MINUTES) return false;
  advance(tally, minute);
  const [minutes] = tally.rings as [Ring];
  const at = minute % TALLY_MINUTES;
  const [moreBad, moreTotal] = [bad - (minutes.bad[at] as number), total - (minutes.total[at] as number)];
  for (const ring of tally.rings) {
    const slot = Math.floor(minute / ring.width) % ring.bad.length;
    (ring.bad[slot] as number) += moreBad;
    (ring.total[slot] as number) += moreTotal;
  }
  tally.since = Math.min(tally.since ?? minute, minute);
  return true;
}

/** Empties the slots of what is too long ago when there is a newer minute. */
function advance(tally: BudgetTally, minute: Minute): void {
  const before = tally.newest ?? minute - 1;
  if (minute <= before) return;
  for (const { width, bad, total } of tally.rings) {
    const [last, next] = [Math.floor(before / width), Math.floor(minute / width)];
    for (let slot = Math.max(last + 1, next - bad.length + 1); slot <= next; slot++) {
      bad[slot % bad.length] = 0;
      total[slot % bad.length] = 0;
    }
  }
  tally.newest = minute;
}

/**
 * What was counted in the minutes up to and with `through`. Exact up to 360 minutes before the newest; of a longer window the
 * beginning is rounded to the nearest slot.
 * @param minutes 1 to the period
 */
export function countsOfLast(tally: BudgetTally, minutes: number, through: Minute): WindowCounts {
  const { newest, rings } = tally;
  if (newest === null) return { bad: 0, total: 0, minutes };
  const from = through - minutes + 1;
  if (from > newest - TALLY_MINUTES) return { ...sum(rings[0] as Ring, from, Math.min(through, newest)), minutes };
  const fits = ({ width, bad }: Ring) => Math.round(from / width) > Math.floor(newest / width) - bad.length;
  const ring = rings.slice(1).find(fits) ?? (rings.at(-1) as Ring);
  const last = Math.floor(newest / ring.width);
  const first = Math.max(Math.round(from / ring.width), last - ring.bad.length + 1);
  const counts = sum(ring, first, last);
  // Minutes after the window, where an older one than the newest is asked for.
  if (through < newest) {
    const after = sum(rings[0] as Ring, Math.max(through + 1, newest - TALLY_MINUTES + 1), newest);
    counts.bad -= after.bad;
    counts.total -= after.total;
  }
  return { ...counts, minutes: through + 1 - first * ring.width };
}

/** The windows that end with a minute. */
export function lookBack(tally: BudgetTally, through: Minute): LookBack {
  return {
    last: (minutes) => countsOfLast(tally, minutes, through),
    holding(count, of) {
      const { newest, rings } = tally;
      if (newest === null) return null;
      const counts = (rings[0] as Ring)[of];
      let found = 0;
      for (let minute = Math.min(through, newest); minute > newest - TALLY_MINUTES && minute >= 0; minute--) {
        found += counts[minute % TALLY_MINUTES] as number;
        if (found >= count) return through + 1 - minute;
      }
      return null;
    },
  };
}

function sum({ bad, total }: Ring, first: number, last: number): EventCounts {
  const counts = { bad: 0, total: 0 };
  const slots = bad.length;
  for (let slot = first, at = first % slots; slot <= last; slot++) {
    counts.bad += bad[at] as number;
    counts.total += total[at] as number;
    at = at + 1 === slots ? 0 : at + 1;
  }
  return counts;
}

/** A stretch of time as finely as it is known. */
export interface TallyCell extends EventCounts {
  from: Minute;
  /** The minute after the last. */
  to: Minute;
}

/** Everything that is known of the longest window of the rules, up to and with `through`, from the oldest: slots, then minutes. */
export function tallyCells(tally: BudgetTally, through: Minute): TallyCell[] {
  const { newest, since, rings } = tally;
  if (newest === null || since === null) return [];
  const [minutes, slots] = rings as [Ring, Ring];
  const oldest = Math.max(newest - TALLY_MINUTES + 1, since);
  const cells: TallyCell[] = [];
  let next = oldest;
  if (rings.length === 3 && since < oldest) {
    const { width, bad, total } = slots;
    // Minutes begin where a slot does, so that none is in both.
    next = Math.ceil(oldest / width) * width;
    const first = Math.max(Math.floor(since / width), Math.floor(newest / width) - bad.length + 1);
    for (let slot = first; slot * width < next; slot++) {
      const at = slot % bad.length;
      const to = (slot + 1) * width;
      cells.push({ from: slot * width, to, bad: bad[at] as number, total: total[at] as number });
    }
  }
  for (let minute = next; minute <= Math.min(through, newest); minute++) {
    const at = minute % TALLY_MINUTES;
    const [bad, total] = [minutes.bad[at] as number, minutes.total[at] as number];
    cells.push({ from: minute, to: minute + 1, bad, total });
  }
  return cells.filter(({ to }) => to <= through + 1);
}

/** As it is stored: at most 4 KB up to 30,000 tasks a minute, for any period. */
export interface StoredTally {
  period: number;
  newest: Minute | null;
  since: Minute | null;
  rings: string[];
}

export function storedTally({ periodMinutes, newest, since, rings }: BudgetTally): StoredTally {
  const packed = rings.map(({ bad, total }) => packCounts([...bad, ...total]));
  return { period: periodMinutes, newest, since, rings: packed };
}

/** @throws RangeError for what was not stored by {@link storedTally} */
export function tallyFromStored({ period, newest, since, rings }: StoredTally): BudgetTally {
  const tally = emptyTally(period);
  if (rings.length !== tally.rings.length)
    throw new RangeError(`a tally has ${tally.rings.length} rings; got ${rings.length}`);
  const filled = tally.rings.map((ring, index): Ring => {
    const counts = unpackCounts(rings[index] as string);
    const slots = ring.bad.length;
    if (counts.length !== 2 * slots)
      throw new RangeError(`ring ${index} has ${2 * slots} counts; got ${counts.length}`);
    return { width: ring.width, bad: counts.slice(0, slots), total: counts.slice(slots) };
  });
  return { ...tally, newest, since, rings: filled };
}
