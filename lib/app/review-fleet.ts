import type { BenchmarkReport } from '../core/benchmark/benchmark-report.ts';
import { wasThere } from '../core/kpi/figures.ts';
import type { HistoryPoint } from '../core/kpi/history-point.ts';
import { metricSum } from '../core/kpi/metric-rollup.ts';
import { kpiIdsFor, kpiValue, kpiValues } from '../core/kpi/registry.ts';
import { fleetFiguresIn, taskTypeFiguresIn } from '../core/kpi/scope-figures.ts';
import { countTasks } from '../core/kpi/task-rollup.ts';
import { withDeparted } from '../core/model/forgotten-agent.ts';
import type { Roster } from '../core/model/roster.ts';
import { DAY_MINUTES, type EpochMs, MINUTE_MS, type Minute, minuteOf, startOfMinute } from '../core/model/time.ts';
import { forecastErrorMetric } from '../core/plan/forecast-error-metric.ts';
import { composeReview, HISTORY_WEEKS } from '../core/review/compose-review.ts';
import { coverageFacts } from '../core/review/coverage-facts.ts';
import { personnelNotes } from '../core/review/personnel-notes.ts';
import { reviewHtml } from '../core/review/review-html.ts';
import type { MeanError, ReviewInput } from '../core/review/review-input.ts';
import { reviewMarkdown } from '../core/review/review-markdown.ts';
import type { StoredReview } from '../core/review/stored-review.ts';
import { isoWeek, WEEK_MS, weekPeriod } from '../core/review/week.ts';
import type { AlertStore } from '../ports/alert-store.ts';
import type { BenchmarkStore } from '../ports/benchmark-store.ts';
import type { BudgetStore } from '../ports/budget-store.ts';
import type { DirectiveStore } from '../ports/directive-store.ts';
import type { Journal } from '../ports/journal.ts';
import type { LedgerStore } from '../ports/ledger-store.ts';
import type { NotificationLog } from '../ports/notifier.ts';
import type { RecommendationStore } from '../ports/recommendation-store.ts';
import type { ReviewPublisher } from '../ports/review-publisher.ts';
import type { ReviewStore } from '../ports/review-store.ts';
import { eachSystem } from './each-system.ts';
import { readBudgets } from './read-budgets.ts';
import { readLedger } from './read-ledger.ts';
import { readSeries, type SeriesDeps } from './read-series.ts';
import { readWindow } from './read-window.ts';

export interface ReviewDeps extends SeriesDeps {
  alerts: Pick<AlertStore, 'history'>;
  journal: Journal;
  ledger: LedgerStore;
  budgets: BudgetStore;
  directives: Pick<DirectiveStore, 'history'>;
  recommendations: Pick<RecommendationStore, 'list'>;
  benchmarkReports: Pick<BenchmarkStore, 'find'>;
  reviews: Pick<ReviewStore, 'save'>;
  publisher: ReviewPublisher;
  /** Which reviews were published. */
  sent: NotificationLog;
  /** Of the API, which requests in reviews begin with; / where readers know it. */
  publicUrl: string;
  nowMs: () => EpochMs;
}

/** What recurs is looked for in so many days. */
const ALERT_DAYS = 98;
const WEEK_MINUTES = 7 * DAY_MINUTES;
const AT_ONCE = 20;

export interface ReviewOutcome {
  system: string;
  week: string;
  status: 'nothing-known' | 'published';
}

/**
 * Reviews the week that ended before a moment, of every system that did anything in it.
 * @throws AggregateError when it failed for some systems, after all have had their turn
 */
export async function reviewFleets(deps: ReviewDeps, atMs: EpochMs): Promise<ReviewOutcome[]> {
  const week = isoWeek(atMs - WEEK_MS);
  return eachSystem(deps.fleet, (system) => reviewFleet(deps, system, week));
}

/**
 * Writes the review of a week, keeps it and tells its readers. Running it again writes it anew and tells nobody a second time.
 * @param week ISO 8601, a week that is over
 * @throws RangeError when it is none
 */
export async function reviewFleet(deps: ReviewDeps, system: string, week: string): Promise<ReviewOutcome> {
  const period = weekPeriod(week);
  if (!period) throw new RangeError(`week must be an ISO week such as 2026-W12; got ${week}`);
  const input = await load(deps, system, week, minuteOf(period.toMs));
  if (!input) return { system, week, status: 'nothing-known' };
  const review = composeReview(input);
  const { title } = review;
  const markdown = reviewMarkdown(review, deps.publicUrl);
  const stored: StoredReview = { week, title, madeAtMs: input.madeMs, markdown, html: reviewHtml(review, ''), review };
  await deps.reviews.save(system, stored);
  const id = `review#${system}#${week}`;
  if (!(await deps.sent.wasSent(id))) {
    await deps.publisher.publish({ system, week, title, markdown });
    await deps.sent.markSent(id, input.madeMs);
  }
  return { system, week, status: 'published' };
}

