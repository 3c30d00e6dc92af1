import type { BenchmarkReport } from '../core/benchmark/benchmark-report.ts';
import type { ProvisionalStanding } from '../core/benchmark/benchmark-reports.ts';
import { scopeName } from '../core/kpi/kpi-scope.ts';
import { kpiIds } from '../core/kpi/registry.ts';
import type { EpochMs } from '../core/model/time.ts';
import type { Endpoint } from './endpoint.ts';
import { oneOf } from './field.ts';
import { listSchema, momentSchema, nullable, numberSchema, objectSchema, textSchema } from './json-schema.ts';
import { Problem } from './problem.ts';
import { momentField } from './query-parameters.ts';
import { scopeField } from './scope-field.ts';

const benchmarkScope = scopeField(['pool', 'agent'], 'fleet, pool:ID or agent:ID');
const spanSchema = objectSchema({ from: momentSchema, to: momentSchema });
const estimateSchema = {
  ...objectSchema({ value: numberSchema, low: numberSchema, high: numberSchema }),
  description: 'low and high: an interval of 90 %',
};

const trendSchema = objectSchema(
  {
    kpi: oneOf(kpiIds).schema,
    unit: textSchema,
    changeUnit: {
      ...oneOf(['ratio', 'points']).schema,
      description: 'ratio: of what it was, 0.05 is 5 % more; points: in the unit of the KPI',
    },
    value: { ...nullable(numberSchema), description: 'of the window' },
    reference: { ...nullable(numberSchema), description: 'of the days before' },
    n: numberSchema,
    change: nullable(numberSchema),
    low: nullable(numberSchema),
    high: nullable(numberSchema),
    mixEffect: { ...nullable(numberSchema), description: 'what came of other work; null where work is not told apart' },
    mix: nullable(objectSchema({ taskTypes: numberSchema, agents: numberSchema, hours: numberSchema })),
    performanceEffect: nullable(numberSchema),
    performance: {
      ...nullable(estimateSchema),
      description: 'what came of doing the same work differently: mixEffect and this add up to change',
    },
    perWeek: { ...nullable(estimateSchema), description: 'drift of the performance over all days' },
    verdict: oneOf(['better', 'worse', 'same', 'unknown']).schema,
  },
  { reason: textSchema, since: momentSchema, changes: listSchema(textSchema) },
);

export const benchmarkEndpoint = {
  method: 'GET',
  path: '/v1/benchmarks',
  scope: 'read',
  ofPools: true,
  summary:
    'How the fleet, a pool or an agent compares with its own last 90 days, with its industry and with competitors, and what would bring most; made each day at 02:13 UTC',
  parameters: { scope: benchmarkScope, at: momentField },
  answer: objectSchema(
    {
      scope: benchmarkScope.schema,
      madeAt: {
        ...nullable(momentSchema),
        description:
          'null before the first comparison: positions and rating are then provisional, of what is measured so far, and reason says so',
      },
      performance_trend: listSchema(trendSchema),
      industry_position: objectSchema({
        positions: listSchema({ type: 'object' }),
        notComparable: listSchema({ type: 'object' }),
        competitors: listSchema({ type: 'object' }),
      }),
      efficiency_rating: { type: 'object' },
      improvement_opportunities: listSchema({ type: 'object' }),
    },
    {
      window: {
        ...spanSchema,
        description: 'whose performance is compared; what is measured so far before the first comparison',
      },
      reference: spanSchema,
      measured: { ...spanSchema, description: 'of which industry positions, rating and review are' },
      review: {
        ...nullable({ type: 'object' }),
        description: 'of an agent or a pool: skills, strengths, weaknesses and training',
      },
      reason: textSchema,
    },
  ),
} as const satisfies Endpoint;

export function benchmarkAnswer(report: BenchmarkReport): Record<string, unknown> {
  const { scope, madeAtMs, window, reference } = report;
  return {
    ...{ scope, madeAt: iso(madeAtMs), window: spanAnswer(window), reference: spanAnswer(reference) },
    performance_trend: report.performanceTrend.map(({ performanceEffect, since, ...trend }) => ({
      ...trend,
      performanceEffect: performanceEffect?.value ?? null,
      performance: performanceEffect,
      ...(since && { since: iso(since.atMs), changes: since.changes }),
    })),
    industry_position: report.industryPosition,
    efficiency_rating: report.efficiencyRating,
    improvement_opportunities: report.improvementOpportunities,
    measured: spanAnswer(report.measured),
    review: report.review,
  };
}

/**
 * Before a scope was compared for the first time: where it stands by what is measured so far.
 * @param standing null where nothing is measured of it
 */
export function provisionalBenchmarkAnswer(
  scope: string,
  standing: ProvisionalStanding | null,
  nowMs: EpochMs,
): Record<string, unknown> {
  const next = `it is compared each day at 02:13 UTC, of days that are complete: the next time at ${iso(nextBenchmarkMs(nowMs))}`;
  const none = { scope, madeAt: null, performance_trend: [], improvement_opportunities: [] };
  if (standing === null) {
    return {
      ...none,
      industry_position: { positions: [], notComparable: [], competitors: [] },
      efficiency_rating: { value: null, parts: [] },
      reason: next,
    };
  }
  const { measured, industryPosition, efficiencyRating } = standing;
  const span = spanAnswer(measured);
  return {
    ...none,
    ...{ window: span, measured: span },
    industry_position: industryPosition,
    efficiency_rating: efficiencyRating,
    reason: `provisional, of ${inWords(measured)} that are measured so far, with nothing before to compare with; ${next}`,
  };
}

/** @example '19 minutes' */
function inWords({ fromMs, toMs }: BenchmarkReport['window']): string {
  const minutes = Math.round((toMs - fromMs) / MINUTE_MS);
  return minutes < 120 ? `${minutes} ${minutes === 1 ? 'minute' : 'minutes'}` : `${Math.floor(minutes / 60)} hours`;
}

/** When comparisons are made after a moment: see infra/stacks/reviews.ts. */
function nextBenchmarkMs(afterMs: EpochMs): EpochMs {
  const day = Math.floor((afterMs - AT_MS) / DAY_MS) + 1;
  return day * DAY_MS + AT_MS;
}

/** As reports are stored by. */
export function benchmarkScopeName(scope: { kind: 'fleet' } | { kind: 'pool' | 'agent'; id: string }): string {
  return scopeName(scope);
}

export function benchmarkNotOfPools(): Problem {
  return new Problem(
    403,
    'this key is restricted to pools, and the fleet is of all: ask with scope=pool:ID or agent:ID',
  );
}

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const AT_MS = (2 * 60 + 13) * MINUTE_MS;

function spanAnswer({ fromMs, toMs }: BenchmarkReport['window']) {
  return { from: iso(fromMs), to: iso(toMs) };
}

function iso(ms: EpochMs): string {
  return new Date(ms).toISOString();
}
