import { fewestServers } from './fewest-servers.ts';
import { type Queue, waitsOf } from './wait-distribution.ts';

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