/** @returns null where nobody did anything in the week */
async function load(deps: ReviewDeps, system: string, week: string, to: Minute): Promise<ReviewInput | null> {
  const [from, madeMs] = [to - WEEK_MINUTES, deps.nowMs()];
  const [fromMs, toMs] = [startOfMinute(from), startOfMinute(to)];
  const alertsFromMs = toMs - ALERT_DAYS * DAY_MINUTES * MINUTE_MS;
  const [roster, forgotten, { tiles = null }] = await Promise.all([
    deps.fleet.roster(system),
    deps.fleet.forgotten(system, startOfMinute(from - WEEK_MINUTES)),
    deps.log.progress(system),
  ]);
  const entries = withDeparted(roster, forgotten);
  const tile = await readWindow(deps, system, { from, to }, entries, tiles);
  const figures = fleetFiguresIn(tile, entries);
  if (!wasThere(figures.fleet)) return null;
  const before = fleetFiguresIn(
    await readWindow(deps, system, { from: from - WEEK_MINUTES, to: from }, entries, tiles),
    entries,
  );
  const pools = [...figures.pools.keys()].sort();
  const scopes = ['fleet', ...pools.map((pool) => `pool:${pool}`)];
  const agents = [...figures.agents.keys()].sort().map((agent) => `agent:${agent}`);
  const reports = await reportsOf(deps, system, [...scopes, ...agents], toMs);
  const budgets = await deps.budgets.list(system);
  const [now, then, alerts, changes, directives, advice, ledger, minutes] = await Promise.all([
    readBudgets(deps, system, budgets, to),
    readBudgets(deps, system, budgets, from),
    deps.alerts.history(system, alertsFromMs, toMs),
    deps.fleet.changes(system, alertsFromMs, toMs),
    deps.directives.history(system, fromMs, toMs),
    deps.recommendations.list(system),
    readLedger(deps, system, { from, to }, madeMs),
    deps.metrics.read(system, 'fleet', 'minute', from, to),
  ]);
  const weekOf = (kind: 'fleet' | 'pool', of: typeof figures.fleet | undefined) => (of ? kpiValues(kind, of) : {});
  return {
    ...{ system, week, madeMs, alerts, alertsFromMs, changes, directives, ledger: ledger.total },
    kpis: [
      { scope: 'fleet', week: weekOf('fleet', figures.fleet), before: weekOf('fleet', before.fleet) },
      ...pools.map((pool) => ({
        scope: `pool:${pool}`,
        week: weekOf('pool', figures.pools.get(pool)),
        before: weekOf('pool', before.pools.get(pool)),
      })),
    ],
    trends: scopes.map((scope) => ({ scope, trends: reports.get(scope)?.performanceTrend ?? [] })),
    histories: await historiesOf(deps, system, to),
    budgets: now.map(({ budget, report }, i) => ({ budget, report, before: then[i]?.report ?? null })),
    advice: advice.map(({ record }) => record),
    forecasts: await forecastsOf(deps, system, scopes, to),
    coverage: coverageFacts(figures, taskTypeFiguresIn(tile), {
      entries: roster as Roster,
      budgets: budgets.map(({ budget }) => budget),
    }),
    minutesWithoutTasks: minutesWithout(minutes),
    personnel: personnelNotes(
      [...reports.values()].flatMap(({ review }) => review ?? []),
      toMs,
    ),
  };
}

/** As they were at the end of the week; of those that were compared then. */
async function reportsOf(
  { benchmarkReports }: ReviewDeps,
  system: string,
  scopes: readonly string[],
  toMs: EpochMs,
): Promise<Map<string, BenchmarkReport>> {
  const reports = new Map<string, BenchmarkReport>();
  for (let i = 0; i < scopes.length; i += AT_ONCE) {
    const some = scopes.slice(i, i + AT_ONCE);
    const found = await Promise.all(some.map((scope) => benchmarkReports.find(system, scope, toMs)));
    for (const report of found) if (report?.window.toMs === toMs) reports.set(report.scope, report);
  }
  return reports;
}

async function historiesOf(deps: ReviewDeps, system: string, to: Minute): Promise<ReviewInput['histories']> {
  const from = to - HISTORY_WEEKS * WEEK_MINUTES;
  const steps = await readSeries(deps, system, {
    ...{ scope: { kind: 'fleet' }, withPool: false, from, to, stepMinutes: DAY_MINUTES },
  });
  if (steps === null || steps === 'not-of-pools') return [];
  return kpiIdsFor('fleet').map((kpi) => ({
    ...{ scope: 'fleet', kpi },
    days: steps.map((figures) => ({ atMs: figures.fromMs, value: kpiValue(kpi, 'fleet', figures) })),
  }));
}

async function forecastsOf(
  { metrics }: ReviewDeps,
  system: string,
  scopes: readonly string[],
  to: Minute,
): Promise<ReviewInput['forecasts']> {
  const of = async (scope: string) => {
    const name = `metric:${forecastErrorMetric(scope)}`;
    const points = await metrics.read(system, name, 'hour', to - 2 * WEEK_MINUTES, to);
    const [before, week] = [0, 1].map((i) => {
      const first = to - (2 - i) * WEEK_MINUTES;
      return meanOf(points.filter(({ at }) => at >= first && at < first + WEEK_MINUTES));
    });
    return { scope, week: week ?? null, before: before ?? null };
  };
  const all = await Promise.all(scopes.map(of));
  return all.filter(({ week, before }) => week !== null || before !== null);
}

function meanOf(points: readonly HistoryPoint[]): MeanError | null {
  const values = points.flatMap(({ metric }) => (metric && metric.count > 0 ? [metricSum(metric) / metric.count] : []));
  if (values.length === 0) return null;
  return { mean: values.reduce((sum, value) => sum + Math.abs(value), 0) / values.length, n: values.length };
}

/** null where history by the minute is not kept any more. */
function minutesWithout(points: readonly HistoryPoint[]): number | null {
  if (points.length === 0) return null;
  const withTasks = points.filter(({ figures }) => figures && countTasks(figures.tasks.counters) > 0).length;
  return WEEK_MINUTES - withTasks;
}
