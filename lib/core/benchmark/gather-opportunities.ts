import type { Bottleneck, BottleneckReport } from '../bottleneck/bottleneck.ts';
import { studentQuantile95 } from '../effect/student-quantile.ts';
import { TARGET_UTILIZATION } from '../kpi/resource-utilization.ts';
import type { MarginalValue } from '../optimize/marginal-values.ts';
import type { PlanRecommendation } from '../plan/plan-recommendation.ts';
import type { Recommendation, RecommendationScope } from '../recommend/recommendation.ts';
import { percent } from '../recommend/words.ts';
import type { DirectiveRecord } from '../remediate/directive.ts';
import type { AgentReview } from '../review/agent-review.ts';
import type { PoolReview } from '../review/pool-review.ts';
import type { TrainingAdvice } from '../review/training.ts';
import type { Estimate } from './benchmark.ts';
import type { EfficiencyRating } from './efficiency-rating.ts';
import type { Opportunity, OpportunityUnit } from './opportunity.ts';

const DAY_MINUTES = 1_440;
const DAY_HOURS = 24;
/** More of what is there already: whoever proposes it proposes the same. */
const CAPACITY = 'capacity';
/** Of what only one agent can do, what is lost by that: it is taken to be away one day in twenty. */
const AWAY_SHARE = 0.05;
const AWAY = 'What is at stake is counted for one day in twenty, as if the agent were away then.';

/** What a bottleneck costs in waiting, or where jobs pile up in jobs that are not done. */
export function ofBottlenecks({ bottlenecks, system, flows }: BottleneckReport): Opportunity[] {
  const growth = new Map(flows.map(({ pool, backlogGrowthPerMin }) => [pool, backlogGrowthPerMin ?? 0]));
  return bottlenecks.flatMap((its): Opportunity[] => {
    const { kind, id, expectedGain, evidence } = its;
    if (expectedGain === null) return [];
    const isPool = kind === 'pool' && expectedGain.oneMoreAgent !== null;
    const relief = expectedGain.oneMoreAgent ?? expectedGain.demandHalved;
    const because = [
      ...evidence,
      isPool ? 'With one more agent like those it has.' : 'With half of the work it is asked for.',
    ];
    const title = isPool ? `Relieve pool ${id} with one more agent` : `Halve what ${kind} ${id} is asked for`;
    const scope = scopeOf(kind, id);
    const rest = { title, from: 'bottlenecks' as const, scope, because, remedy: isPool ? CAPACITY : 'demand' };
    const piling = growth.get(id) ?? 0;
    if (kind === 'pool' && piling > 0 && !system.isBalanced) {
      const perMin = Math.min(piling, Math.max(0, relief.boundPerMin - expectedGain.boundPerMin));
      const gain = { value: perMin * DAY_MINUTES, low: 0, high: piling * DAY_MINUTES };
      return perMin > 0 ? [{ ...rest, gain, unit: 'tasks/day' as const }] : [];
    }
    const waitS = waitingPerDay(its, system.throughputPerMin);
    if (!(waitS > 0)) return [];
    const value = waitS * (1 - waitLeft(its, isPool));
    return value > 0 ? [{ ...rest, gain: { value, low: value / 2, high: waitS }, unit: 's/day' as const }] : [];
  });
}

function waitingPerDay({ demandMs, waitShare }: Bottleneck, jobsPerMin: number): number {
  if (waitShare === null) return 0;
  const share = Math.min(0.99, waitShare);
  return ((demandMs * share) / (1 - share) / 1_000) * jobsPerMin * DAY_MINUTES;
}

/** Part of the waiting that stays once it is relieved: waits grow like u ÷ (1 − u) with the utilization. */
function waitLeft({ utilization, servers }: Bottleneck, isOneMore: boolean): number {
  const now = Math.min(0.99, utilization);
  const then = isOneMore ? (now * Math.max(1, servers ?? 1)) / (Math.max(1, servers ?? 1) + 1) : now / 2;
  return now > 0 ? then / (1 - then) / (now / (1 - now)) : 1;
}

