/**
 * The laws of operational analysis. They hold for any stretch in which about as many jobs leave as arrive, whatever the
 * distributions: U = X·S (utilization), X_k = V_k·X (forced flow), D_k = V_k·S_k (demand), N = X·R (Little).
 * @see Denning, Buzen: The Operational Analysis of Queueing Network Models, ACM Computing Surveys 10(3), 1978
 */

/** What one job of the whole system asks of a station. */
export interface Demand {
  /** Time at work, of all visits together, 0 or more. */
  demandMs: number;
  /** Servers that share the work, above 0. */
  servers: number;
}

/**
 * Service demand: how long a station works for one job of the system, D = B ÷ C.
 * @param busyMs of all its servers together
 * @param jobs that the system completed in the same stretch, above 0
 * @example serviceDemandMs(54_000, 90) // 600
 */
export function serviceDemandMs(busyMs: number, jobs: number): number {
  if (!(jobs > 0)) throw new RangeError(`jobs must be above 0; got ${jobs}`);
  return busyMs / jobs;
}

/**
 * Share of the servers at work when the system completes so many jobs: U = X·D ÷ m.
 * @example utilizationAt(0.09, { demandMs: 600, servers: 60 }) // 0.9
 */
export function utilizationAt(jobsPerMs: number, { demandMs, servers }: Demand): number {
  return (jobsPerMs * demandMs) / servers;
}

/**
 * Asymptotic bound of the throughput: X ≤ min(1 ÷ max(D ÷ m), N ÷ (D + Z)).
 * @param jobs in the system at once, thinking ones included; no limit unless given
 * @param thinkMs Z, the time of a job at no station
 * @returns jobs a ms; Infinity where nothing is asked of any station and there is no limit
 * @example throughputBound([{ demandMs: 200, servers: 1 }, { demandMs: 300, servers: 2 }]) // 0.005
 */
export function throughputBound(demands: readonly Demand[], jobs = Number.POSITIVE_INFINITY, thinkMs = 0): number {
  return Math.min(1 / largestShare(demands), jobs / (totalMs(demands) + thinkMs));
}

/**
 * Asymptotic bound of the mean response time of a closed system: R ≥ max(D, N · max(D ÷ m) − Z).
 * @example responseBoundMs([{ demandMs: 200, servers: 1 }, { demandMs: 300, servers: 2 }], 10, 0) // 2000
 */
export function responseBoundMs(demands: readonly Demand[], jobs: number, thinkMs: number): number {
  return Math.max(totalMs(demands), jobs * largestShare(demands) - thinkMs);
}

/**
 * Knee: the number of jobs at once beyond which they must wait for each other, N* = (D + Z) ÷ max(D ÷ m).
 * @returns 0 where nothing is asked of any station
 * @example knee([{ demandMs: 200, servers: 1 }, { demandMs: 300, servers: 2 }], 0) // 2.5
 */
export function knee(demands: readonly Demand[], thinkMs: number): number {
  const largest = largestShare(demands);
  return largest === 0 ? 0 : (totalMs(demands) + thinkMs) / largest;
}

function largestShare(demands: readonly Demand[]): number {
  return demands.reduce((most, { demandMs, servers }) => Math.max(most, demandMs / servers), 0);
}

function totalMs(demands: readonly Demand[]): number {
  return demands.reduce((sum, { demandMs }) => sum + demandMs, 0);
}
