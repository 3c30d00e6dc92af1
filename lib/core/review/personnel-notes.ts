import type { BenchmarkScope } from '../benchmark/benchmark.ts';
import type { EpochMs } from '../model/time.ts';
import type { AgentReview } from './agent-review.ts';
import type { PoolReview } from './pool-review.ts';
import type { PersonnelNote } from './review-input.ts';
import { queries } from './review-queries.ts';

/** More would not be read. */
const MOST_NOTES = 20;

/**
 * What a weekly review tells of agents and pools: of those with a weakness or something to learn first, then of those with a strength.
 * @param toMs the end of the days that they were reviewed by
 */
export function personnelNotes(reviews: readonly (AgentReview | PoolReview)[], toMs: EpochMs): PersonnelNote[] {
  return reviews
    .filter(({ strengths, weaknesses, training }) => strengths.length + weaknesses.length + training.length > 0)
    .toSorted((a, b) => b.training.length - a.training.length || b.weaknesses.length - a.weaknesses.length)
    .slice(0, MOST_NOTES)
    .map((review) => noteOf(review, toMs));
}

function noteOf(review: AgentReview | PoolReview, toMs: EpochMs): PersonnelNote {
  const { strengths, weaknesses, training } = review;
  const scope: BenchmarkScope = 'agent' in review ? `agent:${review.agent}` : `pool:${review.pool}`;
  const query = queries.benchmarks(scope, toMs);
  const [first] = training;
  return {
    scope,
    title: 'agent' in review ? `Agent ${review.agent} of pool ${review.pool}` : `Pool ${review.pool}`,
    evidence: [
      ...weaknesses.map(({ words }) => ({ text: `Weakness: ${words}`, query })),
      ...strengths.map(({ words }) => ({ text: `Strength: ${words}`, query })),
    ],
    recommendation: first?.title ?? null,
  };
}
