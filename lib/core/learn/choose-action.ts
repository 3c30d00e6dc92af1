import type { Severity } from '../alert/alert.ts';
import type { EpochMs } from '../model/time.ts';
import type { ActionClass } from '../remediate/action-class.ts';
import type { Play } from '../remediate/playbook.ts';
import type { Beliefs } from './beliefs.ts';
import { chancesOfBeingBest, mixtureMean, mixtureVariance } from './beta-mixture.ts';
import { type GuardState, mayDiffer, mayExplore, type Stake } from './guard.ts';
import type { ImportTrust } from './import-trust.ts';
import { beliefIn } from './posterior.ts';

/**
 * Part of choices that are explored where exploring is allowed. Fallbacks teach what other actions do for nothing, so little is
 * to be gained by more; without any, no other policy could be judged from the log.
 */
const EXPLORED_CHOICES = 0.02;

export interface ChoiceInput {
  fault: string;
  pool: string;
  severity: Severity;
  /** What may be done in this incident, with shipped priors; at least one. */
  plays: readonly Play[];
  beliefs: Beliefs;
  guard: GuardState;
  nowMs: EpochMs;
  /** Uniform in [0, 1); called once. */
  random: () => number;
  trust?: ImportTrust;
}

export interface Choice {
  action: ActionClass;
  /** Every play, this one first: what to try next when one did not help. */
  order: ActionClass[];
  /** Whether it was chosen to learn from, not because it seemed best. */
  explored: boolean;
  /** How likely each play was to be chosen; the sum is 1. */
  propensities: Map<ActionClass, number>;
  /** For the guard: what the baseline policy's choice would earn, null where it is the same. */
  stake: Stake;
}

/**
 * Which action to try first: the one that most likely helps, as far as the guard lets it differ from the fixed baseline policy
 * (the highest shipped prior first). Now and then another, drawn as Thompson sampling would: as often as it is likely to be
 * the best. Never in a critical incident, never where the guard forbids it, and in at most {@link EXPLORED_CHOICES} of choices.
 * @throws RangeError without plays
 * @see Chapelle, Li: An Empirical Evaluation of Thompson Sampling, NIPS 2011
 */
export function chooseAction(input: ChoiceInput): Choice {
  const { plays, severity, guard, random } = input;
  if (plays.length === 0) throw new RangeError('there must be a play to choose from');
  const candidates = candidatesOf(input);
  const baseline = first(candidates, ({ prior }) => prior);
  const likeliest = first(candidates, ({ mean }) => mean);
  const mayFollow = likeliest === baseline || mayDiffer(guard, likeliest, baseline);
  const usual = mayFollow ? likeliest : baseline;
  const isFree = plays.length > 1 && severity !== 'critical' && mayExplore(guard);
  const chances = isFree ? exploring(candidates, usual) : candidates.map((of) => (of === usual ? 1 : 0));
  const chosen = draw(candidates, chances, random());
  const by = mayFollow ? ({ mean }: Candidate) => mean : ({ prior }: Candidate) => prior;
  const rest = candidates.filter((of) => of !== chosen).sort((a, b) => by(b) - by(a));
  return {
    action: chosen.kind,
    order: [chosen, ...rest].map(({ kind }) => kind),
    explored: chosen !== usual,
    propensities: new Map(candidates.map(({ kind }, i) => [kind, chances[i] as number])),
    stake: chosen === baseline ? null : { mean: baseline.mean, variance: baseline.variance },
  };
}

interface Candidate extends Play {
  mean: number;
  variance: number;
  belief: ReturnType<typeof beliefIn>;
}

function candidatesOf({ fault, pool, plays, beliefs, nowMs, trust }: ChoiceInput): Candidate[] {
  return plays.map(({ kind, prior }) => {
    const setting = { pool, nowMs, priorOf: () => prior, trust };
    const belief = beliefIn(beliefs, { fault, action: kind }, setting);
    return { kind, prior, belief, mean: mixtureMean(belief), variance: mixtureVariance(belief) };
  });
}

/** The first of the greatest. */
function first(candidates: readonly Candidate[], by: (of: Candidate) => number): Candidate {
  return candidates.reduce((best, of) => (by(of) > by(best) ? of : best));
}

/** Others than the usual choice share at most {@link EXPLORED_CHOICES}, each as it is likely to be the best. */
function exploring(candidates: readonly Candidate[], usual: Candidate): number[] {
  const best = chancesOfBeingBest(candidates.map(({ belief }) => belief));
  const others = 1 - (best[candidates.indexOf(usual)] as number);
  const kept = others > EXPLORED_CHOICES ? EXPLORED_CHOICES / others : 1;
  return candidates.map((of, i) => (of === usual ? 1 - others * kept : (best[i] as number) * kept));
}

function draw(candidates: readonly Candidate[], chances: readonly number[], uniform: number): Candidate {
  let below = 0;
  for (const [i, of] of candidates.entries()) {
    below += chances[i] as number;
    if (uniform < below) return of;
  }
  // Rounding may leave the sum a little under 1.
  return candidates[chances.findLastIndex((chance) => chance > 0)] as Candidate;
}
