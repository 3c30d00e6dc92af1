import type { Recommendation, RecommendationScope, StrategyName } from './recommendation.ts';
import type { RecommendationContext } from './recommendation-context.ts';

/** One of the twelve ways to do better. */
export interface Strategy {
  name: StrategyName;
  /** Its evidence rule: what it recommends, where the rule holds. */
  evaluate(context: RecommendationContext): Recommendation[];
  /**
   * The figure whose fall is the gain, of what is in the context now; null where too little is known. Evaluated hour by hour it tells
   * what an adopted recommendation has achieved.
   */
  figure(context: RecommendationContext, scope: RecommendationScope): number | null;
}