function scopeOf(kind: Bottleneck['kind'], id: string): RecommendationScope {
  if (kind === 'pool') return { pool: id };
  if (kind === 'agent') return { agent: id };
  if (kind === 'tool') return { tool: id };
  const [what = '', ...name] = id.split(':');
  if (what === 'model') return { model: name.join(':') };
  return what === 'cpu' || what === 'memory' ? { pool: name.join(':') } : { tool: id };
}

/**
 * What one more agent would save, by the plan. The duals are slopes: the first part of an agent saves as much, the rest no more, so
 * the whole saves between nothing and that, and the middle is told.
 */
export function ofDuals(duals: readonly MarginalValue[]): Opportunity[] {
  return duals.flatMap(({ kind, pool, usdPerHour, words }): Opportunity[] => {
    if (kind !== 'agent' || pool === undefined || !(usdPerHour < 0)) return [];
    const most = -usdPerHour * DAY_HOURS;
    return [
      {
        ...{
          title: `Relieve pool ${pool} with one more agent`,
          gain: { value: most / 2, low: 0, high: most },
          unit: 'usd/day' as const,
        },
        ...{ from: 'plan' as const, scope: { pool }, remedy: CAPACITY },
        because: [
          `By the plan for the coming hour ${words}, for a first part of an agent; a day is counted like that hour.`,
        ],
      },
    ];
  });
}

export function ofPlanRecommendations(recommendations: readonly PlanRecommendation[]): Opportunity[] {
  return recommendations.flatMap(({ strategy, pool, title, why, expectedGain, confidence }) => {
    const { tasksPerMin, usdPerHour } = expectedGain;
    const isMoney = usdPerHour !== null && usdPerHour > 0;
    const value = isMoney ? usdPerHour * DAY_HOURS : (tasksPerMin ?? 0) * DAY_MINUTES;
    if (!(value > 0)) return [];
    return {
      ...{ title, gain: { value, low: 0, high: value }, unit: isMoney ? ('usd/day' as const) : ('tasks/day' as const) },
      ...{ from: 'plan' as const, scope: pool === null ? {} : { pool } },
      // Fewer agents are another thing than more.
      remedy: strategy === 'capacity_planning' ? (isMoney ? 'fewer agents' : CAPACITY) : strategy,
      because: confidence === null ? why : [...why, `Probability ${percent(confidence)}.`],
    };
  });
}

/** @param perDay tasks of a scope a day, for a tool or a workflow type workflows; null where unknown */
export function ofRecommendations(
  recommendations: readonly Recommendation[],
  perDay: (scope: RecommendationScope) => number | null,
): Opportunity[] {
  return recommendations.map(({ strategy, scope, title, evidence, expectedGain: { value, low, high, unit } }) => {
    // How soon people acknowledge is no time of tasks.
    const often = unit === 'ms' && strategy !== 'performance_culture_development' ? perDay(scope) : null;
    const told: Record<typeof unit, [times: number, unit: OpportunityUnit]> = {
      ms: often === null ? [1, 'ms'] : [often / 1_000, 's/day'],
      'tasks/min': [DAY_MINUTES, 'tasks/day'],
      'tasks/day': [1, 'tasks/day'],
      'agent-hours/day': [3_600, 's/day'],
      'usd/day': [1, 'usd/day'],
      ratio: [1, 'ratio'],
    };
    const [times, as] = told[unit];
    const isAtStake = strategy === 'skill_development_programs';
    return {
      ...{
        title,
        gain: scaled({ value, low, high }, isAtStake ? AWAY_SHARE * times : times),
        unit: as,
        from: 'recommendations' as const,
        scope,
      },
      ...{
        because: isAtStake ? [...evidence, AWAY] : evidence,
        remedy: strategy === 'capacity_planning' ? CAPACITY : strategy,
      },
    };
  });
}

export function ofReviews(agents: readonly AgentReview[], pools: readonly PoolReview[]): Opportunity[] {
  return [...agents, ...pools].flatMap(({ training }) => training.map(ofTraining));
}

function ofTraining({ strategy, pool, agent, taskType, title, gain, because, isAtStake }: TrainingAdvice): Opportunity {
  const { unit, ...estimate } = gain;
  const scope = agent === undefined ? { pool, taskType } : { pool, taskType, agent };
  const rest = { title, unit, from: 'reviews' as const, scope, remedy: strategy };
  return isAtStake
    ? { ...rest, gain: scaled(estimate, AWAY_SHARE), because: [...because, AWAY] }
    : { ...rest, gain: estimate, because };
}

