import type { BottleneckReport } from '../bottleneck/bottleneck.ts';
import type { MarginalValue } from '../optimize/marginal-values.ts';
import type { PlanRecommendation } from '../plan/plan-recommendation.ts';
import type { Recommendation, RecommendationScope } from '../recommend/recommendation.ts';
import type { DirectiveRecord } from '../remediate/directive.ts';
import type { AgentReview } from '../review/agent-review.ts';
import type { PoolReview } from '../review/pool-review.ts';
import type { EfficiencyRating } from './efficiency-rating.ts';
import {
  ofBottlenecks,
  ofDuals,
  ofEffects,
  ofEfficiency,
  ofPlanRecommendations,
  ofRecommendations,
  ofReviews,
} from './gather-opportunities.ts';
import { type Opportunity, opportunitySources } from './opportunity.ts';

/** What is known of a fleet; what is absent says nothing. */
export interface OpportunityEvidence {
  bottlenecks?: BottleneckReport | null;
  /** Of the newest plan. */
  duals?: readonly MarginalValue[];
  planRecommendations?: readonly PlanRecommendation[];
  /** Those that are open. */
  recommendations?: readonly Recommendation[];
  /** Directives of so many days. */
  effects?: { records: readonly DirectiveRecord[]; days: number };
  agentReviews?: readonly AgentReview[];
  poolReviews?: readonly PoolReview[];
  efficiency?: readonly { rating: EfficiencyRating; scope: RecommendationScope; paidUsdPerDay: number | null }[];
}

/** What things are worth to the user; null where it is not known. */
export interface Worth {
  /** Revenue of a task that completes, else what a task costs. */
  usdPerTask: number | null;
  usdPerAgentHour: number | null;
  /** Mean service time. */
  secondsPerTask: number | null;
  /** Tasks of a scope a day, for a tool or a workflow type workflows. */
  perDay: (scope: RecommendationScope) => number | null;
}

export interface RankedOpportunity extends Opportunity {
  /** What they are ordered by; null where the gain is of neither money nor time nor tasks. */
  worth: { value: number; unit: 'usd/day' | 's/day' } | null;
  /** Others that would do the same to the same scope. */
  also: Pick<Opportunity, 'from' | 'title' | 'gain' | 'unit'>[];
}

/**
 * What would help most first. One order for all: in dollars a day where a task or an agent's hour has a price (a task is worth what it
 * brings, else what its service time costs; a second of waiting counts like a second of an agent), else in seconds a day of waiting or
 * agent time (a task is worth its service time). What has no worth in that currency (grades, ratings, points of a score, money where
 * time has no price) comes after, by its size within its unit.
 * Sources that would do the same to the same scope are one opportunity: the one with the best evidence is told, the others are named.
 */
export function improvementOpportunities(evidence: OpportunityEvidence, worth: Worth): RankedOpportunity[] {
  const all = [
    ...(evidence.effects ? ofEffects(evidence.effects.records, evidence.effects.days) : []),
    ...ofReviews(evidence.agentReviews ?? [], evidence.poolReviews ?? []),
    ...ofRecommendations(evidence.recommendations ?? [], worth.perDay),
    ...(evidence.bottlenecks ? ofBottlenecks(evidence.bottlenecks) : []),
    ...ofPlanRecommendations(evidence.planRecommendations ?? []),
    ...ofDuals(evidence.duals ?? []),
    ...(evidence.efficiency ?? []).flatMap(ofEfficiency),
  ];
  return joined(all.map((its) => ({ ...its, worth: worthOf(its, worth) }))).sort(byWorth);
}

type Valued = Omit<RankedOpportunity, 'also'>;

function joined(all: readonly Valued[]): RankedOpportunity[] {
  return [...Map.groupBy(all, keyOf).values()].map((same) => {
    const [best, ...others] = same.toSorted((a, b) => rankOf(a) - rankOf(b) || byWorth(a, b)) as [Valued, ...Valued[]];
    return { ...best, also: others.map(({ from, title, gain, unit }) => ({ from, title, gain, unit })) };
  });
}

function keyOf({ remedy, scope }: Opportunity): string {
  const parts = Object.entries(scope)
    .filter(([, value]) => value !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([remedy, parts]);
}

function rankOf({ from }: Opportunity): number {
  return opportunitySources.indexOf(from);
}

function worthOf({ gain, unit }: Opportunity, of: Worth): RankedOpportunity['worth'] {
  const usdPerSecond = of.usdPerAgentHour !== null ? of.usdPerAgentHour / 3_600 : perSecondOfTask(of);
  const usdPerTask =
    of.usdPerTask ?? (usdPerSecond !== null && of.secondsPerTask !== null ? usdPerSecond * of.secondsPerTask : null);
  const isPriced = usdPerSecond !== null || usdPerTask !== null;
  const rates: Partial<Record<Opportunity['unit'], number | null>> = isPriced
    ? { 'usd/day': 1, 's/day': usdPerSecond, 'tasks/day': usdPerTask }
    : { 's/day': 1, 'tasks/day': of.secondsPerTask };
  const rate = rates[unit] ?? null;
  return rate === null ? null : { value: gain.value * rate, unit: isPriced ? 'usd/day' : 's/day' };
}

/** Where only tasks have a price. */
function perSecondOfTask({ usdPerTask, secondsPerTask }: Worth): number | null {
  return usdPerTask !== null && secondsPerTask !== null && secondsPerTask > 0 ? usdPerTask / secondsPerTask : null;
}

/** Those without a worth in the common currency: money first. */
const UNITS: readonly Opportunity['unit'][] = ['usd/day', 'tasks/day', 's/day', 'ms', 'points', 'ratio', 'stars'];

function byWorth(a: Valued, b: Valued): number {
  if (a.worth && b.worth) return b.worth.value - a.worth.value || byTitle(a, b);
  if (a.worth || b.worth) return a.worth ? -1 : 1;
  return UNITS.indexOf(a.unit) - UNITS.indexOf(b.unit) || b.gain.value - a.gain.value || byTitle(a, b);
}

function byTitle(a: Valued, b: Valued): number {
  return a.title < b.title ? -1 : a.title > b.title ? 1 : 0;
}
