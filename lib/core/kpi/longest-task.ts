import { poolOf, type RosterEntry } from '../model/roster.ts';
import { longestOf } from '../model/work-marks.ts';

/**
 * Service time of the longest task that an agent of each pool completed on the pool's newest days with tasks, in
 * microseconds; pools without any are absent. It stands for how long tasks of the pool take at most: unlike a percentile
 * of the window it is the same for every window, and an agent that meets its first long task has that of its peers.
 */
export function longestTaskByPool(entries: Iterable<RosterEntry>): Map<string, number> {
  const longest = new Map<string, number>();
  for (const entry of entries) {
    const us = entry.work ? longestOf(entry.work) : null;
    const pool = poolOf(entry);
    if (us !== null) longest.set(pool, Math.max(longest.get(pool) ?? 0, us));
  }
  return longest;
}
