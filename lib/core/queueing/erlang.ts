import { normalTail } from '../detect/normal-tail.ts';
import { fewestServers } from './fewest-servers.ts';

/**
 * Formulas of Erlang for a pool of N servers that work on one task each: Poisson arrivals at rate λ, exponential service
 * of mean S, offered load R = λ·S erlangs (tasks at work if there were servers enough).
 * @see Gans, Koole, Mandelbaum: Telephone Call Centers, M&SOM 5(2), 2003, for the formulas
 */

/** Beyond that 1/B(N) is as good as infinite. */
const MOST_INVERSE = 1e300;
/** Above it what the limit leaves out is a ten thousandth. */
const LARGE_LOAD = 1e8;

/**
 * Erlang B: share of the tasks that find all servers busy when nobody waits (M/M/N/N).
 * By 1/B(N) = Σ N·(N−1)···(N−j+1)/R^j over j = 0..N, all of it positive, until what is left does not count: O(√R) whatever N.
 * Of 100 million erlangs and more by its limit √R·Φ(c)/φ(c), c = (N − R)/√R.
 * @param servers whole number, 0 or more
 * @param offeredLoad erlangs, 0 or more
 * @returns 0 where it is below 1e-300
 * @throws RangeError on a parameter out of its range, here and below
 * @example erlangB(2, 1) // 0.2
 */
export function erlangB(servers: number, offeredLoad: number): number {
  requireServers(servers, 0);
  requireLoad(offeredLoad);
  if (offeredLoad > LARGE_LOAD) return blockedOfMany(servers, offeredLoad);
  let inverse = 0;
  for (let busy = servers, term = 1; busy >= 0 && term > Number.EPSILON * inverse; busy -= 1) {
    inverse += term;
    if (inverse > MOST_INVERSE) return 0;
    term *= busy / offeredLoad;
  }
  return 1 / inverse;
}

/** @see Jagerman: Some properties of the Erlang loss function, Bell System Technical Journal 53(3), 1974 */
function blockedOfMany(servers: number, offeredLoad: number): number {
  const safety = (servers - offeredLoad) / Math.sqrt(offeredLoad);
  // So far below its load every server is at work, and so far above it none is missed (1/B is beyond 1e300).
  if (safety < -30) return 1 - servers / offeredLoad;
  if (safety > 37) return 0;
  const density = Math.exp((-safety * safety) / 2) / Math.sqrt(2 * Math.PI);
  return density / normalTail(-safety) / Math.sqrt(offeredLoad);
}

/**
 * Erlang C: share of the tasks that have to wait (M/M/N). 1 where the load is not below the servers: then the queue
 * grows without end.
 * @example erlangC(14, 10) // 0.1741
 */
export function erlangC(servers: number, offeredLoad: number): number {
  requireServers(servers, 1);
  const blocked = erlangB(servers, offeredLoad);
  if (offeredLoad >= servers) return 1;
  return blocked / (1 - (offeredLoad / servers) * (1 - blocked));
}

/**
 * Average speed of answer: mean wait of all tasks, those that do not wait included. Infinity where the load is not
 * below the servers.
 * @param meanService above 0, in any unit of time
 * @returns in the same unit
 * @example averageSpeedOfAnswer(14, 10, 180) // 7.84
 */
export function averageSpeedOfAnswer(servers: number, offeredLoad: number, meanService: number): number {
  requireServers(servers, 1);
  requireLoad(offeredLoad);
  requireTime(meanService);
  if (offeredLoad >= servers) return Number.POSITIVE_INFINITY;
  return (erlangC(servers, offeredLoad) * meanService) / (servers - offeredLoad);
}

/**
 * Service level: share of the tasks that wait no longer than so long.
 * @param longestWait 0 or more, in the unit of meanService
 * @example serviceLevel(14, 10, 180, 20) // 0.8884
 */
export function serviceLevel(servers: number, offeredLoad: number, meanService: number, longestWait: number): number {
  requireTime(meanService);
  if (!(longestWait >= 0)) throw new RangeError(`longestWait must be 0 or more; got ${longestWait}`);
  if (offeredLoad >= servers) return 0;
  const waits = erlangC(servers, offeredLoad);
  return 1 - waits * Math.exp((-(servers - offeredLoad) * longestWait) / meanService);
}

/**
 * Fewest servers with which at most such a share of the tasks has to wait.
 * @param waitShare above 0, below 1
 * @example serversForWaitShare(10, 0.2) // 14
 */
export function serversForWaitShare(offeredLoad: number, waitShare: number): number {
  requireLoad(offeredLoad);
  if (!(waitShare > 0 && waitShare < 1)) throw new RangeError(`waitShare must be within (0, 1); got ${waitShare}`);
  const servers = fewestServers((count) => erlangC(count, offeredLoad) <= waitShare, Math.floor(offeredLoad) + 1);
  if (servers === null) throw new RangeError(`no number of servers has a share of ${waitShare} wait`);
  return servers;
}

export interface ErlangA {
  /** Share of the tasks that find all servers busy. */
  waitShare: number;
  /** Share of the tasks that give up waiting. */
  abandonedShare: number;
  /** Mean number waiting. */
  queueLength: number;
}

/**
 * Erlang A (M/M/N+M): as Erlang C, but who waits gives up after an exponential patience. Stable at any load. Solved as a
 * birth-death process: deaths at min(n, N)·μ + max(0, n − N)·θ in state n; summed outwards from the most probable state
 * until what is left does not count.
 * @param patience mean, above 0, in the unit of meanService
 * @example erlangA(100, 100, 1, 1) // waitShare 0.5133, abandonedShare 0.0399
 */
export function erlangA(servers: number, offeredLoad: number, meanService: number, patience: number): ErlangA {
  requireServers(servers, 1);
  requireLoad(offeredLoad);
  requireTime(meanService);
  requireTime(patience);
  if (offeredLoad === 0) return { waitShare: 0, abandonedShare: 0, queueLength: 0 };
  const arrivals = offeredLoad / meanService;
  const deaths = (n: number) => Math.min(n, servers) / meanService + Math.max(0, n - servers) / patience;
  let mode = 0;
  while (arrivals > deaths(mode + 1)) mode += 1;
  let [total, waiting, queued] = [0, 0, 0];
  const count = (n: number, weight: number) => {
    total += weight;
    if (n >= servers) waiting += weight;
    queued += weight * Math.max(0, n - servers);
  };
  for (let n = mode, weight = 1; weight > 1e-18; n += 1, weight *= arrivals / deaths(n)) count(n, weight);
  for (let n = mode, weight = 1; n > 0 && weight > 1e-18; n -= 1) {
    weight *= deaths(n) / arrivals;
    count(n - 1, weight);
  }
  const queueLength = queued / total;
  return { waitShare: waiting / total, abandonedShare: queueLength / patience / arrivals, queueLength };
}

function requireServers(servers: number, least: number): void {
  if (!Number.isInteger(servers) || servers < least) {
    throw new RangeError(`servers must be a whole number, ${least} or more; got ${servers}`);
  }
}

function requireLoad(offeredLoad: number): void {
  if (!(offeredLoad >= 0 && offeredLoad < Number.POSITIVE_INFINITY)) {
    throw new RangeError(`offeredLoad must be 0 or more; got ${offeredLoad}`);
  }
}

function requireTime(time: number): void {
  if (!(time > 0)) throw new RangeError(`a mean time must be above 0; got ${time}`);
}
