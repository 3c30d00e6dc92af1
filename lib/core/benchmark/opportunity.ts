import type { RecommendationScope } from '../recommend/recommendation.ts';
import type { Estimate } from './benchmark.ts';

/** Where an opportunity comes from, the best evidence first: what was measured, weeks of work, hours of tasks, a window, a forecast, a part. */
export const opportunitySources = [
  'effects',
  'reviews',
  'recommendations',
  'bottlenecks',
  'plan',
  'efficiency',
] as const;
export type OpportunitySource = (typeof opportunitySources)[number];

/** `s/day`: of agent time, or of waiting; `ms`: of one task or workflow; `points`: of the efficiency score. */
export type OpportunityUnit = 's/day' | 'tasks/day' | 'usd/day' | 'ms' | 'ratio' | 'stars' | 'points';

/** Something that would make a fleet do better, and by how much. Plain JSON. */
export interface Opportunity {
  title: string;
  /** Above 0, with an interval of 90 %. */
  gain: Estimate;
  unit: OpportunityUnit;
  from: OpportunitySource;
  scope: RecommendationScope;
  because: string[];
  /** What kind of thing is done: two sources that would do the same to the same scope are one opportunity. */
  remedy: string;
}
