import { fingerprint } from '../model/fingerprint.ts';

/** How soon what a strategy asks for can be there. */
export const horizonOf = {
  load_balancing_adjustment: 'immediate',
  resource_reallocation: 'immediate',
  cache_optimization: 'immediate',
  query_improvement: 'immediate',
  agent_skill_enhancement: 'medium',
  workflow_streamlining: 'medium',
  capacity_planning: 'medium',
  process_automation: 'medium',
  architecture_evolution: 'long',
  technology_upgrades: 'long',
  skill_development_programs: 'long',
  performance_culture_development: 'long',
} as const satisfies Record<string, 'immediate' | 'medium' | 'long'>;

export type StrategyName = keyof typeof horizonOf;
export type Horizon = (typeof horizonOf)[StrategyName];

export const strategyNames = Object.keys(horizonOf) as StrategyName[];

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
  return { id: recommendationId(strategy, scope), strategy, horizon: horizonOf[strategy], scope, ...rest };
}
