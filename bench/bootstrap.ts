import { createRandom } from '../lib/sim/random.ts';

const RESAMPLES = 2_000;

export interface Interval {
  estimate: number;
  /** Ends of the 95 % interval; NaN where there are not two members. */
  low: number;
  high: number;
}

/**
 * Percentile bootstrap of a statistic of members (seeds). A member is drawn with all that was measured of it, whatever the policy and
 * whatever the scenario: what they share (common random numbers) cancels out where it is compared, and does not where it is added up.
 * @param size of the members
 * @param statistic of members, by index
 * @see Efron, Tibshirani: An Introduction to the Bootstrap, 1993, chapter 13
 */
export function bootstrap(size: number, statistic: (members: readonly number[]) => number): Interval {
  const estimate = statistic(Array.from({ length: size }, (_, i) => i));
  if (size < 2) return { estimate, low: Number.NaN, high: Number.NaN };
  const random = createRandom(1, 'bootstrap');
  const drawn = Array.from({ length: RESAMPLES }, () =>
    statistic(Array.from({ length: size }, () => random.int(size))),
  ).sort((a, b) => a - b);
  return {
    estimate,
    low: drawn[RESAMPLES / 40] ?? Number.NaN,
    high: drawn[RESAMPLES - RESAMPLES / 40 - 1] ?? Number.NaN,
  };
}

/**
 * Of groups (scenarios) that were measured with the same seeds in the same order.
 * @throws RangeError where one has more of them than another
 */
export function seedsOf(groups: readonly { readonly length: number }[]): number {
  const [size = 0, ...others] = new Set(groups.map(({ length }) => length));
  if (others.length > 0)
    throw new RangeError(`groups have the same seeds; got ${[size, ...others].join(', ')} of them`);
  return size;
}
