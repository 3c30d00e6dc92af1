import type { EpochMs } from '../model/time.ts';
import type { AdviceRecord } from './lifecycle.ts';
import type { Recommendation } from './recommendation.ts';

/** A recommendation that nobody has decided on yet, as far as it is needed to tell of it. Plain JSON. */
export interface OpenRecommendation
  extends Pick<
    Recommendation,
    'id' | 'strategy' | 'scope' | 'title' | 'evidence' | 'action' | 'expectedGain' | 'confidence' | 'basis'
  > {
  firstProposedMs: EpochMs;
  /** The last evaluation that came to it. */
  lastProposedMs: EpochMs;
}

/** @returns null for what is adopted, measured, dismissed or expired */
export function openRecommendation({
  recommendation,
  firstProposedMs,
  lastProposedMs,
  state,
}: AdviceRecord): OpenRecommendation | null {
  if (state.status !== 'proposed') return null;
  const { id, strategy, scope, title, evidence, action, expectedGain, confidence, basis } = recommendation;
  return {
    ...{ id, strategy, scope, title, evidence, action, expectedGain, confidence, basis },
    ...{ firstProposedMs, lastProposedMs },
  };
}
