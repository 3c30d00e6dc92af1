import type { BottleneckReport } from '../bottleneck/bottleneck.ts';
import { wasThere } from '../kpi/figures.ts';
import { type KpiScope, scopeName } from '../kpi/kpi-scope.ts';
import { type FleetFigures, fleetFiguresIn, type ScopeFigures, taskTypeFiguresIn } from '../kpi/scope-figures.ts';
import { countTasks } from '../kpi/task-rollup.ts';
import type { Tile } from '../kpi/tile.ts';
import { poolOf, type Roster } from '../model/roster.ts';
import type { EpochMs } from '../model/time.ts';
import type { FleetPlan } from '../plan/fleet-plan.ts';
import type { Recommendation, RecommendationScope } from '../recommend/recommendation.ts';
import type { DirectiveRecord } from '../remediate/directive.ts';
import type { AgentReview } from '../review/agent-review.ts';
import type { PoolReview } from '../review/pool-review.ts';
import type { BenchmarkScope, KpiTrend } from './benchmark.ts';
import type { BenchmarkReport, Span } from './benchmark-report.ts';
import { type EfficiencyRating, efficiencyRating } from './efficiency-rating.ts';
import { improvementOpportunities, type RankedOpportunity, type Worth } from './improvement-opportunities.ts';
import type { BenchmarkEntry, IndustryDomain } from './industry/benchmark-entry.ts';
import type { Competitor } from './industry/competitor.ts';
import { industryPosition } from './industry/industry-position.ts';
import { measuredFigures, metricsOf } from './industry/measured-figures.ts';

/** Everything that comparisons are made from. */
export interface BenchmarkInput {
  nowMs: EpochMs;
  window: Span;
  reference: Span;
  trends: ReadonlyMap<BenchmarkScope, KpiTrend[]>;
  /** Everyone known, who departed too. */
  entries: Roster;
  /** What happened in the last days, and in those before: industry and rating are of these. */
  measured: Tile;
  before: Tile;
  domain: IndustryDomain | null;
  published: readonly BenchmarkEntry[];
  competitors: readonly Competitor[];
  agentReviews: readonly AgentReview[];
  poolReviews: readonly PoolReview[];
  bottlenecks: BottleneckReport | null;
  plan: Pick<FleetPlan, 'allocation' | 'recommendations'> | null;
  /** Those that are open. */
  recommendations: readonly Recommendation[];
  /** Directives of so many days. */
  directives: { records: readonly DirectiveRecord[]; days: number };
}

/** Compares the fleet, each pool, and each agent that did anything in the last days. */
export function benchmarkReports(input: BenchmarkInput): BenchmarkReport[] {
  const now = fleetFiguresIn(input.measured, input.entries);
  const before = fleetFiguresIn(input.before, input.entries);
  const agents = [...now.agents.keys()].filter((agent) => wasThere(now.agents.get(agent) as ScopeFigures));
  const scopes: KpiScope[] = [
    { kind: 'fleet' },
    ...[...now.pools.keys()].map((id): KpiScope => ({ kind: 'pool', id })),
    ...agents.map((id): KpiScope => ({ kind: 'agent', id })),
  ];
  const ratings = new Map(scopes.map((scope) => [scopeName(scope), ratingOf(scope, now, before)]));
  const opportunities = opportunitiesOf(input, now, scopes, ratings);
  const reviews = new Map<string, AgentReview | PoolReview>([
    ...input.poolReviews.map((review) => [`pool:${review.pool}`, review] as const),
    ...input.agentReviews.map((review) => [`agent:${review.agent}`, review] as const),
  ]);
  return scopes.map((scope): BenchmarkReport => {
    const name = scopeName(scope);
    const { window, reference } = input;
    return {
      ...{ scope: name, madeAtMs: input.nowMs, window, reference },
      ...standingOf(scope, figuresOf(scope, now) as ScopeFigures, input),
      performanceTrend: input.trends.get(name) ?? [],
      efficiencyRating: ratings.get(name) as EfficiencyRating,
      improvementOpportunities: opportunities.filter((opportunity) => isOf(scope, opportunity, input.entries)),
      review: reviews.get(name) ?? null,
    };
  });
}

type StandingInput = Pick<BenchmarkInput, 'nowMs' | 'entries' | 'measured' | 'domain' | 'published' | 'competitors'>;

/** What can be told of a scope before any day is complete. Plain JSON. */
export type ProvisionalStanding = Pick<BenchmarkReport, 'measured' | 'industryPosition' | 'efficiencyRating'>;

/**
 * Where one scope stands by what was measured of it so far, with no days before to compare with.
 * @returns null where it was not there
 */
