import type { Verdict } from '../effect/effect.ts';
import { type EpochMs, startOfMinute } from '../model/time.ts';
import type { DirectiveRecord } from '../remediate/directive.ts';
import type { Arm } from './arm.ts';

export const trialOutcomes = ['helped', 'harmed', 'noEffect'] as const;
export type TrialOutcome = (typeof trialOutcomes)[number];

/** One action that was taken against a fault in a pool, and what it was measured to do. */
export interface Trial extends Arm {
  pool: string;
  outcome: TrialOutcome;
  /** When the outcome was known. */
  atMs: EpochMs;
  /** How likely this action was to be chosen when it was, above 0 and up to 1: what other ways to choose are judged by. */
  propensity: number;
  /** Whether it was chosen to learn from, not because it seemed best. */
  explored: boolean;
}

/**
 * What a directive teaches about the fault that it answered. One that harm took back did harm, whatever was measured of it.
 * @param fault id of the alert rule
 * @param chosen how it was chosen; without it, as the only possible choice
 * @returns null while it is not measured, and where nothing can be told of its effect
 */
export function trialOf(
  { directive }: DirectiveRecord,
  fault: string,
  { propensity, explored }: Pick<Trial, 'propensity' | 'explored'> = { propensity: 1, explored: false },
): Trial | null {
  const { kind, blastRadius, effect, ended } = directive;
  const of = { fault, action: kind, pool: blastRadius.pool, propensity, explored };
  const measured = effect.state === 'measured' && effect.verdict !== 'unmeasurable' ? effect : null;
  if (ended?.by === 'harm') return { ...of, outcome: 'harmed', atMs: ended.atMs };
  if (!measured) return null;
  return { ...of, outcome: outcomeOf(measured.verdict), atMs: startOfMinute(measured.to) };
}

export function outcomeOf(verdict: Exclude<Verdict, 'unmeasurable'>): TrialOutcome {
  return verdict === 'no_effect' ? 'noEffect' : verdict;
}
