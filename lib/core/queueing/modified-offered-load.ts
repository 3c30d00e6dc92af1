import { requireService, type ServiceTimes, workWithin } from './service-times.ts';

/** Arrivals that come at one rate in each step. */
export interface SteppedArrivals {
  /** In any unit of time, which is that of the service times. */
  step: number;
  /** By step: arrivals a unit of time, 0 or more. */
  rates: readonly number[];
  /** Rate of the time before the first step; that of the first step unless given. */
  before?: number;
}

/**
 * Modified offered load: tasks at work at a time if there were servers enough, m(t) = ∫ λ(t − u)·P(S > u) du. Where arrivals
 * change within a service time it lags behind λ·S and is smoother; it is what to staff for then.
 * @param at from the beginning of the first step, 0 or more; after the last step its rate goes on
 * @returns erlangs
 * @throws RangeError on a parameter out of its range, here and below
 * @see Jennings, Mandelbaum, Massey, Whitt: Server Staffing to Meet Time-Varying Demand, Management Science 42(10), 1996
 * @example modifiedOfferedLoad({ step: 60, rates: [1, 2] }, { kind: 'exponential', mean: 60 }, 120) // 60·(2 − 1/e) = 97.9
 */
export function modifiedOfferedLoad(arrivals: SteppedArrivals, service: ServiceTimes, at: number): number {
  requireArrivals(arrivals);
  if (!(at >= 0)) throw new RangeError(`at must be 0 or more; got ${at}`);
  const { step, rates } = arrivals;
  const before = arrivals.before ?? rates[0] ?? 0;
  // Each step changes the rate by so much for good, and what is at work for it follows as workWithin does.
  const load = rates.reduce((sum, rate, i) => {
    const since = at - i * step;
    const change = rate - (i === 0 ? before : (rates[i - 1] as number));
    return change === 0 || since <= 0 ? sum : sum + change * workWithin(service, since);
  }, before * workWithin(service, Number.POSITIVE_INFINITY));
  // What came and went again leaves its rounding behind, which may be just below nothing.
  return Math.max(0, load);
}

const LOOKS = 4;

/** The most of it at any time of each step, which is looked at four times. @returns erlangs by step */
export function peakLoads(arrivals: SteppedArrivals, service: ServiceTimes): number[] {
  return arrivals.rates.map((_, i) => {
    const looks = Array.from({ length: LOOKS + 1 }, (_unused, k) => (i + k / LOOKS) * arrivals.step);
    return Math.max(...looks.map((at) => modifiedOfferedLoad(arrivals, service, at)));
  });
}

/**
 * Erlang-R: work that comes back. After its service a task returns with a probability (an agent loop that calls itself
 * again, a check that sends it back) after a pause, until it is done. Service and pause are exponential. In balance it is
 * λ·S ÷ (1 − p); after a change it takes some pauses until it is.
 * @param of `repeatShare` p, 0 or more and below 1; `pause` mean, above 0
 * @returns erlangs at the end of each step, by Runge and Kutta's method of fourth order
 * @see Yom-Tov, Mandelbaum: Erlang-R: A Time-Varying Queue with Reentrant Customers, M&SOM 16(2), 2014
 * @example reentrantLoads({ step: 1e6, rates: [1] }, { meanService: 2, repeatShare: 0.5, pause: 1 }) // [4]
 */
export function reentrantLoads(
  arrivals: SteppedArrivals,
  of: { meanService: number; repeatShare: number; pause: number },
): number[] {
  requireArrivals(arrivals);
  const { meanService, repeatShare, pause } = of;
  requireService({ kind: 'exponential', mean: meanService });
  if (!(repeatShare >= 0 && repeatShare < 1)) throw new RangeError(`repeatShare must be in [0, 1); got ${repeatShare}`);
  if (!(pause > 0)) throw new RangeError(`pause must be above 0; got ${pause}`);
  const { step, rates, before = rates[0] ?? 0 } = arrivals;
  const inBalance = (rate: number) => {
    const atWork = (rate * meanService) / (1 - repeatShare);
    return { atWork, paused: (repeatShare * atWork * pause) / meanService };
  };
  let { atWork, paused } = inBalance(before);
  // A few hundred means after a change nothing is left of it.
  const longest = (300 * (meanService + pause)) / (1 - repeatShare);
  const width = Math.min(meanService, pause) / 10;
  return rates.map((rate) => {
    if (step > longest) ({ atWork, paused } = inBalance(rate));
    else {
      const count = Math.max(1, Math.ceil(step / width));
      const slope = (w: number, p: number) =>
        [rate + p / pause - w / meanService, (repeatShare * w) / meanService - p / pause] as const;
      for (let i = 0, h = step / count; i < count; i += 1) {
        const [w1, p1] = slope(atWork, paused);
        const [w2, p2] = slope(atWork + (h / 2) * w1, paused + (h / 2) * p1);
        const [w3, p3] = slope(atWork + (h / 2) * w2, paused + (h / 2) * p2);
        const [w4, p4] = slope(atWork + h * w3, paused + h * p3);
        atWork += (h / 6) * (w1 + 2 * w2 + 2 * w3 + w4);
        paused += (h / 6) * (p1 + 2 * p2 + 2 * p3 + p4);
      }
    }
    return atWork;
  });
}

function requireArrivals({ step, rates, before = 0 }: SteppedArrivals): void {
  if (!(step > 0)) throw new RangeError(`step must be above 0; got ${step}`);
  const wrong = [before, ...rates].find((rate) => !(rate >= 0 && rate < Number.POSITIVE_INFINITY));
  if (wrong !== undefined) throw new RangeError(`rates must be 0 or more; got ${wrong}`);
}
