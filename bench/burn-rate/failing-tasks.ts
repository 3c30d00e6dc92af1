import type { EventCounts } from '../../lib/core/slo/event-counts.ts';
import { createRandom, type Random } from '../../lib/sim/random.ts';

/** How the share of failing tasks varies by itself from minute to minute: its logit is an AR(1) process. */
export interface Noise {
  name: string;
  /** Of the logit, in the long run; 0 is independent tasks. */
  sd: number;
  /** Correlation of a minute with the next, 0..1. */
  phi: number;
}

export interface Workload {
  /** Tasks that end in each minute. */
  perMinute: number;
  /** Of which share fails where the noise is 0. */
  errorRatio: number;
  noise: Noise;
}

/**
 * Minutes of tasks of which some fail, without end.
 * @param failing the share that a fault makes fail at least, by the number of the minute; 0 without one
 */
export function* failingTasks(
  { perMinute, errorRatio, noise }: Workload,
  seed: number,
  failing: (minute: number) => number = () => 0,
): Generator<EventCounts, never> {
  const random = createRandom(seed, 'failing tasks');
  const usual = Math.log(errorRatio / (1 - errorRatio));
  const innovation = noise.sd * Math.sqrt(1 - noise.phi ** 2);
  let deviation = random.normal(0, noise.sd);
  for (let minute = 0; ; minute++) {
    const ratio = Math.max(failing(minute), 1 / (1 + Math.exp(-(usual + deviation))));
    yield { bad: binomial(random, perMinute, ratio), total: perMinute };
    deviation = noise.phi * deviation + random.normal(0, innovation);
  }
}

/**
 * How many of n fail, by the numbers of successes between them, which are geometric.
 * @see Devroye: Non-Uniform Random Variate Generation, 1986, X.4.3 (first waiting time algorithm)
 */
function binomial(random: Random, n: number, probability: number): number {
  if (probability >= 1) return n;
  const good = Math.log1p(-probability);
  let [failed, passed] = [0, 0];
  for (;;) {
    passed += Math.floor(Math.log(1 - random.uniform()) / good) + 1;
    if (passed > n) return failed;
    failed += 1;
  }
}
