import { minuteOf } from '../model/time.ts';
import type { Diversion } from './diversion.ts';
import { loadMoved } from './measure-shift.ts';
import type { PoolMinute } from './pool-minute.ts';

/**
 * Why a change of how long tasks take, or how many of them end badly, may be the doing of the load: more work came to the pool and it is
 * worse, or less came and it is better. What goes against the load is told.
 * @param change as it was measured; above 0 is worse
 * @returns null where the load cannot have done it
 */
export function movedByLoad({ minutes, decidedMs, from, to }: Diversion, change: number): string | null {
  const decided = minuteOf(decidedMs);
  const known = arrivals(minutes.filter(({ minute }) => minute < decided));
  const measured = arrivals(minutes.filter(({ minute }) => minute >= from && minute < to));
  const moved = loadMoved(known, measured);
  if (moved === null) return null;
  const isMore = total(measured) * known.length > total(known) * measured.length;
  return isMore === change > 0 ? moved : null;
}

/** Tasks that came in each minute: those that ended, and by how many more wait than a minute before. */
function arrivals(minutes: readonly PoolMinute[]): { n: number }[] {
  return minutes.map((it, i) => {
    const before = minutes[i - 1]?.queued ?? it.queued ?? 0;
    return { n: Math.max(0, endedIn(it) + (it.queued ?? before) - before) };
  });
}

function endedIn({ agents, ended }: PoolMinute): number {
  if (!ended) return [...agents.values()].reduce((sum, { n }) => sum + n, 0);
  return [...ended.values()].reduce((sum, { completed, bad }) => sum + completed + bad, 0);
}

function total(minutes: readonly { n: number }[]): number {
  return minutes.reduce((sum, { n }) => sum + n, 0);
}
