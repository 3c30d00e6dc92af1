/** A forecast that was tried on the past, and what came: NaN where that is missing. */
export interface Tried {
  forecast: Float64Array;
  outcome: Float64Array;
}

/** Neighbouring steps of this part of the horizon share how far off they are, on either side. */
const NEIGHBOURS = 1 / 16;
/** No step is less uncertain than this part of the mean of all. */
const LEAST_SPREAD = 0.1;
/** Spread grows with this power of the level: 0 would be the same at night as at noon, 1 in proportion. */
const LEVEL_POWER = 0.35;
/** What a level of zero counts as, in parts of the mean level. */
const LEVEL_FLOOR = 0.1;
/** Few forecasts tried say little of how far off one can be: spreads are widened by the root of 1 + this / their number. */
const FEW_TRIED = 4;

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
  const widening = Math.sqrt(1 + FEW_TRIED / tried.length);
  return levels.map((level) => {
    const distance = widening * quantileOf(sorted, level);
    return forecast.map((value, step) => value + distance * (spread[step] as number) * byLevel(value));
  });
}

/** Mean absolute distance at each step and its neighbours. */
function smoothedSpread(distances: readonly Float64Array[], horizon: number): Float64Array {
  const sums = new Float64Array(horizon + 1);
  const counts = new Float64Array(horizon + 1);
  for (let step = 0; step < horizon; step += 1) {
    let [sum, count] = [0, 0];
    for (const distance of distances) {
      const size = Math.abs(distance[step] as number);
      if (Number.isNaN(size)) continue;
      sum += size;
      count += 1;
    }
    sums[step + 1] = (sums[step] as number) + sum;
    counts[step + 1] = (counts[step] as number) + count;
  }
  const overall = (sums[horizon] as number) / Math.max(1, counts[horizon] as number);
  const reach = Math.max(1, Math.round(horizon * NEIGHBOURS));
  return Float64Array.from({ length: horizon }, (_, step) => {
    const [from, to] = [Math.max(0, step - reach), Math.min(horizon, step + reach + 1)];
    const count = (counts[to] as number) - (counts[from] as number);
    const mean = count > 0 ? ((sums[to] as number) - (sums[from] as number)) / count : overall;
    return Math.max(mean, LEAST_SPREAD * overall) + 1e-12;
  });
}

/** The value of rank q (n + 1), between its neighbours; the least and the greatest at the ends. */
function quantileOf(sorted: Float64Array, level: number): number {
  const rank = Math.min(sorted.length - 1, Math.max(0, level * (sorted.length + 1) - 1));
  const below = Math.floor(rank);
  const lower = sorted[below] ?? 0;
  return lower + (rank - below) * ((sorted[below + 1] ?? lower) - lower);
}
