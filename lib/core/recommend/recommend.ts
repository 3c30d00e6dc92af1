import { type Recommendation, type StrategyName, strategyTraits } from './recommendation.ts';
import type { RecommendationContext } from './recommendation-context.ts';
import type { Strategy } from './strategy.ts';

export interface Recommended {
  /** What can be done soonest first, of those the surest. */
  recommendations: Recommendation[];
  /** Strategies that could not be evaluated, and why. */
  failed: { strategy: StrategyName; error: unknown }[];
}

const order = ['immediate', 'medium', 'long'];

/** Evaluates every strategy; one that fails does not keep the others from being told. */
export function recommend(context: RecommendationContext, strategies: Iterable<Strategy>): Recommended {
  const recommendations: Recommendation[] = [];
  const failed: Recommended['failed'] = [];
  for (const strategy of strategies) {
    try {
      recommendations.push(...strategy.evaluate(context));
    } catch (error) {
      failed.push({ strategy: strategy.name, error });
    }
  }
  recommendations.sort((a, b) => {
    const sooner =
      order.indexOf(strategyTraits[a.strategy].horizon) - order.indexOf(strategyTraits[b.strategy].horizon);
    return sooner || b.confidence - a.confidence || (a.id < b.id ? -1 : 1);
  });
  return { recommendations, failed };
}
