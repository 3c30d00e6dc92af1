import { type Arm, armKey, type PriorOf, shippedPrior } from './arm.ts';
import { type ArmBelief, learnTrial, newBelief } from './arm-belief.ts';
import type { Trial } from './trial.ts';

/** What a system has learned, by arm; an arm that is not there was never tried. */
export type Beliefs = ReadonlyMap<string, ArmBelief>;

export const noBeliefs: Beliefs = new Map();

/**
 * The beliefs after more trials, taken in the order of their moments: how they were handed over does not matter.
 * A trial that is learned twice counts twice.
 */
export function learn(beliefs: Beliefs, trials: readonly Trial[], priorOf: PriorOf = shippedPrior): Beliefs {
  const learned = new Map(beliefs);
  for (const trial of trials.toSorted(byMoment)) {
    const arm: Arm = { fault: trial.fault, action: trial.action };
    const before = learned.get(armKey(arm)) ?? newBelief(arm, trial.atMs);
    learned.set(armKey(arm), learnTrial(before, trial, priorOf(arm)));
  }
  return learned;
}

function byMoment(a: Trial, b: Trial): number {
  return a.atMs - b.atMs || compare(armKey(a), armKey(b)) || compare(a.pool, b.pool) || compare(a.outcome, b.outcome);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
