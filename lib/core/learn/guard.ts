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

/** What a first choice puts at stake: how likely the baseline's choice would help, 0..1; null where that is the same. */
export type Stake = number | null;

export const noHistory: GuardState = { actions: 0, explored: 0, own: 0, baseline: 0, variance: 0 };

/** Part of the baseline's reward that learning may cost. */
export const ALLOWED_LOSS = 0.1;
/** Standard deviations by which a bound is low: with 0.6, three of four outcomes are above it. */
const CAUTION = 0.6;
/** Part of all actions that may be explored. */
export const MOST_EXPLORED = 0.05;

/**
 * Whether an action may be tried in place of the baseline's because it seems better: even with less luck than usual, all
 * choices together earn 1 - {@link ALLOWED_LOSS} of what the baseline would have.
 * @param own how likely it helps, 0..1
 * @param baseline how likely the baseline's choice helps, 0..1
 */
export function mayDiffer(guard: GuardState, own: number, baseline: number): boolean {
  const kept = 1 - ALLOWED_LOSS;
  const deviation = Math.sqrt(varianceOf(own) + kept ** 2 * (guard.variance + varianceOf(baseline)));
  return guard.own + own - kept * (guard.baseline + baseline) >= CAUTION * deviation;
}

/** Of what earns 1 with this chance, else 0: that the chance itself is uncertain is in it already. */
function varianceOf(chance: number): number {
  return chance * (1 - chance);
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
    baseline: guard.baseline + (stake ?? 0),
    variance: guard.variance + varianceOf(stake ?? 0),
  };
}

/** After an action that was tried because the one before it did not help: every policy would have gone on. */
export function afterFallback(guard: GuardState): GuardState {
  return { ...guard, actions: guard.actions + 1 };
}

/** After the outcome of a first choice. @param helped null: nothing can be told, so it counts on neither side */
export function afterOutcome(guard: GuardState, stake: Stake, helped: boolean | null): GuardState {
  if (helped === null) {
    if (stake === null) return guard;
    const variance = Math.max(0, guard.variance - varianceOf(stake));
    return { ...guard, baseline: guard.baseline - stake, variance };
  }
  const earned = helped ? 1 : 0;
  return { ...guard, own: guard.own + earned, baseline: guard.baseline + (stake === null ? earned : 0) };
}
