import { studentTail } from '../detect/student-tail.ts';
import type { Interval, Verdict } from './effect.ts';
import type { StepEffect } from './step-effect.ts';
import { studentQuantile95 } from './student-quantile.ts';

/** How far a figure moved, and how far chance may have moved it. */
export type Step = Pick<StepEffect, 'estimate' | 'standardError' | 'freedom'>;

/** Which way a figure was expected to go, said before it was done. */
export type Wanted = 'up' | 'down';

/**
 * How often chance may pass for what was said beforehand to come of it, and for harm. Most of it is left to what was expected,
 * because that is what was asked; harm that is plain is seen minutes earlier by the watch over what is in force. Together they leave
 * room to 7 % for how wrong the model is.
 */
export const HELPED_LEVEL = 0.045;
export const HARMED_LEVEL = 0.01;

export function stepVerdict(step: Step, wanted: Wanted): Exclude<Verdict, 'unmeasurable'> {
  const { estimate, standardError, freedom } = step;
  const benefit = benefitOf(step, wanted);
  if (benefit === 0 || !Number.isFinite(benefit) || Number.isNaN(standardError)) return 'no_effect';
  const chance = standardError > 0 ? studentTail(Math.abs(estimate) / standardError, freedom) : 0;
  if (benefit > 0) return chance < HELPED_LEVEL ? 'helped' : 'no_effect';
  return chance < HARMED_LEVEL ? 'harmed' : 'no_effect';
}

/** @param steps one, or several of which it is not known which one it was: then only what all of them say is said */
export function verdictOf(steps: readonly Step[], wanted: Wanted): Exclude<Verdict, 'unmeasurable'> {
  const [first, ...others] = new Set(steps.map((step) => stepVerdict(step, wanted)));
  return first !== undefined && others.length === 0 ? first : 'no_effect';
}

/** How likely it is that the figure moved the other way, 0..1: the most that any of the steps allows. */
export function harmProbability(steps: readonly Step[], wanted: Wanted): number {
  return Math.max(
    ...steps.map((step) => {
      const benefit = benefitOf(step, wanted);
      if (step.standardError > 0) return studentTail(benefit / step.standardError, step.freedom);
      return benefit < 0 ? 1 : 0;
    }),
  );
}

/** The 90 % interval that has those of all steps in it, and its middle. */
export function intervalOf(steps: readonly Step[]): Interval {
  const ends = steps.map(({ estimate, standardError, freedom }) => {
    const halfWidth = studentQuantile95(freedom) * standardError;
    return [estimate - halfWidth, estimate + halfWidth] as const;
  });
  const [low, high] = [Math.min(...ends.map(([end]) => end)), Math.max(...ends.map(([, end]) => end))];
  return { estimate: (low + high) / 2, low, high };
}

function benefitOf({ estimate }: Step, wanted: Wanted): number {
  return wanted === 'up' ? estimate : -estimate;
}
