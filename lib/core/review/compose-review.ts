import type { BenchmarkScope, KpiTrend } from '../benchmark/benchmark.ts';
import type { Kpi } from '../kpi/kpi.ts';
import { scopeName } from '../kpi/kpi-scope.ts';
import { nearestRank } from '../kpi/nearest-rank.ts';
import { kpiIds, kpis } from '../kpi/registry.ts';
import type { EpochMs } from '../model/time.ts';
import {
  type Figure,
  figureOf,
  PERCENTAGE_POINTS,
  type Query,
  type Statement,
  unknownFigure,
  type Words,
} from './figure.ts';
import { kpiWords } from './kpi-words.ts';
import { nextSteps } from './next-steps.ts';
import { recurringIncidents } from './recurring-incidents.ts';
import type {
  BudgetRow,
  CoverageRow,
  DataReport,
  ForecastRow,
  KpiHistory,
  KpiRow,
  Movement,
  Review,
} from './review.ts';
import type { CoverageFact, ReviewInput } from './review-input.ts';
import { moment, type Period, queries } from './review-queries.ts';
import { WEEK_MS, weekPeriod } from './week.ts';
import { reportActions } from './week-actions.ts';
import { reportAdvice } from './week-advice.ts';
import { recurringRow, reportIncidents } from './week-incidents.ts';

/** Weeks that the courses of KPIs show. */
export const HISTORY_WEEKS = 8;
const NAMED = 8;

/**
 * The review of a week. Every number in it is a figure with the request that gives it.
 * @throws RangeError when the week is none
 */
export function composeReview(input: ReviewInput): Review {
  const week = weekPeriod(input.week);
  if (!week) throw new RangeError(`week must be an ISO week such as 2026-W12; got ${input.week}`);
  const history: Period = { fromMs: input.alertsFromMs, toMs: week.toMs };
  const recurring = recurringIncidents({
    ...{ alerts: input.alerts, fromMs: input.alertsFromMs, nowMs: week.toMs },
    ...(input.changes && { changes: input.changes }),
  });
  const body: Omit<Review, 'summary' | 'next'> = {
    ...{ format: 'fleetpulse-review/1', system: input.system, week: input.week },
    title: `Review of ${input.system}, week ${input.week}`,
    ...{ from: moment(week.fromMs), to: moment(week.toMs), madeAt: moment(input.madeMs) },
    query: queries.review(input.week),
    kpis: kpiRows(input, week),
    budgets: input.budgets.map((budget) => budgetRow(budget, week)),
    histories: input.histories.map((it) => kpiHistory(it, week)),
    moved: input.trends.flatMap(({ scope, trends }) => trends.flatMap((trend) => movement(scope, trend, week.toMs))),
    incidents: reportIncidents(input.alerts, week),
    recurring: recurring.map((it) => recurringRow(it, history)),
    actions: reportActions(input.directives, week, input.madeMs),
    recommendations: reportAdvice(input.advice, week),
    forecast: input.forecasts.map((it) => forecastRow(it, week)),
    coverage: input.coverage.map((fact) => coverageRow(fact, week)),
    data: dataReport(input, week),
    personnel: input.personnel.map(({ scope, title, evidence, recommendation }) => {
      const own = queries.kpis(scope, week);
      return {
        ...{ scope, title },
        evidence: evidence.map(({ text, query }) => ({ words: [text], query: query ?? own })),
        recommendation: recommendation === null ? null : { words: [recommendation], query: own },
      };
    }),
  };
  return { ...body, summary: summary(body), next: nextSteps(body) };
}

function kpiRows({ kpis: scopes, trends }: ReviewInput, week: Period): KpiRow[] {
  const before = weekBefore(week);
  return scopes.flatMap(({ scope, ...values }) => {
    const its = trends.find((it) => it.scope === scope)?.trends ?? [];
    return kpiIds.flatMap((id) => {
      const [now, then] = [values.week[id], values.before[id]];
      if (!now || (now.value === null && (then?.value ?? null) === null)) return [];
      const trend = its.find(({ kpi }) => kpi === id);
      const benchmark = queries.benchmarks(scope, week.toMs);
      const { better, unit }: Kpi = kpis[id];
      const previous = queries.kpis(scope, before);
      return [
        {
          ...{ scope, kpi: id, better },
          week: figureOf(now, queries.kpis(scope, week)),
          before: then ? figureOf(then, previous) : unknownFigure(unit, previous, 'no data'),
          reference: trend
            ? figureOf(
                { value: trend.reference, unit: trend.unit, n: trend.n },
                benchmark,
                'performance_trend.reference',
              )
            : unknownFigure(unit, benchmark, 'not compared'),
          verdict: trend?.verdict ?? 'unknown',
        } satisfies KpiRow,
      ].map(withoutReferenceSample);
    });
  });
}

