/** One reading of what may be on a ramp. */
export interface RampReading {
  /** Minutes after the newest: 0 or below; in order of time, no two at once. */
  at: number;
  value: number;
  /** Of the reading by chance alone; above 0. */
  variance: number;
}

/** How readings rise, if they do. */
export interface Ramp {
  /** Before the onset, and now, as the ramp has it; the unit of the values. */
  base: number;
  level: number;
  /** Units a minute, above 0, and its standard error. */
  slope: number;
  slopeError: number;
  /** Minutes after the newest: below 0. */
  onset: number;
  /**
   * Natural logarithm of how much better a ramp explains the readings than a step with one reading on its way; below 0 where a
   * step does.
   */
  evidence: number;
  /** Readings it is made of. */
  n: number;
}

/** With fewer readings a ramp and a step look the same: five are 20 minutes. */
const LEAST_READINGS = 5;
/** Readings from the onset on, at least. */
const LEAST_RISING = 4;
/** A slope of fewer standard errors is chance. */
const LEAST_Z = 2.5;

/**
 * The ramp that readings are on: level up to an onset, and from there along a line (least squares with weights, over every
 * onset). A step is what a fault that came at once looks like, and no ramp; its height is as free as the slope.
 * @returns null where nothing rises beyond chance, or too little is known
 * @example rampIn with values 0 0 1 2 3 of variance 0.01, five minutes apart: slope 0.2 a minute, level 3
 */
export function rampIn(readings: readonly RampReading[]): Ramp | null {
  const n = readings.length;
  if (n < LEAST_READINGS) return null;
  let best: (Line & { onset: number }) | null = null;
  for (let i = 0; i <= n - LEAST_RISING; i++) {
    const onset = (readings[i] as RampReading).at;
    const line = lineThrough(readings, onset);
    if (!best || line.misfit < best.misfit) best = { ...line, onset };
  }
  if (!best || best.slope <= 0) return null;
  // Readings that are further from any line than chance has them make everything less certain.
  const excess = Math.max(1, best.misfit / (n - 3));
  const slopeError = Math.sqrt(excess) * best.slopeError;
  if (best.slope < LEAST_Z * slopeError) return null;
  const evidence = (stepMisfit(readings) - best.misfit) / 2 / excess;
  const { base, slope, onset } = best;
  return { base, level: base - slope * onset, slope, slopeError, onset, evidence, n };
}

/** When a ramp reaches a limit, in minutes, and within which bounds with four chances in five; Infinity where it may not. */
export function minutesUntil(
  { level, slope, slopeError }: Pick<Ramp, 'level' | 'slope' | 'slopeError'>,
  limit: number,
): { expected: number; earliest: number; latest: number } {
  const left = Math.max(0, limit - level);
  const slowest = slope - NORMAL_90 * slopeError;
  return {
    expected: left / slope,
    earliest: left / (slope + NORMAL_90 * slopeError),
    latest: left === 0 ? 0 : slowest > 0 ? left / slowest : Number.POSITIVE_INFINITY,
  };
}

/** Quantile of the standard normal distribution at 0.9. */
const NORMAL_90 = 1.2816;

export interface Line {
  /** Up to the onset. */
  base: number;
  slope: number;
  slopeError: number;
  /** Squared distances over variances. */
  misfit: number;
}

/** Level up to an onset, and a line after it: least squares with weights. */
export function lineThrough(readings: readonly RampReading[], onset: number): Line {
  let [w, wx, wy, wxx, wxy, wyy] = [0, 0, 0, 0, 0, 0];
  for (const { at, value, variance } of readings) {
    const [weight, x] = [1 / variance, Math.max(0, at - onset)];
    w += weight;
    wx += weight * x;
    wy += weight * value;
    wxx += weight * x * x;
    wxy += weight * x * value;
    wyy += weight * value * value;
  }
  const spread = wxx - (wx * wx) / w;
  const slope = (wxy - (wx * wy) / w) / spread;
  const base = (wy - slope * wx) / w;
  return { base, slope, slopeError: 1 / Math.sqrt(spread), misfit: Math.max(0, wyy - base * wy - slope * wxy) };
}

/** Of the best step: readings before it and after it are each of one height, and one on the way is wherever it is. */
export function stepMisfit(readings: readonly RampReading[]): number {
  const sums = [{ w: 0, wy: 0, wyy: 0 }];
  for (const { value, variance } of readings) {
    const { w, wy, wyy } = sums.at(-1) as (typeof sums)[number];
    sums.push({ w: w + 1 / variance, wy: wy + value / variance, wyy: wyy + (value * value) / variance });
  }
  const misfit = (from: number, to: number) => {
    const [a, b] = [sums[from], sums[to]] as [(typeof sums)[number], (typeof sums)[number]];
    const w = b.w - a.w;
    return w === 0 ? 0 : b.wyy - a.wyy - (b.wy - a.wy) ** 2 / w;
  };
  const n = readings.length;
  let least = misfit(0, n);
  for (let k = 0; k < n; k++) least = Math.min(least, misfit(0, k) + misfit(k + 1, n));
  return Math.max(0, least);
}
