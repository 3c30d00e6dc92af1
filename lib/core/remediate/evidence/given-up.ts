import type { OutcomesByType } from '../../detect/agent-outcomes.ts';

/**
 * Tasks that nobody waited for to the end, as failed ones; but of an agent that completes any they tell of what was before, or of
 * slowness, and count nothing.
 */
export function withGivenUp(outcomes: OutcomesByType): OutcomesByType {
  const completes = completedOf(outcomes) > 0;
  return new Map(
    [...outcomes].map(([type, it]) => [type, { ...it, failed: it.failed + (completes ? 0 : it.timeout) }]),
  );
}

/** Tasks of all types. */
export function completedOf(outcomes: OutcomesByType): number {
  return [...outcomes.values()].reduce((sum, { completed }) => sum + completed, 0);
}

/** Tasks of all types that nobody waited for to the end. */
export function givenUpOf(outcomes: OutcomesByType): number {
  return [...outcomes.values()].reduce((sum, { timeout }) => sum + timeout, 0);
}
