import type { Effect } from './effect.ts';
import { effectWorth } from './effect-worth.ts';
import type { MeasuredFigure } from './kpi-minute.ts';
import type { ShiftOutcome } from './measure-shift.ts';
import { harmProbability, intervalOf, verdictOf, type Wanted } from './step-verdict.ts';

export type MeasuredEffect = Extract<Effect, { state: 'measured' }>;

/**
 * What is told of an outcome: verdict, interval and worth.
 * @param measured the minutes [from, to); how any figure of the pool moved in them tells the worth
 */
export function measuredEffect(
  outcome: ShiftOutcome,
  wanted: Wanted,
  { from, to, measure }: { from: number; to: number; measure: (figure: MeasuredFigure) => ShiftOutcome },
): MeasuredEffect {
  if (outcome.status === 'unmeasurable') return nothingToTell(outcome.reason);
  const { steps, unit, n, evidence } = outcome;
  return {
    ...{ state: 'measured', verdict: verdictOf(steps, wanted), from, to, ...intervalOf(steps), unit },
    ...{ harmProbability: harmProbability(steps, wanted), worth: effectWorth(measure), n, evidence },
  };
}

export function nothingToTell(reason: string): MeasuredEffect {
  return { state: 'measured', verdict: 'unmeasurable', reason };
}
