import { erlangB, erlangC } from './erlang.ts';
import { halfinWhittWaitShare } from './square-root-staffing.ts';
import { peakedness, requireVariability, type Variability, waitFactor } from './variability.ts';

/** A pool of servers that share one queue, first come first served. */
export interface Queue {
  /** Whole number, 1 or more. */
  servers: number;
  /** Erlangs, 0 or more. */
  offeredLoad: number;
  /** Above 0, in any unit of time, which is that of all other times. */
  meanService: number;
  variability: Variability;
  /** Mean time after which who waits gives up, exponential; absent where everybody waits to the end. */
  patience?: number;
}

const STEPS = 1_000;
/** Where the density has fallen to e^-25 of its peak nothing is left that counts. */
const NOTHING = 25;

/** How long tasks wait. Unknowable beforehand, so a function of the wait and not a table. */
export interface Waits {
  /** Share of the tasks that find all servers busy. */
  waitShare: number;
  /** Mean wait, those that do not wait included; Infinity where the queue grows without end. */
  meanWait: number;
  /** Share of the tasks that are served, after a wait no longer than that: 0..1. @param longestWait 0 or more */
  servedWithin: (longestWait: number) => number;
}

/**
 * How long tasks wait for a pool of N servers.
 *
 * Exact for Poisson arrivals and exponential service (Erlang C and Erlang A). For other ones approximate: the share that
 * waits is that of Erlang C, moved as Halfin and Whitt's limit moves with the peakedness of the arrivals; the wait of those
 * that wait is of the same shape, stretched so that its mean is Whitt's. With patience the density of the offered wait
 * v is that of Erlang A, exp(λ·(1 − e^(−θv))/θ − N·μ·v), its exponent divided by the same stretch.
 * @throws RangeError on a parameter out of its range
 * @see Zeltyn, Mandelbaum: Call centers with impatient customers: many-server asymptotics of the M/M/n+G queue, Queueing
 *   Systems 51, 2005, for the offered wait
 */
export function waitsOf(queue: Queue): Waits {
  const { servers, offeredLoad, meanService, patience, variability } = queue;
  requireVariability(variability);
  if (!(meanService > 0)) throw new RangeError(`meanService must be above 0; got ${meanService}`);
  if (patience !== undefined && !(patience > 0)) throw new RangeError(`patience must be above 0; got ${patience}`);
  const everybody = erlangC(servers, offeredLoad);
  if (offeredLoad === 0) return { waitShare: 0, meanWait: 0, servedWithin: () => 1 };
  return patience === undefined ? waitsOfThePatient(queue, everybody) : waitsWithPatience(queue, patience);
}

function waitsOfThePatient({ servers, offeredLoad, meanService, variability }: Queue, erlang: number): Waits {
  if (offeredLoad >= servers) {
    return { waitShare: 1, meanWait: Number.POSITIVE_INFINITY, servedWithin: () => 0 };
  }
  const waitShare = peakedWaitShare(erlang, servers, offeredLoad, variability);
  const meanWait = (erlang * meanService * waitFactor(servers, offeredLoad, variability)) / (servers - offeredLoad);
  // Where all goes like clockwork nobody waits.
  const waiting = waitShare === 0 ? 0 : meanWait / waitShare;
  return {
    waitShare,
    meanWait,
    servedWithin: (longestWait) => 1 - waitShare * (waiting === 0 ? 0 : Math.exp(-requireWait(longestWait) / waiting)),
  };
}

function waitsWithPatience({ servers, offeredLoad, meanService, variability }: Queue, patience: number): Waits {
  // Time in units of the mean service: λ = R, μ = 1.
  const leaving = meanService / patience;
  // Beyond the load that Erlang C can bear the stretch is that of heavy traffic.
  const stretch = Math.max(1e-3, waitFactor(servers, Math.min(offeredLoad, 0.999 * servers), variability));
  const exponent = (v: number) => ((offeredLoad * -Math.expm1(-leaving * v)) / leaving - servers * v) / stretch;
  const peak = Math.max(0, Math.log(offeredLoad / servers) / leaving);
  const most = exponent(peak);
  let end = Math.max(peak, stretch / servers);
  while (exponent(end) > most - NOTHING) end *= 1.5;
  const density = (v: number) => Math.exp(exponent(v) - most) / stretch;
  const idle = Math.exp(-most) / erlangB(servers - 1, offeredLoad);
  const all = simpson(density, 0, end);
  const unpeaked = (offeredLoad * all) / (idle + offeredLoad * all);
  const waitShare = peakedWaitShare(unpeaked, servers, offeredLoad, variability);
  const isServed = (v: number) => Math.exp(-leaving * v) * density(v);
  return {
    waitShare,
    // Who gives up has waited until then: P(wait > v) = P(offered wait > v)·e^(−θv), of which the mean is the integral.
    meanWait:
      (waitShare * simpson((v) => density(v) * (-Math.expm1(-leaving * v) / leaving), 0, end) * meanService) / all,
    servedWithin: (longestWait) =>
      1 - waitShare + (waitShare * simpson(isServed, 0, Math.min(end, requireWait(longestWait) / meanService))) / all,
  };
}

/**
 * The share that waits of arrivals of a peakedness z, from that of Poisson arrivals: as it differs in the limit of many servers
 * between a safety of β and one of β/√z. Few servers with much to spare are far from that limit, where it would have nearly
 * everybody wait: not above the root of order z, which the limit never exceeds.
 */
function peakedWaitShare(unpeaked: number, servers: number, offeredLoad: number, variability: Variability): number {
  const peaked = Math.max(1e-6, peakedness(variability));
  if (Math.abs(peaked - 1) < 1e-12 || offeredLoad >= servers || unpeaked === 0) return unpeaked;
  const safety = (servers - offeredLoad) / Math.sqrt(offeredLoad);
  const limit = halfinWhittWaitShare(safety);
  const root = unpeaked ** (1 / peaked);
  if (!(limit > Number.MIN_VALUE)) return root;
  return Math.min(1, root, (unpeaked * halfinWhittWaitShare(safety / Math.sqrt(peaked))) / limit);
}

function simpson(of: (x: number) => number, from: number, to: number): number {
  if (to <= from) return 0;
  const width = (to - from) / STEPS;
  let sum = of(from) + of(to);
  for (let i = 1; i < STEPS; i += 1) sum += of(from + i * width) * (i % 2 === 1 ? 4 : 2);
  return (sum * width) / 3;
}

function requireWait(longestWait: number): number {
  if (!(longestWait >= 0)) throw new RangeError(`longestWait must be 0 or more; got ${longestWait}`);
  return longestWait;
}
