import { medianOf } from '../kpi/median.ts';
import type { DailyIndex } from './noise-fit.ts';

/** Days on either side of one that say what is usual about then. */
const NEIGHBOURS = 7;
/** A day is odd from so many times the spread of days about their neighbours on. */
const FAR = 5;
/** More odd days in a row on one side are a change and no odd days. */
const LONGEST = 2;

/**
 * Single days, or two in a row, that lie far from the median of their neighbours: an outage says little about how the work is done on
 * other days. What lasts for three days is never odd.
 * @param least a day that is no further off than this is not odd
 * @param fewest nor is a day of fewer tasks: it is chance
 * @returns places of the odd days in the index
 */
export function oddDays({ values, tasks }: DailyIndex, { least, fewest }: { least: number; fewest: number }): number[] {
  const off = values.map((value, at) => {
    const from = Math.max(0, Math.min(at - NEIGHBOURS, values.length - 2 * NEIGHBOURS - 1));
    const near = values.slice(from, from + 2 * NEIGHBOURS + 1);
    near.splice(at - from, 1);
    return value - medianOf(near);
  });
  // 1.4826 makes the median absolute deviation estimate the standard deviation of a normal distribution.
  const limit = Math.max(least, FAR * 1.4826 * medianOf(off.map(Math.abs)));
  const isFar = (at: number, side: number) => (off[at] ?? 0) * side > limit && (tasks[at] as number) >= fewest;
  const odd: number[] = [];
  for (const side of [1, -1]) {
    for (let at = 0; at < off.length; at++) {
      let end = at;
      while (end < off.length && isFar(end, side)) end += 1;
      if (end - at > 0 && end - at <= LONGEST) for (let i = at; i < end; i++) odd.push(i);
      at = Math.max(at, end - 1);
    }
  }
  return odd.sort((a, b) => a - b);
}
