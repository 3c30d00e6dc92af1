import { type DailyIndex, type DayNoise, likelyNoises, mostLikelyStep, stepAt } from './day-noise.ts';

/** Where the newest level began, and where the one before it did: places among the days. */
export interface LevelShift {
  at: number;
  before: number;
}

/** What chance alone spreads the mean of some days by, at least. */
export type LeastVariance = (days: readonly number[]) => number;

/**
 * A step stands out from so many standard errors on. As many days can be the first of it, chance goes further than at a given one: 3.3
 * are passed in about 2 of 100 series without a step (Andrews, Econometrica 61, 1993, table I: 3.5 in 1 of 100, 3.0 in 5).
 */
const STANDS_OUT = 3.3;
/** Days that a level must have held. */
const LEAST_BEFORE = 10;
const LEAST_AFTER = 3;
/** A level that held for fewer days is nothing to compare with: then what lay before it counts as well. */
const LEAST_COMPARED = 14;

/**
 * The newest of the lasting changes of level: the step that stands out most is sought among all days, then among those since (binary
 * segmentation), until none stands out.
 * @param leastVariance of the mean of some days, by their numbers: days that were all alike so far may not stay so
 * @returns null where none does
 */
export function newestLevelShift(index: DailyIndex, leastVariance: LeastVariance): LevelShift | null {
  const starts = [0];
  for (;;) {
    const from = starts.at(-1) as number;
    const found = shiftIn(slice(index, from), leastVariance);
    if (found === null) break;
    starts.push(from + found);
  }
  const at = starts.at(-1) as number;
  if (at === 0) return null;
  const before = starts.at(-2) as number;
  return { at, before: at - before >= LEAST_COMPARED ? before : 0 };
}

function shiftIn(index: DailyIndex, leastVariance: LeastVariance): number | null {
  const n = index.days.length;
  const least = [LEAST_BEFORE, LEAST_AFTER] as const;
  // The noise is what is left beside the step; which step that is depends on the noise.
  let column = new Float64Array(n);
  let step = null;
  for (let round = 0; round < 3; round++) {
    const next = mostLikelyStep(index, mostLikely(likelyNoises(index, [column])), least);
    if (next === null || next.at === step?.at) break;
    step = next;
    column = new Float64Array(n).fill(1, step.at);
  }
  if (step === null) return null;
  const judged = stepAt(index, likelyNoises(index, [column]), step.at);
  if (Math.abs(judged.t) < STANDS_OUT) return null;
  const variance = leastVariance(index.days.slice(0, judged.at)) + leastVariance(index.days.slice(judged.at));
  return Math.abs(judged.size) >= STANDS_OUT * Math.sqrt(variance) ? judged.at : null;
}

function mostLikely(noises: readonly (DayNoise & { probability: number })[]): DayNoise {
  return noises.reduce((best, noise) => (noise.probability > best.probability ? noise : best));
}

function slice({ days, values, tasks }: DailyIndex, from: number): DailyIndex {
  return { days: days.slice(from), values: values.slice(from), tasks: tasks.slice(from) };
}
