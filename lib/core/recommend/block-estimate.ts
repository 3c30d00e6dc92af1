import { studentTail } from '../detect/student-tail.ts';
import { studentQuantile95 } from '../effect/student-quantile.ts';
import type { ExpectedGain, GainUnit } from './recommendation.ts';

/** A mean, and how well it is known. */
export interface Estimate {
  mean: number;
  standardError: number;
  /** Degrees of freedom of the standard error, 4 or more. */
  freedom: number;
}

/** One thing that was measured at a time; of `weight` things together, the sum. */
export interface Measured {
  atMs: number;
  sum: number;
  weight: number;
}

const BLOCKS = 12;
const LEAST_BLOCKS = 6;

/**
 * Mean of what was measured in a stretch, Σ sum ÷ Σ weight, with the error of a ratio estimator over stretches of equal length: what
 * is measured in one minute resembles what is measured in the next, so single tasks would make it look too certain.
 * @returns null where fewer than six of the twelve stretches have anything
 * @see Cochran: Sampling Techniques, 3rd edition, 6.4
 */
export function blockEstimate(
  measured: Iterable<Measured>,
  { fromMs, toMs }: { fromMs: number; toMs: number },
): Estimate | null {
  const sums = new Float64Array(BLOCKS);
  const weights = new Float64Array(BLOCKS);
  for (const { atMs, sum, weight } of measured) {
    const at = Math.min(BLOCKS - 1, Math.max(0, Math.floor((BLOCKS * (atMs - fromMs)) / (toMs - fromMs))));
    sums[at] = (sums[at] as number) + sum;
    weights[at] = (weights[at] as number) + weight;
  }
  const blocks = weights.reduce((count, weight) => count + Number(weight > 0), 0);
  const weight = weights.reduce((total, its) => total + its, 0);
  if (blocks < LEAST_BLOCKS || weight === 0) return null;
  const mean = sums.reduce((total, its) => total + its, 0) / weight;
  const squares = sums.reduce((total, its, i) => total + (its - mean * (weights[i] as number)) ** 2, 0);
  return { mean, standardError: Math.sqrt((blocks / (blocks - 1)) * squares) / weight, freedom: blocks - 1 };
}

/**
 * What is not known of a gain beside chance: how much of it, as a standard deviation, the way it was worked out may be off by.
 */
export function withModelError(estimate: Estimate, share: number): Estimate {
  return { ...estimate, standardError: Math.hypot(estimate.standardError, share * estimate.mean) };
}

/** Times a factor above 0. */
export function scaled({ mean, standardError, freedom }: Estimate, factor: number): Estimate {
  return { mean: mean * factor, standardError: standardError * factor, freedom };
}

/** As a gain with an interval of 90 %, which is not below 0. */
export function gainOf({ mean, standardError, freedom }: Estimate, unit: GainUnit): ExpectedGain {
  const half = studentQuantile95(freedom) * standardError;
  return { value: mean, unit, low: Math.max(0, mean - half), high: mean + half };
}

/** Probability that the truth is above a bound. */
export function probabilityAbove({ mean, standardError, freedom }: Estimate, bound: number): number {
  if (standardError === 0) return mean > bound ? 1 : 0;
  return 1 - studentTail((mean - bound) / standardError, freedom);
}
