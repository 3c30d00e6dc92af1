/**
 * A mergeable summary of durations that answers quantiles with a bounded relative error (DDSketch with a logarithmic
 * mapping). Counts per bin are integers, so merging is exact, commutative and associative: any grouping of the same
 * values gives the same sketch.
 *
 * Bin i holds the values in (GAMMA^(i-1), GAMMA^i] microseconds; a value is estimated by the point of its bin whose
 * relative distance to both ends is equal, {@link RELATIVE_ERROR}.
 * @see Masson, Rim, Lee: DDSketch, PVLDB 12(12), 2019
 */
export interface LatencySketch {
  /** Values of 0 µs, which have no logarithm. */
  zeros: number;
  /** Bin index → count. */
  bins: Map<number, number>;
}

/** Just under the promised 1 %, which leaves room for the rounding of values to whole microseconds. */
export const RELATIVE_ERROR = 0.0099;
const GAMMA = (1 + RELATIVE_ERROR) / (1 - RELATIVE_ERROR);
const LN_GAMMA = Math.log(GAMMA);

export function emptySketch(): LatencySketch {
  return { zeros: 0, bins: new Map() };
}

export function copyOfSketch({ zeros, bins }: LatencySketch): LatencySketch {
  return { zeros, bins: new Map(bins) };
}

/**
 * Adds one duration in place.
 * @param durationUs whole microseconds, 0 or more
 * @throws RangeError when durationUs is negative or not an integer
 */
export function addDuration(sketch: LatencySketch, durationUs: number): void {
  if (!Number.isInteger(durationUs) || durationUs < 0) {
    throw new RangeError(`durationUs must be a whole number of microseconds, 0 or more; got ${durationUs}`);
  }
  if (durationUs === 0) sketch.zeros += 1;
  else addToBin(sketch, Math.ceil(Math.log(durationUs) / LN_GAMMA), 1);
}

/** Adds every value of `other` in place. */
export function mergeSketch(sketch: LatencySketch, other: LatencySketch): void {
  sketch.zeros += other.zeros;
  for (const [bin, count] of other.bins) addToBin(sketch, bin, count);
}

export function sketchCount(sketch: LatencySketch): number {
  let count = sketch.zeros;
  for (const binCount of sketch.bins.values()) count += binCount;
  return count;
}

/**
 * The value of rank ceil(q n), within {@link RELATIVE_ERROR}; null when the sketch is empty.
 * @param q 0..1; q = 0 gives the smallest value
 * @returns microseconds
 * @throws RangeError when q is outside 0..1
 */
export function sketchQuantile(sketch: LatencySketch, q: number): number | null {
  return sketchQuantiles(sketch, [q])[0] ?? null;
}

/** Several quantiles in one pass over the sorted bins; see {@link sketchQuantile}. */
export function sketchQuantiles(sketch: LatencySketch, qs: readonly number[]): (number | null)[] {
  const outside = qs.find((q) => !(q >= 0 && q <= 1));
  if (outside !== undefined) throw new RangeError(`q must lie in 0..1; got ${outside}`);
  const n = sketchCount(sketch);
  if (n === 0) return qs.map(() => null);
  const sorted = [...sketch.bins].sort(([a], [b]) => a - b);
  return qs.map((q) => {
    // 0.07 * 100 is 7.000000000000001 in binary: without the guard its rank would be 8.
    const rank = Math.max(1, Math.ceil(q * n - 1e-9));
    let seen = sketch.zeros;
    if (rank <= seen) return 0;
    for (const [bin, count] of sorted) {
      seen += count;
      if (rank <= seen) return binValueUs(bin);
    }
    throw new Error('unreachable: ranks never exceed the count');
  });
}

/**
 * How many values are at most a limit. Values within {@link RELATIVE_ERROR} of it may be counted on either side, as
 * quantiles are: the q-quantile is at most the limit exactly where q of the values are counted.
 * @param limitUs microseconds, 0 or more
 */
export function countWithin({ zeros, bins }: LatencySketch, limitUs: number): number {
  let count = zeros;
  for (const [bin, inBin] of bins) if (binValueUs(bin) <= limitUs) count += inBin;
  return count;
}

/** The estimate that stands for every value in a bin, in microseconds. */
export function binValueUs(bin: number): number {
  return (2 * GAMMA ** bin) / (GAMMA + 1);
}

const LN_FIRST_VALUE = Math.log(2 / (GAMMA + 1));

/** Natural logarithm of {@link binValueUs}. */
export function binLogUs(bin: number): number {
  return bin * LN_GAMMA + LN_FIRST_VALUE;
}

function addToBin(sketch: LatencySketch, bin: number, count: number): void {
  sketch.bins.set(bin, (sketch.bins.get(bin) ?? 0) + count);
}
