import { medianOf } from '../kpi/median.ts';
import { medianSlope } from '../kpi/median-slope.ts';
import { type ShareRing, SLOT_MINUTES } from './share-ring.ts';

/** How the part of something that is in use grows (an agent's memory, a pool's slots), as far as a straight line tells. */
export interface ShareTrend {
  /** Where the line is now, and where it began; share, 0..1. */
  level: number;
  began: number;
  /** Slope of the line, and the least that chance leaves of it; share a minute. */
  slope: number;
  leastSlope: number;
  /** Readings on it, and how many five-minute slots before the newest the first of them is. */
  n: number;
  back: number;
}

/** With fewer readings a line is a guess: five are 20 minutes. */
const LEAST_READINGS = 5;
/** Lines are tried through the last 25 minutes, 40, an hour, and all. */
const READINGS = [6, 9, 13, Number.POSITIVE_INFINITY];
/** From one reading to the next, less by so much is given back: by garbage collection, by a new start, or because less work comes. */
const DROP = 0.15;
/** A gap of so many slots is a new start. */
const GAP_SLOTS = 3;
/** What falls back from here was at its limit: that was a crash, and no garbage collection. */
const NEAR_LIMIT = 0.93;
/** Where it came back from by itself, and a little above, is no way to the limit. */
const ABOVE_PEAK = 0.03;
/** Readings are never taken to be closer to their line than this. */
const LEAST_SCATTER = 0.01;
/** Readings five minutes apart are alike: a line through them is less certain by this factor (φ 0.6). */
const ALIKE = 2;
/** The last readings must rise by this part of the line's slope at least: what levels off is no leak. */
const STILL_RISING = 0.3;

/** A line that rises by less in all is what memory does with the load of an agent, and load from hour to hour. */
const LEAST_RISE = 0.15;

/** Quantiles of Student's t at 0.9999 for 3 to 22 degrees of freedom (R: qt(0.9999, 3:22)). */
const T_9999 = [
  ...[22.2, 13.03, 9.68, 8.02, 7.06, 6.44, 6.01, 5.69, 5.45, 5.26],
  ...[5.11, 4.99, 4.88, 4.79, 4.71, 4.65, 4.59, 4.54, 4.49, 4.45],
];

/**
 * The steepest line that readings of the last minutes follow up to now, beyond chance (Theil and Sen: the median of the
 * slopes between all pairs, so that some readings may be far off). What was given back begins a new line, and
 * while that is below where it came back from, nothing is said.
 * @returns null where no line rises beyond chance
 * @see Sen, Estimates of the regression coefficient based on Kendall's tau, JASA 63 (1968)
 */
export function shareTrend(ring: ShareRing): ShareTrend | null {
  const known = ofRings.get(ring);
  if (known !== undefined) return known;
  const trend = trendIn(ring);
  ofRings.set(ring, trend);
  return trend;
}

// A ring is the same object until it gets a reading.
const ofRings = new WeakMap<ShareRing, ShareTrend | null>();

/** When a share reaches a limit at the slope of its line, in minutes; 0 where it is there already. */
export function minutesToLimit({ level, slope }: Pick<ShareTrend, 'level' | 'slope'>, limit: number): number {
  return Math.max(0, (limit - level) / slope);
}

function trendIn(ring: ShareRing): ShareTrend | null {
  const { readings, peak } = sinceLastDrop(ring);
  const newest = readings.at(-1);
  if (!newest || readings.length < LEAST_READINGS) return null;
  if (peak !== null && peak < NEAR_LIMIT && newest.share <= peak + ABOVE_PEAK) return null;
  const lately = theilSen(readings.slice(-LEAST_READINGS)).slope;
  const scatter = Math.max(LEAST_SCATTER, scatterOfSteps(readings));
  const trends = READINGS.map((count) => trendOf(readings.slice(-Math.min(count, readings.length)), scatter));
  const rising = trends.filter(
    (it) => it.leastSlope > 0 && it.level - it.began >= LEAST_RISE && lately >= STILL_RISING * it.slope,
  );
  return rising.sort((a, b) => b.leastSlope - a.leastSlope)[0] ?? null;
}

interface Reading {
  /** Minutes after the newest: 0 or below. */
  at: number;
  share: number;
}

/** Readings since much was last given back, and how much was in use before that; null where none was. */
function sinceLastDrop({ permille }: ShareRing): { readings: Reading[]; peak: number | null } {
  let readings: Reading[] = [];
  let peak: number | null = null;
  for (const [index, value] of permille.entries()) {
    if (value === null) continue;
    const reading = { at: (index - permille.length + 1) * SLOT_MINUTES, share: value / 1_000 };
    const before = readings.at(-1);
    if (before && reading.at - before.at >= GAP_SLOTS * SLOT_MINUTES) [readings, peak] = [[], null];
    else if (before && before.share - reading.share >= DROP) {
      peak = Math.max(peak ?? 0, ...readings.map(({ share }) => share));
      readings = [];
    }
    readings.push(reading);
  }
  return { readings, peak };
}

/** Of the steps from one reading to the next: a few readings may be close to a line by chance, all of them are not. */
function scatterOfSteps(readings: readonly Reading[]): number {
  const steps = readings.slice(1).map(({ share }, i) => share - (readings[i]?.share ?? share));
  const middle = medianOf(steps);
  return 1.4826 * medianOf(steps.map((step) => Math.abs(step - middle)));
}

/** @param leastScatter standard deviation that readings have around any line, at least */
function trendOf(readings: readonly Reading[], leastScatter: number): ShareTrend {
  const { slope, intercept } = theilSen(readings);
  const residuals = readings.map(({ at, share }) => Math.abs(share - intercept - slope * at));
  // 1.4826 makes the median absolute deviation estimate the standard deviation of a normal distribution.
  const scatter = Math.max(leastScatter, 1.4826 * medianOf(residuals));
  const centre = readings.reduce((sum, { at }) => sum + at, 0) / readings.length;
  const squares = readings.reduce((sum, { at }) => sum + (at - centre) ** 2, 0);
  const quantile = T_9999[Math.min(T_9999.length, readings.length - 2) - 3] ?? Number.POSITIVE_INFINITY;
  const first = readings[0]?.at ?? 0;
  return {
    level: intercept,
    began: intercept + slope * first,
    slope,
    leastSlope: slope - ALIKE * quantile * (scatter / Math.sqrt(squares)),
    n: readings.length,
    back: Math.round(-first / SLOT_MINUTES),
  };
}

function theilSen(readings: readonly Reading[]): { slope: number; intercept: number } {
  const slope = medianSlope(
    readings.map(({ at }) => at),
    readings.map(({ share }) => share),
  );
  return { slope, intercept: medianOf(readings.map(({ at, share }) => share - slope * at)) };
}
