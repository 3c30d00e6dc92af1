/**
 * What the guard of learning remembers of all first choices: what they earned, and what the fixed baseline policy would have
 * earned in their place. One that helped earns 1, any other 0.
 * @see Kazerouni et al.: Conservative Contextual Linear Bandits, 2017; Garcelon et al., arXiv 2002.03221
 */
export interface GuardState {
  /** Actions taken, fallbacks included, and those of them that were explored. */
  actions: number;
  explored: number;
  /** Earned by choices whose outcome is known. */
  own: number;
  /** Earned by the baseline: known where it would have chosen the same, else expected. */
  baseline: number;
  /** Variance of what was only expected. */
  variance: number;
}

/** A chance of success, as far as it is known. */
export interface Expected {
  mean: number;
  variance: number;
}

/** What a first choice puts at stake: null where the baseline chooses the same. */
export type Stake = Expected | null;

export const noHistory: GuardState = { actions: 0, explored: 0, own: 0, baseline: 0, variance: 0 };

/** Part of the baseline's reward that learning may cost. */
export const ALLOWED_LOSS = 0.1;
/** Standard deviations by which a bound is low. */
const CAUTION = 1;
/** Part of all actions that may be explored. */
export const MOST_EXPLORED = 0.05;

/**
 * Whether an action may be tried in place of the baseline's because it seems better: even at the low end of what is
 * known, all choices together stay above 1 - {@link ALLOWED_LOSS} of what the baseline would have earned.
 */
export function mayDiffer(guard: GuardState, own: Expected, baseline: Expected): boolean {
  const kept = 1 - ALLOWED_LOSS;
  const deviation = Math.sqrt(own.variance + kept ** 2 * (guard.variance + baseline.variance));
  return guard.own + own.mean - kept * (guard.baseline + baseline.mean) >= CAUTION * deviation;
}

/** Whether an action may be tried to learn from it: the same holds if it earns nothing and the baseline would have helped. */
export function mayExplore(guard: GuardState): boolean {
  if (guard.explored + 1 > MOST_EXPLORED * (guard.actions + 1)) return false;
  const kept = 1 - ALLOWED_LOSS;
  return guard.own - kept * (guard.baseline + 1) >= CAUTION * kept * Math.sqrt(guard.variance);
}

/** After a first choice: until its outcome is known it has earned nothing, and the baseline what is expected of it. */
export function afterChoice(guard: GuardState, { stake, explored }: { stake: Stake; explored: boolean }): GuardState {
  return {
    ...guard,
    actions: guard.actions + 1,
    explored: guard.explored + (explored ? 1 : 0),
    baseline: guard.baseline + (stake?.mean ?? 0),
    variance: guard.variance + (stake?.variance ?? 0),
  };
}

/** After an action that was tried because the one before it did not help: every policy would have gone on. */
export function afterFallback(guard: GuardState): GuardState {
  return { ...guard, actions: guard.actions + 1 };
}

/** After the outcome of a first choice. @param helped null: nothing can be told, so it counts on neither side */
export function afterOutcome(guard: GuardState, stake: Stake, helped: boolean | null): GuardState {
  if (helped === null) {
    if (!stake) return guard;
    const { mean, variance } = stake;
    return { ...guard, baseline: guard.baseline - mean, variance: Math.max(0, guard.variance - variance) };
  }
  const earned = helped ? 1 : 0;
  return { ...guard, own: guard.own + earned, baseline: guard.baseline + (stake ? 0 : earned) };
}
