import { createRandom } from '../lib/sim/random.ts';

const RESAMPLES = 2_000;

export interface Interval {
  estimate: number;
  /** Ends of the 95 % interval; NaN where no group has two members. */
  low: number;
  high: number;
}

/**
 * Percentile bootstrap of a statistic of groups (scenarios) of members (seeds): members are drawn anew within each group, the
 * same for all figures of a member, so that what they share (common random numbers) cancels out.
 * @param sizes members of each group
 * @param statistic of the members, by index, of each group
 * @see Efron, Tibshirani: An Introduction to the Bootstrap, 1993, chapter 13
 */
export function bootstrap(
  sizes: readonly number[],
  statistic: (members: readonly (readonly number[])[]) => number,
): Interval {
  const all = sizes.map((size) => Array.from({ length: size }, (_, i) => i));
  const estimate = statistic(all);
  if (Math.max(...sizes) < 2) return { estimate, low: Number.NaN, high: Number.NaN };
  const random = createRandom(1, 'bootstrap');
  const drawn = Array.from({ length: RESAMPLES }, () =>
    statistic(all.map((members) => members.map(() => random.int(members.length)))),
  ).sort((a, b) => a - b);
  return {
    estimate,
    low: drawn[RESAMPLES / 40] ?? Number.NaN,
    high: drawn[RESAMPLES - RESAMPLES / 40 - 1] ?? Number.NaN,
  };
}
