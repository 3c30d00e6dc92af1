import { studentTail } from '../detect/student-tail.ts';
import type { Verdict } from './effect.ts';
import type { StepEffect } from './step-effect.ts';

/**
 * How often chance may pass for what was said beforehand to come of it, and for harm: together at most one verdict in 16 is of
 * nothing. Most of it is left to what was expected, because that is what was asked; harm that is plain is seen minutes earlier by
 * the watch over what is in force.
 */
export const HELPED_LEVEL = 0.045;
export const HARMED_LEVEL = 0.015;

/** @param wanted which way the figure was expected to go, said before it was done */
export function stepVerdict(
  { estimate, standardError, freedom }: Pick<StepEffect, 'estimate' | 'standardError' | 'freedom'>,
  wanted: 'up' | 'down',
): Exclude<Verdict, 'unmeasurable'> {
  const benefit = wanted === 'up' ? estimate : -estimate;
  if (benefit === 0) return 'no_effect';
  const chance = standardError > 0 ? studentTail(Math.abs(benefit) / standardError, freedom) : 0;
  if (benefit > 0) return chance < HELPED_LEVEL ? 'helped' : 'no_effect';
  return chance < HARMED_LEVEL ? 'harmed' : 'no_effect';
}
