import { normalQuantile } from '../capacity/normal-quantile.ts';

/** A forecast that was tried on the past, and what came: NaN where that is missing. */
export interface Tried {
  forecast: Float64Array;
  outcome: Float64Array;
}

/** Neighbouring steps of this part of the horizon share how far off they are, on either side. */
const NEIGHBOURS = 1 / 16;
/** Few distances at a step say little: it is pulled to the mean of all as if so many more had shown that. */
const FEW_DISTANCES = 24;
/** No step is less uncertain than this part of the mean of all. */
const LEAST_SPREAD = 0.1;
/** Spread grows with this power of the level: 0 would be the same at night as at noon, 1 in proportion. */
const LEVEL_POWER = 0.35;
/** What a level of zero counts as, in parts of the mean level. */
const LEVEL_FLOOR = 0.1;
/** The expansion below is good from so many degrees of freedom on. */
const LEAST_FREEDOM = 4;

/**
 * Quantiles of a forecast from how far off forecasts were at the same step ahead: the distances are put on one scale by step
 * and level, pooled, and read at each level.
 * @param tried one at least, with one known outcome at least
 * @param levels 0..1
 * @returns by level, a value each step; never falling from one level to a higher one
 */
export function spreadOf(forecast: Float64Array, tried: readonly Tried[], levels: readonly number[]): Float64Array[] {
  const horizon = forecast.length;
  const meanLevel = tried.reduce((sum, { forecast: f }) => sum + f.reduce((a, v) => a + Math.abs(v), 0), 0);
  const floor = meanLevel / (tried.length * horizon) + 1e-12;
  const byLevel = (value: number) => (LEVEL_FLOOR + Math.abs(value) / floor) ** LEVEL_POWER;
  const distances = tried.map((one) =>
    one.forecast.map((value, step) => ((one.outcome[step] as number) - value) / byLevel(value)),
  );
  const spread = smoothedSpread(distances, horizon);
  const pooled: number[] = [];
  for (const distance of distances) {
    for (let step = 0; step < horizon; step += 1) {
      const scaled = (distance[step] as number) / (spread[step] as number);
      if (!Number.isNaN(scaled)) pooled.push(scaled);
    }
  }
  const sorted = Float64Array.from(pooled).sort();
  const median = quantileOf(sorted, 0.5);
  return levels.map((level) => {
    const distance = median + fewnessFactor(level, tried.length) * (quantileOf(sorted, level) - median);
    return forecast.map((value, step) => value + distance * (spread[step] as number) * byLevel(value));
  });
}

/**
 * How much further than those seen another distance may be, when few were seen: as Student's t lies further out than the normal
 * distribution, the more so at the ends. One more degree of freedom for each
 * forecast tried, because its steps are much alike.
 * @see Abramowitz and Stegun, Handbook of Mathematical Functions, 26.7.5
 */
function fewnessFactor(level: number, tried: number): number {
  const freedom = Math.max(LEAST_FREEDOM, tried - 1);
  const square = normalQuantile(level) ** 2;
  return 1 + (square + 1) / (4 * freedom) + (5 * square ** 2 + 16 * square + 3) / (96 * freedom ** 2);
}

/** Mean absolute distance at each step and its neighbours. */
function smoothedSpread(distances: readonly Float64Array[], horizon: number): Float64Array {
  const { means, overall, counts } = smoothedMeans(distances, horizon, Math.abs);
  return means.map((mean, step) => {
    const count = counts[step] as number;
    const pulled = (mean * count + overall * FEW_DISTANCES) / (count + FEW_DISTANCES);
    return Math.max(pulled, LEAST_SPREAD * overall) + 1e-12;
  });
}

/** Part of the outcomes that were 0, at each step and its neighbours. */
export function zeroShares(tried: readonly Tried[], horizon: number): Float64Array {
  const outcomes = tried.map(({ outcome }) => outcome);
  return smoothedMeans(outcomes, horizon, (value) => (value === 0 ? 1 : 0)).means;
}

/** @param of each known value */
function smoothedMeans(series: readonly Float64Array[], horizon: number, of: (value: number) => number) {
  const sums = new Float64Array(horizon + 1);
  const counts = new Float64Array(horizon + 1);
  for (let step = 0; step < horizon; step += 1) {
    let [sum, count] = [0, 0];
    for (const values of series) {
      const value = values[step] as number;
      if (Number.isNaN(value)) continue;
      sum += of(value);
      count += 1;
    }
    sums[step + 1] = (sums[step] as number) + sum;
    counts[step + 1] = (counts[step] as number) + count;
  }
  const overall = (sums[horizon] as number) / Math.max(1, counts[horizon] as number);
  const reach = Math.max(1, Math.round(horizon * NEIGHBOURS));
  const around = (totals: Float64Array) =>
    Float64Array.from({ length: horizon }, (_, step) => {
      const [from, to] = [Math.max(0, step - reach), Math.min(horizon, step + reach + 1)];
      return (totals[to] as number) - (totals[from] as number);
    });
  const nearby = around(counts);
  const means = around(sums).map((sum, step) => (nearby[step] === 0 ? overall : sum / (nearby[step] as number)));
  return { means, overall, counts: nearby };
}

/** The value of rank q (n + 1), between its neighbours; the least and the greatest at the ends. */
function quantileOf(sorted: Float64Array, level: number): number {
  const rank = Math.min(sorted.length - 1, Math.max(0, level * (sorted.length + 1) - 1));
  const below = Math.floor(rank);
  const lower = sorted[below] ?? 0;
  return lower + (rank - below) * ((sorted[below + 1] ?? lower) - lower);
}
