import { lineThrough, type RampReading, stepMisfit } from './ramp.ts';

/** A rise too recent, or too small, to be told from a step as a ramp is (see ramp.ts). */
export interface Rise {
  /** Minutes after the newest reading: below 0. */
  onset: number;
  /** Slope in standard errors, above 0. */
  z: number;
  /** Units a minute. */
  slope: number;
  /** Now, as the line has it. */
  level: number;
  /** As of a ramp: above 0 where a line explains the readings better than a step with one reading on its way. */
  evidence: number;
}

/** With fewer readings nothing is known of what it was before. */
const LEAST_READINGS = 4;
/** Of those, at the onset or before it. */
const LEAST_BEFORE = 2;

/**
 * The onset since which something rises most clearly, from one reading on.
 * @param readings five minutes apart
 * @returns null where nothing rises, or too little is known
 * @example riseIn with values 0 0 0 1 of variance 1: a slope of 0.2 ± 0.23 a minute since five minutes ago, z 0.87
 */
export function riseIn(readings: readonly RampReading[]): Rise | null {
  const n = readings.length;
  if (n < LEAST_READINGS) return null;
  let best: (Rise & { misfit: number; excess: number }) | null = null;
  for (const { at: onset } of readings.slice(LEAST_BEFORE - 1, -1)) {
    const { base, slope, slopeError, misfit } = lineThrough(readings, onset);
    // Readings that are further from any line than chance has them make everything less certain.
    const excess = Math.max(1, misfit / (n - 2));
    const z = slope / slopeError / Math.sqrt(excess);
    if (z > (best?.z ?? 0)) best = { onset, z, slope, level: base - slope * onset, evidence: 0, misfit, excess };
  }
  if (!best) return null;
  const { misfit, excess, ...rise } = best;
  return { ...rise, evidence: (stepMisfit(readings) - misfit) / 2 / excess };
}
