import { type DayLuck, factorVariance } from './day-luck.ts';
import { type ReviewMeasure, reviewMeasures } from './review-measure.ts';
import type { StandardAgent, StandardWork } from './standard-work.ts';

/** What agents of one pool differ by though nothing is wrong with any, as a part of the margin. */
const USUAL_SPREAD = 1 / 3;
/** A median of normal values is known as well as a mean of so many fewer. */
const MEDIAN_LOSS = Math.PI / 2;

/** One agent at one type, on the scale on which it is compared: logarithms relative to the mean of all, or the measure's unit. */
export interface Cell {
  agent: StandardAgent;
  work: StandardWork;
  at: number;
  variance: number;
  freedom: number;
}

export function cellOf(agent: StandardAgent, work: StandardWork, luck: DayLuck): Cell {
  const { variance, freedom } = factorVariance(agent, luck.task(work), luck);
  if (reviewMeasures[work.measure].comparedBy === 'ratio') {
    // Of an agent whose tasks took no time at all there is no logarithm.
    return { agent, work, at: Math.log(Math.max(agent.factor, 1e-6)), variance, freedom };
  }
  const at = agent.factor * work.mean;
  return { agent, work, at, variance: Math.max(at, work.mean / 2) ** 2 * variance, freedom };
}

/** Median, each as heavy as it is known, so that one that is looked for does not move what is usual. */
export function middleOf(cells: readonly Cell[], spread: number): { at: number; variance: number } {
  const sorted = cells.map(({ at, variance }) => ({ at, weight: 1 / (variance + spread) })).sort((a, b) => a.at - b.at);
  const total = sorted.reduce((sum, { weight }) => sum + weight, 0);
  let before = 0;
  let last: { at: number; middle: number } | null = null;
  let at = sorted.at(-1)?.at ?? 0;
  for (const its of sorted) {
    const middle = before + its.weight / 2;
    if (middle >= total / 2) {
      at = last === null ? its.at : last.at + ((its.at - last.at) * (total / 2 - last.middle)) / (middle - last.middle);
      break;
    }
    last = { at: its.at, middle };
    before += its.weight;
  }
  return { at, variance: MEDIAN_LOSS / total };
}

export function scaledMargin({ comparedBy, margin }: ReviewMeasure): number {
  return comparedBy === 'ratio' ? Math.log(margin) : margin;
}

/** Variance of what agents differ by though nothing is wrong with any. */
export function usualVariance(measure: ReviewMeasure): number {
  return (USUAL_SPREAD * scaledMargin(measure)) ** 2;
}
