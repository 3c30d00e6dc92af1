import type { Reading } from '../../../lib/core/detect/series/detector.ts';

/** Of a detector that has one figure for a point, and wakes someone whenever it is high. @param score 0..1 */
export function plainReading(score: number): Reading {
  return { score, alarm: score, expected: null, low: null, high: null, view: null, onsetMs: null, direction: null };
}

/** Brings a figure of 0 or more to 0..1, in the same order. @param half what becomes 0.5 */
export function squashed(figure: number, half: number): number {
  return figure === Number.POSITIVE_INFINITY ? 1 : figure / (figure + half);
}