/** n of a trend counts the last days, not those before. */
function withoutReferenceSample(row: KpiRow): KpiRow {
  const { n: _, ...reference } = row.reference;
  return { ...row, reference };
}

function budgetRow({ budget, report, before }: ReviewInput['budgets'][number], week: Period): BudgetRow {
  const query = queries.budget(budget.name, week.toMs);
  const previous = queries.budget(budget.name, week.fromMs);
  const { unit } = report.remaining;
  const limit: Figure = { value: budget.limit, unit, query, ...(budget.limit === null && { reason: 'none is set' }) };
  return {
    ...{ name: budget.name, kpi: budget.kpi, scope: scopeName(budget.scope), owner: budget.owner },
    objective: budget.objective === null ? limit : { value: budget.objective, unit: 'ratio', query },
    remaining: figureOf(report.remaining, query),
    remainingBefore: before ? figureOf(before.remaining, previous) : unknownFigure(unit, previous, 'no data'),
    exhaustsAt: report.exhausts.atMs === null ? null : moment(report.exhausts.atMs),
  };
}

function kpiHistory({ scope, kpi, days }: ReviewInput['histories'][number], week: Period): KpiHistory {
  const period = { fromMs: week.toMs - HISTORY_WEEKS * WEEK_MS, toMs: week.toMs };
  const query = queries.series(kpi, scope, period, '1d');
  const known = days.flatMap(({ atMs, value }) => (atMs < week.fromMs && value.value !== null ? [value.value] : []));
  const { unit } = kpis[kpi];
  const end = (q: number): Figure => ({
    ...{ value: nearestRank(known, q), unit, n: known.length, query },
    how: `value of rank ceil(${q} n) of the days before the week`,
  });
  return {
    ...{ scope, kpi },
    days: days.map(({ atMs, value }) => ({ at: moment(atMs), value: figureOf(value, query) })),
    usual: known.length >= 7 ? { low: end(0.1), high: end(0.9) } : null,
  };
}

function movement(scope: BenchmarkScope, trend: KpiTrend, toMs: EpochMs): Movement[] {
  const { verdict, change, low, high } = trend;
  if ((verdict !== 'better' && verdict !== 'worse') || change === null || low === null || high === null) return [];
  const query = queries.benchmarks(scope, toMs);
  const unit = changeUnitOf(trend);
  const moved = (value: number, how: string): Figure => ({
    ...{ value, unit, n: trend.n, query, how: `performance_trend.${how}`, isChange: true },
  });
  const mix = trend.mixEffect === null ? null : moved(trend.mixEffect, 'mixEffect');
  const performance =
    trend.performanceEffect === null ? null : moved(trend.performanceEffect.value, 'performanceEffect.value');
  return [
    {
      ...{ scope, kpi: trend.kpi, verdict, mix, performance },
      ...{ change: moved(change, 'change'), low: moved(low, 'low'), high: moved(high, 'high') },
      since: trend.since ? moment(trend.since.atMs) : null,
      changes: (trend.since?.changes ?? []).map((text) => ({ words: [text], query })),
      why: { words: whyMoved(mix, performance, trend, moved), query },
    },
  ];
}

function changeUnitOf({ changeUnit, unit }: KpiTrend): string {
  if (changeUnit === 'ratio') return 'ratio';
  return unit === 'ratio' ? PERCENTAGE_POINTS : unit;
}

function whyMoved(
  mix: Figure | null,
  performance: Figure | null,
  { mix: parts }: KpiTrend,
  moved: (value: number, how: string) => Figure,
): Words {
  if (mix === null || performance === null) return ['work is not told apart for this KPI'];
  const isMix = Math.abs(mix.value ?? 0) > Math.abs(performance.value ?? 0);
  const [most] = Object.entries(parts ?? {}).sort(([, a], [, b]) => Math.abs(b) - Math.abs(a));
  const names: Readonly<Record<string, string>> = { taskTypes: 'task types', agents: 'agents', hours: 'hours' };
  const mostly =
    most && isMix
      ? [', most of it other ', names[most[0]] ?? most[0], ' (', moved(most[1], `mix.${most[0]}`), ')']
      : [];
  return isMix
    ? ['mainly other work: ', mix, ...mostly, '; the same work did ', performance]
    : ['mainly the same work done otherwise: ', performance, '; other work did ', mix];
}

