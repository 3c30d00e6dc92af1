import { DAY_MINUTES } from '../model/time.ts';
import { normalTail } from './normal-tail.ts';

/** False alarms that a rule may raise over all series that it judges. */
export const FALSE_ALARMS_A_DAY = 0.1;

/**
 * The chance that a rule may leave to each of its readings, so that all of them together raise {@link FALSE_ALARMS_A_DAY} at
 * most: α = 0.1 ÷ (series × 1,440), by Bonferroni. That breaches have to last for several minutes lowers it further; but
 * minutes that follow each other are not independent, so that is not counted on.
 * @param series that the rule judges each minute, at least 1
 * @example falseAlarmChance(100) // 6.9e-7
 */
export function falseAlarmChance(series: number): number {
  return FALSE_ALARMS_A_DAY / (Math.max(1, series) * DAY_MINUTES);
}

/**
 * Standard deviations from its level that a reading must have at least: the quantile of the standard normal distribution
 * at 1 − α.
 * @example deviationNeeded(1) // 3.81
 * @example deviationNeeded(1_000) // 5.27
 */
export function deviationNeeded(series: number): number {
  return deviationAt(falseAlarmChance(series));
}

/**
 * How many standard deviations above the mean a normal value is with a chance: the inverse of {@link normalTail}.
 * @param chance 0..0.5; 0 is never
 */
export function deviationAt(chance: number): number {
  if (!(chance >= 0 && chance <= 0.5)) throw new RangeError(`a chance of 0 to 0.5 is needed; got ${chance}`);
  if (chance === 0) return Number.POSITIVE_INFINITY;
  const known = deviations.get(chance) ?? inverseTail(chance);
  // Rules ask for few chances, each for thousands of readings.
  if (deviations.size < MOST_KEPT) deviations.set(chance, known);
  return known;
}

const MOST_KEPT = 1_000;
const deviations = new Map<number, number>();

function inverseTail(chance: number): number {
  let [low, high] = [0, 38];
  for (let step = 0; step < 50; step++) {
    const middle = (low + high) / 2;
    if (normalTail(middle) > chance) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