/** Fewer measured effects tell no mean. */
const LEAST_EFFECTS = 5;

/** Directives that wait for people and run out, though what those achieved that were in force is known. */
export function ofEffects(records: readonly DirectiveRecord[], days: number): Opportunity[] {
  const byKind = Map.groupBy(records, ({ directive }) => JSON.stringify([directive.kind, directive.blastRadius.pool]));
  return [...byKind.values()].flatMap((its) => {
    const { kind, blastRadius } = (its[0] as DirectiveRecord).directive;
    const missed = its.filter(({ directive, rejected }) => {
      return (
        directive.mode !== 'auto' &&
        directive.inForceMs === null &&
        directive.ended?.how === 'expired' &&
        rejected === null
      );
    });
    const saved = its.flatMap(({ directive: { effect } }) => {
      return effect.state === 'measured' && effect.verdict !== 'unmeasurable'
        ? (effect.worth?.tasksSaved?.estimate ?? [])
        : [];
    });
    if (missed.length === 0 || saved.length < LEAST_EFFECTS) return [];
    const perDay = scaled(meanOf(saved), missed.length / days);
    if (!(perDay.low > 0)) return [];
    const { pool } = blastRadius;
    return {
      ...{
        title: `Let ${kind} directives of pool ${pool} act without waiting for a person`,
        gain: perDay,
        unit: 'tasks/day' as const,
      },
      ...{ from: 'effects' as const, scope: { pool }, remedy: `automatic ${kind}` },
      because: [
        `${saved.length} that were in force saved ${(saved.reduce((a, b) => a + b, 0) / saved.length).toFixed(1)} tasks each, as measured; ${missed.length} in ${days} days ran out before anybody approved them.`,
      ],
    };
  });
}

function meanOf(values: readonly number[]): Estimate {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const reach = studentQuantile95(values.length - 1) * Math.sqrt(squares / (values.length - 1) / values.length);
  return { value: mean, low: mean - reach, high: mean + reach };
}

/** Parts of the score that cost less are not told. */
const LEAST_POINTS = 5;

/**
 * Parts of the score that cost much. Slots that are idle beyond what is held ready have a price where what is paid for is known; the
 * other parts are told in points.
 * @param paidUsdPerDay of agents; null where unknown
 */
export function ofEfficiency({
  rating,
  scope,
  paidUsdPerDay,
}: {
  rating: EfficiencyRating;
  scope: RecommendationScope;
  paidUsdPerDay: number | null;
}): Opportunity[] {
  const of = scope.agent ? `agent ${scope.agent}` : scope.pool ? `pool ${scope.pool}` : 'the fleet';
  return rating.parts.flatMap(({ part, value, lost, words }) => {
    if (value === null || lost < LEAST_POINTS) return [];
    const rest = { from: 'efficiency' as const, scope, because: [words] };
    if (part !== 'utilization') {
      const title = `Raise ${partWords[part] ?? part} of ${of}`;
      return {
        ...rest,
        title,
        gain: { value: lost, low: 0, high: lost },
        unit: 'points' as const,
        remedy: `efficiency ${part}`,
      };
    }
    if (value >= TARGET_UTILIZATION) return [];
    const title = `Pay for fewer idle slots of ${of}: ${percent(value)} are at work`;
    const remedy = 'fewer agents';
    if (paidUsdPerDay === null) {
      return { ...rest, title, gain: { value: lost, low: 0, high: lost }, unit: 'points' as const, remedy };
    }
    const most = paidUsdPerDay * (1 - value / TARGET_UTILIZATION);
    const because = [
      words,
      `At ${percent(TARGET_UTILIZATION)} of slots at work the same would be done for less; peaks may need more.`,
    ];
    return { ...rest, because, title, gain: { value: most / 2, low: 0, high: most }, unit: 'usd/day' as const, remedy };
  });
}

const partWords: Readonly<Record<string, string>> = {
  inSlo: 'the share of work completed within its limit',
  speed: 'the speed',
  quality: 'the quality',
  cost: 'the cost efficiency',
};

function scaled({ value, low, high }: Estimate, times: number): Estimate {
  return { value: value * times, low: low * times, high: high * times };
}