export function provisionalStanding(scope: KpiScope, input: StandingInput): ProvisionalStanding | null {
  const figures = figuresOf(scope, fleetFiguresIn(input.measured, input.entries));
  if (!figures || !wasThere(figures)) return null;
  return { ...standingOf(scope, figures, input), efficiencyRating: efficiencyRating(figures, null) };
}

/** Beside what is published, and beside competitors. */
function standingOf(
  scope: KpiScope,
  figures: ScopeFigures,
  { nowMs, entries, measured, domain, published, competitors }: StandingInput,
): Pick<BenchmarkReport, 'measured' | 'industryPosition'> {
  const metrics = metricsOf(scope, measured.metrics.values(), (agent) => poolOf(entries.get(agent)));
  const { values, unmeasured } = measuredFigures(scope.kind, figures, metrics);
  return {
    measured: { fromMs: figures.fromMs, toMs: figures.toMs },
    industryPosition: industryPosition({ values, unmeasured, domain, entries: published, competitors }, nowMs),
  };
}

function figuresOf(scope: KpiScope, { fleet, pools, agents }: FleetFigures): ScopeFigures | undefined {
  if (scope.kind === 'fleet') return fleet;
  return (scope.kind === 'pool' ? pools : agents).get(scope.id);
}

function ratingOf(scope: KpiScope, now: FleetFigures, before: FleetFigures): EfficiencyRating {
  const was = figuresOf(scope, before);
  return efficiencyRating(figuresOf(scope, now) as ScopeFigures, was && wasThere(was) ? was : null);
}

function opportunitiesOf(
  { measured, bottlenecks, plan, recommendations, directives, agentReviews, poolReviews }: BenchmarkInput,
  now: FleetFigures,
  scopes: readonly KpiScope[],
  ratings: ReadonlyMap<string, EfficiencyRating>,
): RankedOpportunity[] {
  const efficiency = scopes
    .filter(({ kind }) => kind !== 'agent')
    .map((scope) => ({
      rating: ratings.get(scopeName(scope)) as EfficiencyRating,
      scope: scope.kind === 'pool' ? { pool: scope.id } : {},
      paidUsdPerDay: paidPerDay(figuresOf(scope, now) as ScopeFigures),
    }));
  const { duals = [] } = plan?.allocation ?? {};
  return improvementOpportunities(
    {
      ...{ bottlenecks, duals, planRecommendations: plan?.recommendations ?? [], recommendations },
      ...{ effects: directives, agentReviews, poolReviews, efficiency },
    },
    worthOf(now, measured),
  );
}

const DAY_MS = 86_400_000;
const NANO = 1e-9;

/** null where the hourly cost of agents is not known. */
function paidPerDay({ use, fromMs, toMs }: ScopeFigures): number | null {
  return use.rateMinutes > 0 ? (use.rateNanoUsd * NANO) / ((toMs - fromMs) / DAY_MS) : null;
}

function worthOf(now: FleetFigures, measured: Tile): Worth {
  const { use, tasks, fromMs, toMs } = now.fleet;
  const { completed, revenueMicroUsd, costNanoUsd, serviceUs, serviceCount } = tasks.counters;
  const days = (toMs - fromMs) / DAY_MS;
  const types = taskTypeFiguresIn(measured);
  const usd = revenueMicroUsd > 0 ? revenueMicroUsd * 1e-6 : costNanoUsd * NANO;
  return {
    usdPerTask: completed > 0 && usd > 0 ? usd / completed : null,
    usdPerAgentHour: use.rateMinutes > 0 ? (60 * use.rateNanoUsd * NANO) / use.rateMinutes : null,
    secondsPerTask: serviceCount > 0 ? (serviceUs * 1e-6) / serviceCount : null,
    perDay: (scope) => {
      const figures = ofScope(scope, now, types);
      return figures ? countTasks(figures.tasks.counters) / days : null;
    },
  };
}

/** Of tools, models and workflow types days of figures say nothing. */
function ofScope(
  { agent, taskType, pool, tool, model, workflowType }: RecommendationScope,
  { agents, pools, fleet }: FleetFigures,
  types: ReadonlyMap<string, ScopeFigures>,
): ScopeFigures | undefined {
  if (tool !== undefined || model !== undefined || workflowType !== undefined) return undefined;
  if (agent !== undefined) return agents.get(agent);
  if (taskType !== undefined) return types.get(taskType);
  return pool === undefined ? fleet : pools.get(pool);
}

/** To the fleet belongs all, to a pool what is its own or of its agents. */
function isOf(scope: KpiScope, { scope: of }: RankedOpportunity, entries: Roster): boolean {
  if (scope.kind === 'fleet') return true;
  if (scope.kind === 'agent') return of.agent === scope.id;
  return of.pool === scope.id || (of.agent !== undefined && poolOf(entries.get(of.agent)) === scope.id);
}
