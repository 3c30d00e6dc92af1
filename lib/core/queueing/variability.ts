import { normalTail } from '../detect/normal-tail.ts';
import { averageSpeedOfAnswer } from './erlang.ts';

/**
 * How uneven arrivals and service are, as coefficients of variation (standard deviation ÷ mean), 0 or more. Both are 1 in
 * Erlang's formulas (Poisson arrivals, exponential service); 0 is like clockwork.
 */
export interface Variability {
  /** Ca, of the times between arrivals. */
  arrivalCv: number;
  /** Cs, of the service times. */
  serviceCv: number;
}

/** Erlang's formulas are of this. */
export const markovian: Variability = { arrivalCv: 1, serviceCv: 1 };

/**
 * Mean wait of G/G/N by Sakasegawa: S·(Ca² + Cs²)/2 · ρ^(√(2(N+1)) − 1) ÷ (N·(1 − ρ)). No sum over states, so also for a
 * number of servers that is not whole. Too long at moderate load.
 * @param meanService above 0, in any unit of time
 * @returns in the same unit; Infinity where the load is not below the servers
 * @throws RangeError on a parameter out of its range, here and below
 * @see Sakasegawa: An approximation formula L_q ≃ α·ρ^β ÷ (1 − ρ), Annals of the Institute of Statistical Mathematics 29, 1977
 * @example sakasegawaWait(14, 10, 180, markovian) // 9.98, exactly 7.84
 */
export function sakasegawaWait(
  servers: number,
  offeredLoad: number,
  meanService: number,
  variability: Variability,
): number {
  requireVariability(variability);
  if (!(servers > 0)) throw new RangeError(`servers must be above 0; got ${servers}`);
  if (!(offeredLoad >= 0)) throw new RangeError(`offeredLoad must be 0 or more; got ${offeredLoad}`);
  if (offeredLoad >= servers) return Number.POSITIVE_INFINITY;
  const utilization = offeredLoad / servers;
  const crowding = utilization ** (Math.sqrt(2 * (servers + 1)) - 1) / (servers * (1 - utilization));
  return meanService * meanSquare(variability) * crowding;
}

/**
 * Mean wait of G/G/N by Allen and Cunneen: that of Erlang C times (Ca² + Cs²)/2. Exact for Ca = Cs = 1.
 * @example allenCunneenWait(14, 10, 180, { arrivalCv: 1, serviceCv: 2 }) // 19.6
 */
export function allenCunneenWait(
  servers: number,
  offeredLoad: number,
  meanService: number,
  variability: Variability,
): number {
  requireVariability(variability);
  return averageSpeedOfAnswer(servers, offeredLoad, meanService) * meanSquare(variability);
}

/**
 * Mean wait of G/G/N by Whitt: that of Erlang C times a factor, see {@link waitFactor}. Exact for Ca = Cs = 1.
 * @example whittWait(14, 10, 180, { arrivalCv: 1, serviceCv: 0 }) // 4.5
 */
export function whittWait(servers: number, offeredLoad: number, meanService: number, variability: Variability): number {
  const erlang = averageSpeedOfAnswer(servers, offeredLoad, meanService);
  return offeredLoad === 0 || erlang === Number.POSITIVE_INFINITY
    ? erlang
    : erlang * waitFactor(servers, offeredLoad, variability);
}

/**
 * How many times as long as in Erlang C tasks wait: (Ca² + Cs²)/2, times what Cosmetatos' formulas for M/D/N and D/M/N add
 * to it at moderate load, between which Whitt takes a mean by the shares of Ca² and Cs².
 * @param offeredLoad above 0, below the servers
 * @see Whitt: Approximations for the GI/G/m queue, Production and Operations Management 2(2), 1993, (2.16) to (2.25)
 */
export function waitFactor(servers: number, offeredLoad: number, variability: Variability): number {
  requireVariability(variability);
  const [ca, cs] = [variability.arrivalCv ** 2, variability.serviceCv ** 2];
  const mean = (ca + cs) / 2;
  if (mean === 0) return 0;
  const utilization = offeredLoad / servers;
  const ofSize = ((1 - utilization) * (servers - 1) * (Math.sqrt(4 + 5 * servers) - 2)) / (16 * servers * utilization);
  const gamma = Math.min(0.24, ofSize);
  const ofEvenService = 1 + gamma;
  const ofEvenArrivals = (1 - 4 * gamma) * Math.exp((-2 * (1 - utilization)) / (3 * utilization));
  const ofBoth = mean >= 1 ? 1 : Math.min(1, (ofEvenService + ofEvenArrivals) / 2) ** (2 * (1 - mean));
  const correction =
    ca >= cs
      ? ((4 * (ca - cs)) / (4 * ca - 3 * cs)) * ofEvenService + (cs / (4 * ca - 3 * cs)) * ofBoth
      : ((cs - ca) / (2 * ca + 2 * cs)) * ofEvenArrivals + ((cs + 3 * ca) / (2 * ca + 2 * cs)) * ofBoth;
  return mean * correction;
}

/**
 * Peakedness: variance ÷ mean of the tasks at work if there were servers enough; 1 for Poisson arrivals. How many are at
 * work at once depends on it, and so the share that must wait. For service times that are log-normal (of clockwork at Cs = 0):
 * z = 1 + (Ca² − 1)·∫P(S > u)²du ÷ E(S).
 * @see Whitt: Heavy-traffic approximations for service systems with blocking, AT&T Bell Laboratories Technical Journal 63(5), 1984
 */
export function peakedness({ arrivalCv, serviceCv }: Variability): number {
  const sigma = Math.sqrt(Math.log1p(serviceCv ** 2));
  // The mean of the smaller of two service times, ÷ the mean.
  return 1 + (arrivalCv ** 2 - 1) * 2 * normalTail(sigma / Math.SQRT2);
}

export function requireVariability({ arrivalCv, serviceCv }: Variability): void {
  if (!(arrivalCv >= 0 && serviceCv >= 0 && arrivalCv + serviceCv < Number.POSITIVE_INFINITY)) {
    throw new RangeError(`coefficients of variation must be 0 or more; got ${arrivalCv} and ${serviceCv}`);
  }
}

function meanSquare({ arrivalCv, serviceCv }: Variability): number {
  return (arrivalCv ** 2 + serviceCv ** 2) / 2;
}
