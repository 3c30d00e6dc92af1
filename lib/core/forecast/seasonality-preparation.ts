/** Values further than this from the median, in robust standard deviations, are taken as that far. */
const FAR = 6;
/** Of a series, less than this share of its values is not enough to see how it goes on. */
const LEAST_PRESENT = 0.5;

/**
 * A series without gaps and without far outliers: straight lines across what is missing, and what is far out moved in.
 * @param values NaN where missing
 * @returns null where too little is there, or nothing varies
 */
export function evenSeries(values: ArrayLike<number>): Float64Array | null {
  const present = Float64Array.from(values as ArrayLike<number>).filter((x) => Number.isFinite(x));
  if (present.length < LEAST_PRESENT * values.length || present.length < 2) return null;
  const { centre, spread } = robustSpread(present);
  if (!(spread > 0)) return null;
  const [low, high] = [centre - FAR * spread, centre + FAR * spread];
  const even = new Float64Array(values.length);
  let known = -1;
  for (let t = 0; t < even.length; t++) {
    const x = values[t] as number;
    if (!Number.isFinite(x)) continue;
    even[t] = Math.min(high, Math.max(low, x));
    const from = known < 0 ? (even[t] as number) : (even[known] as number);
    for (let gap = known + 1; gap < t; gap++) {
      const along = known < 0 ? 1 : (gap - known) / (t - known);
      even[gap] = from + along * ((even[t] as number) - from);
    }
    known = t;
  }
  even.fill(even[known] as number, known + 1);
  return even;
}

/** Median, and the median distance from it as a standard deviation; of mostly equal values the mean distance. */
function robustSpread(values: Float64Array): { centre: number; spread: number } {
  const centre = medianOf(values);
  const distances = values.map((x) => Math.abs(x - centre));
  const mean = distances.reduce((sum, x) => sum + x, 0) / values.length;
  return { centre, spread: Math.max(1.4826 * medianOf(distances), 1.2533 * mean) };
}

function medianOf(values: Float64Array): number {
  const sorted = values.toSorted();
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? (sorted[half] as number)
    : ((sorted[half - 1] as number) + (sorted[half] as number)) / 2;
}

/** From `at` on a series is higher by `size`. */
export interface Step {
  at: number;
  size: number;
}

export function withoutStep(values: Float64Array, { at, size }: Step): Float64Array {
  return values.map((x, t) => (t >= at ? x - size : x));
}

/**
 * Where the level of a series changes for good, and by how much: the cut that leaves the smallest sum of squares, if noise with
 * a memory would hardly make one.
 * @param values of mean 0, without seasons
 * @returns null where there is none
 */
export function stepOf(values: Float64Array): Step | null {
  const n = values.length;
  const edge = Math.ceil(n / 20);
  let total = 0;
  let squares = 0;
  for (let t = 0; t < n; t++) {
    total += values[t] as number;
    squares += (values[t] as number) ** 2;
  }
  let before = 0;
  let best = { at: 0, size: 0, gain: 0 };
  for (let at = 1; at < n; at++) {
    before += values[at - 1] as number;
    if (at < edge || at > n - edge) continue;
    const size = (total - before) / (n - at) - before / at;
    const gain = (size * size * at * (n - at)) / n;
    if (gain > best.gain) best = { at, size, gain };
  }
  // A step stands out from what it separates, and happens at once: a random walk gets there in many.
  const rest = Math.sqrt(Math.max(0, squares - total ** 2 / n - best.gain) / n);
  const reach = Math.max(1, Math.min(edge, 5));
  const across = meanOf(values, best.at, best.at + reach) - meanOf(values, best.at - reach, best.at);
  const isSharp = Math.abs(across) > 0.5 * Math.abs(best.size) && across * best.size > 0;
  return isSharp && Math.abs(best.size) > 2 * rest ? { at: best.at, size: best.size } : null;
}

function meanOf(values: Float64Array, from: number, to: number): number {
  let sum = 0;
  for (let t = from; t < to; t++) sum += values[t] as number;
  return sum / (to - from);
}
