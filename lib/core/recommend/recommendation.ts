import type { SuggestionKind } from '../alert/suggestion.ts';
import { fingerprint } from '../model/fingerprint.ts';

/**
 * Of each strategy how soon what it asks for can be there, and what it is good for: agents, money or work that is not needed
 * (`efficiency_opportunity`), or tasks that are done faster or better and a team that knows more.
 */
export const strategyTraits = {
  load_balancing_adjustment: { horizon: 'immediate', tellsOf: 'optimization_suggestion' },
  resource_reallocation: { horizon: 'immediate', tellsOf: 'optimization_suggestion' },
  cache_optimization: { horizon: 'immediate', tellsOf: 'efficiency_opportunity' },
  query_improvement: { horizon: 'immediate', tellsOf: 'optimization_suggestion' },
  agent_skill_enhancement: { horizon: 'medium', tellsOf: 'optimization_suggestion' },
  workflow_streamlining: { horizon: 'medium', tellsOf: 'efficiency_opportunity' },
  capacity_planning: { horizon: 'medium', tellsOf: 'efficiency_opportunity' },
  process_automation: { horizon: 'medium', tellsOf: 'optimization_suggestion' },
  architecture_evolution: { horizon: 'long', tellsOf: 'optimization_suggestion' },
  technology_upgrades: { horizon: 'long', tellsOf: 'optimization_suggestion' },
  skill_development_programs: { horizon: 'long', tellsOf: 'optimization_suggestion' },
  performance_culture_development: { horizon: 'long', tellsOf: 'optimization_suggestion' },
} as const satisfies Record<string, { horizon: 'immediate' | 'medium' | 'long'; tellsOf: SuggestionKind }>;

export type StrategyName = keyof typeof strategyTraits;
export type Horizon = (typeof strategyTraits)[StrategyName]['horizon'];

export const strategyNames = Object.keys(strategyTraits) as StrategyName[];

/** What a recommendation is about; nothing at all is the whole system. */
export interface RecommendationScope {
  pool?: string;
  /** The pool that gives, where agents move. */
  from?: string;
  agent?: string;
  taskType?: string;
  workflowType?: string;
  tool?: string;
  model?: string;
  version?: string;
  /** Which habit of the people: acknowledgement, adoption, ownership. */
  habit?: string;
}

export type GainUnit = 'ms' | 'tasks/min' | 'tasks/day' | 'agent-hours/day' | 'usd/day' | 'ratio';

/** What is to be had, above 0, with the ends of an interval of 90 %. */
export interface ExpectedGain {
  value: number;
  unit: GainUnit;
  low: number;
  high: number;
}

/** Something that would make a fleet do better, and by how much. Plain JSON. */
export interface Recommendation {
  /** The same as long as strategy and scope are. */
  id: string;
  strategy: StrategyName;
  horizon: Horizon;
  scope: RecommendationScope;
  title: string;
  evidence: string[];
  expectedGain: ExpectedGain;
  /** Probability, 0..1, that the gain is more than what the strategy finds worth telling. */
  confidence: number;
  /** What to do, in words. */
  action: string;
  /** Figures that the evidence rests on. */
  basis: Readonly<Record<string, number>>;
  /**
   * How what was gained is told afterwards: as the fall of a figure of the strategy (see Strategy.figure), times `scale`. `now` is
   * that figure as it was; null where only people can tell.
   */
  measure: { now: number; scale: number } | null;
}

/** @returns the strategy, and 16 hexadecimal digits that stand for the scope */
export function recommendationId(strategy: StrategyName, scope: RecommendationScope): string {
  const parts = Object.entries(scope)
    .filter(([, value]) => value !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return `${strategy}-${fingerprint(JSON.stringify(parts))}`;
}

/** With what follows from strategy and scope. */
export function recommendation(
  strategy: StrategyName,
  scope: RecommendationScope,
  rest: Omit<Recommendation, 'id' | 'strategy' | 'horizon' | 'scope'>,
): Recommendation {
  return { id: recommendationId(strategy, scope), strategy, horizon: strategyTraits[strategy].horizon, scope, ...rest };
}
