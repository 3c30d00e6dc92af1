import { type Queue, waitsOf } from './wait-distribution.ts';

/** How far servers are looked for beyond those that are needed to keep up. */
const MOST_SERVERS = 100_000;

/**
 * Fewest servers with which the share is met, by bisection: more servers never make it less.
 * @param isMet whether so many servers are enough; false for less than some number and true from there on
 * @param start where to begin to look, 1 or more
 * @returns null where {@link MOST_SERVERS} beyond the start are not enough
 */
export function fewestServers(isMet: (servers: number) => boolean, start: number): number | null {
  let low = 0;
  let high = Math.max(1, Math.ceil(start));
  for (let reach = 1; !isMet(high); reach *= 2) {
    if (reach > MOST_SERVERS) return null;
    [low, high] = [high, high + reach];
  }
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (isMet(middle)) high = middle;
    else low = middle;
  }
  return high;
}

/**
 * Fewest servers with which at least such a share of the tasks is served after a wait no longer than that. With
 * `longestWait` 0 the share is that of the tasks that do not wait at all.
 * @param of the queue but for its servers
 * @param level `share` above 0 and below 1; `longestWait` 0 or more, in the unit of meanService
 * @throws RangeError on a parameter out of its range
 * @example serversForServiceLevel({ offeredLoad: 10, meanService: 180, variability: markovian }, { share: 0.8, longestWait: 20 }) // 14
 */
export function serversForServiceLevel(
  of: Omit<Queue, 'servers'>,
  { share, longestWait }: { share: number; longestWait: number },
): number {
  if (!(share > 0 && share < 1)) throw new RangeError(`share must be within (0, 1); got ${share}`);
  if (of.offeredLoad === 0) return 1;
  const isMet = (servers: number) => waitsOf({ ...of, servers }).servedWithin(longestWait) >= share;
  const servers = fewestServers(isMet, Math.floor(of.offeredLoad) + 1);
  if (servers === null) throw new RangeError(`no number of servers meets a share of ${share}`);
  return servers;
}