function forecastRow({ scope, ...errors }: ReviewInput['forecasts'][number], week: Period): ForecastRow {
  const error = (given: ReviewInput['forecasts'][number]['week'], period: Period): Figure => {
    const query = queries.series('metric_value', `metric:forecast_error.${scope}`, period, '1h');
    return given
      ? { value: given.mean, unit: 'ratio', n: given.n, query, how: 'mean of the hours' }
      : unknownFigure('ratio', query, 'no forecast was kept beside what came');
  };
  return { scope, error: error(errors.week, week), errorBefore: error(errors.before, weekBefore(week)) };
}

function coverageRow({ gap, missing, of }: CoverageFact, week: Period): CoverageRow {
  const unit = gap === 'sla' ? 'task types' : gap === 'owner' || gap === 'budget' ? 'pools' : 'agents';
  const query = coverageQuery(gap, missing, week);
  return {
    ...{ gap, query, named: missing.slice(0, NAMED) },
    missing: { value: missing.length, unit, query, how: coverageHow[gap] },
    of: { value: of, unit, query, how: `${unit} counted` },
  };
}

const coverageHow = {
  heartbeat: 'agents counted without system_availability',
  owner: 'pools counted of which no agent has a team',
  cost: 'agents counted without cost_per_task that ended tasks',
  budget: 'pools counted that no budget is of',
  sla: 'task types counted whose points have n 0; this is the first of them',
} as const;

function coverageQuery(gap: CoverageFact['gap'], missing: readonly string[], week: Period): Query {
  if (gap === 'budget') return queries.budgets(week.toMs);
  if (gap !== 'sla') return queries.agents(week);
  const [first] = missing;
  const scope = first === undefined ? 'fleet' : `taskType:${first}`;
  return queries.series('service_level_agreement_compliance', scope, week, '1d');
}

function dataReport({ ledger, minutesWithoutTasks }: ReviewInput, week: Period): DataReport {
  const query = queries.ledger(week);
  const counted = (value: number, how?: string): Figure => ({ value, unit: 'events', query, ...(how && { how }) });
  const entries = (of: Readonly<Record<string, number>>) => Object.entries(of).sort(([, a], [, b]) => b - a);
  const minutes: Figure = {
    ...{ value: minutesWithoutTasks, unit: 'minutes' },
    query: queries.series('overall_throughput', 'fleet', week, '1m'),
    how: 'points counted whose n is 0',
  };
  return {
    received: ledger && counted(ledger.received),
    stored: ledger && counted(ledger.stored),
    duplicate: ledger && counted(ledger.duplicate),
    difference: ledger && counted(ledger.difference),
    rejected: entries(ledger?.rejected ?? {}).map(([code, count]) => ({ code, count: counted(count) })),
    ignored: entries(ledger?.ignored ?? {}).map(([reason, count]) => ({ reason, count: counted(count) })),
    minutesMissing: minutesWithoutTasks === null ? null : minutes,
  };
}

function summary({ moved, incidents, recurring, actions, query }: Omit<Review, 'summary' | 'next'>): Statement[] {
  const [worse, better] = (['worse', 'better'] as const).map((verdict) => moved.filter((it) => it.verdict === verdict));
  const [first] = recurring;
  const statements: Words[] = [
    ['Incidents: ', incidents.count, ', the week before ', incidents.countBefore, '.'],
    ...(worse?.length ? [['Worse: ', ...listed(worse), '.']] : []),
    ...(better?.length ? [['Better: ', ...listed(better), '.']] : []),
    ...(first ? [['Comes again: ', first.title, ', ', first.calendar.words, ', ', first.count, '.']] : []),
    ...((actions.issued.value ?? 0) > 0
      ? [
          [
            'Actions: ',
            actions.issued,
            ', of which helped ',
            actions.verdicts.helped,
            ' and harmed ',
            actions.verdicts.harmed,
            '.',
          ],
        ]
      : []),
  ];
  // A statement is of where its first figure is from.
  return statements.map((words) => ({ words, query: words.find((it) => typeof it !== 'string')?.query ?? query }));
}

function listed(moved: readonly Movement[]): (string | Figure)[] {
  return moved
    .slice(0, 3)
    .flatMap(({ kpi, scope, change }, i) => [
      ...(i > 0 ? ['; '] : []),
      `${kpiWords(kpi)}${scope === 'fleet' ? '' : ` of ${scope}`} `,
      change,
    ]);
}

function weekBefore({ fromMs }: Period): Period {
  return { fromMs: fromMs - WEEK_MS, toMs: fromMs };
}
