import type { DailyIndex } from './noise-fit.ts';
import { type StepSought, stepEvidence } from './step-evidence.ts';

/** Where the newest level began, and where the one before it did: places among the days. */
export interface LevelShift {
  at: number;
  before: number;
}

/**
 * A material change is told from this probability on, where before the days are seen there is as likely one as none, and seldom
 * another after it. Below a half, because then as many are missed as are told in vain (of seeds 1 to 300 of bench/mix-shift).
 */
const LEAST_PROBABILITY = 0.35;
const FIRST_PRIOR = 0.5;
const NEXT_PRIOR = 0.1;
/** Days that a level must have held. */
const LEAST_BEFORE = 10;
const LEAST_AFTER = 3;
/** A level that held for fewer days is nothing to compare with: then what lay before it counts as well. */
const LEAST_COMPARED = 14;
/** A change of a share is believed where it lies so many times beyond what chance does to as many tasks. */
const BEYOND_CHANCE = 3;

/** What chance alone spreads the mean of some days by, at least. */
export type LeastVariance = (days: readonly number[]) => number;

/**
 * The newest of the lasting changes of level: one is sought among all days, then among those since (binary segmentation), until none
 * is likely enough.
 * @param spread standard deviation of the sizes of changes that are expected
 * @param material smaller changes are as good as none
 * @param leastVariance of the mean of some days, by their numbers: days that were all alike so far may not stay so
 * @returns null where none is
 */
export function newestLevelShift(
  index: DailyIndex,
  { leastVariance, ...size }: Pick<StepSought, 'spread' | 'material'> & { leastVariance: LeastVariance },
): LevelShift | null {
  const starts = [0];
  for (;;) {
    const last = starts.at(-1) as number;
    const range = { from: last + LEAST_BEFORE, to: index.days.length - LEAST_AFTER };
    const prior = last === 0 ? FIRST_PRIOR : NEXT_PRIOR;
    const step = stepEvidence(index, { known: starts.slice(1), ...range, ...size, prior, least: LEAST_PROBABILITY });
    if (step.probability < LEAST_PROBABILITY || !isBeyondChance(index, [last, step.at], leastVariance)) break;
    starts.push(step.at);
  }
  const at = starts.at(-1) as number;
  if (at === 0) return null;
  const before = starts.at(-2) as number;
  return { at, before: at - before >= LEAST_COMPARED ? before : 0 };
}

function isBeyondChance(
  { days, values, tasks }: DailyIndex,
  [from, at]: readonly [from: number, at: number],
  leastVariance: LeastVariance,
): boolean {
  const variance = leastVariance(days.slice(from, at)) + leastVariance(days.slice(at));
  if (variance === 0) return true;
  const meanOf = (begin: number, end: number) => {
    let [sum, n] = [0, 0];
    for (let i = begin; i < end; i++) {
      sum += (values[i] as number) * (tasks[i] as number);
      n += tasks[i] as number;
    }
    return sum / n;
  };
  return Math.abs(meanOf(at, days.length) - meanOf(from, at)) >= BEYOND_CHANCE * Math.sqrt(variance);
}
