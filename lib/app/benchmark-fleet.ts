import type { BenchmarkReport, Span } from '../core/benchmark/benchmark-report.ts';
import { benchmarkReports } from '../core/benchmark/benchmark-reports.ts';
import { performanceTrends } from '../core/benchmark/performance-trend.ts';
import { withDeparted } from '../core/model/forgotten-agent.ts';
import type { Roster, RosterEntry } from '../core/model/roster.ts';
import { settingsOfPools } from '../core/model/settings-of-pools.ts';
import { DAY_MINUTES, type EpochMs, type Minute, startOfMinute } from '../core/model/time.ts';
import { agentReviews } from '../core/review/agent-review.ts';
import { CollectedWork } from '../core/review/collected-work.ts';
import { comparePeers } from '../core/review/compare-peers.ts';
import { poolReviews } from '../core/review/pool-review.ts';
import type { BenchmarkSettingsStore } from '../ports/benchmark-settings-store.ts';
import type { BenchmarkStore } from '../ports/benchmark-store.ts';
import type { DirectiveStore } from '../ports/directive-store.ts';
import type { FleetStore } from '../ports/fleet-store.ts';
import type { PlanStore } from '../ports/plan-store.ts';
import type { PoolSettingsStore } from '../ports/pool-settings-store.ts';
import type { RecommendationStore } from '../ports/recommendation-store.ts';
import type { WorkDayStore } from '../ports/work-day-store.ts';
import { type CloseWorkDaysDeps, closeWorkDays } from './close-work-days.ts';
import { eachSystem } from './each-system.ts';
import { readBenchmarkSettings } from './manage-benchmarks.ts';
import { readBottlenecks } from './read-bottlenecks.ts';
import type { JournalDeps } from './read-journal.ts';
import { readWindow, type WindowDeps } from './read-window.ts';

export interface BenchmarkDeps extends Omit<CloseWorkDaysDeps, 'rollups'>, WindowDeps, JournalDeps {
  fleet: FleetStore;
  plans: Pick<PlanStore, 'readPlan'>;
  poolSettings: Pick<PoolSettingsStore, 'list'>;
  recommendations: Pick<RecommendationStore, 'list'>;
  directives: Pick<DirectiveStore, 'history'>;
  benchmarks: BenchmarkSettingsStore;
  benchmarkReports: Pick<BenchmarkStore, 'save'>;
  workDays: WorkDayStore;
  nowMs: () => EpochMs;
}

const COMPARED_DAYS = 90;
/** The last days, which are compared with the others. */
const TREND_WINDOW_DAYS = 7;
/** What industry figures, the rating and the reviews of agents are of. */
const MEASURED_DAYS = 28;
/** What limits the fleet now is told by the last hour. */
const BOTTLENECK_MINUTES = 60;

export interface ComparisonOutcome {
  system: string;
  status: 'no-day-complete' | 'compared';
  scopes: number;
}

/** @throws AggregateError when it failed for some systems, after all have had their turn */
export async function benchmarkFleets(deps: BenchmarkDeps): Promise<ComparisonOutcome[]> {
  return eachSystem(deps.fleet, (system) => benchmarkFleet(deps, system));
}

/**
 * Sums up the days that are complete, compares the last of them with those before, with the industry and with peers, and saves what
 * comes out for the fleet, each pool and each agent. Running it again for the same day writes the same.
 */
export async function benchmarkFleet(deps: BenchmarkDeps, system: string): Promise<ComparisonOutcome> {
  const to = await closeWorkDays(deps, system);
  if (to === null) return { system, status: 'no-day-complete', scopes: 0 };
  const reports = await compare(deps, system, to);
  await deps.benchmarkReports.save(system, reports);
  return { system, status: 'compared', scopes: reports.length };
}

async function compare(deps: BenchmarkDeps, system: string, to: Minute): Promise<BenchmarkReport[]> {
  const nowMs = deps.nowMs();
  const [from, measuredFrom] = [to - COMPARED_DAYS * DAY_MINUTES, to - MEASURED_DAYS * DAY_MINUTES];
  const [roster, forgotten, changes, { tiles = null }] = await Promise.all([
    deps.fleet.roster(system),
    deps.fleet.forgotten(system, startOfMinute(from)),
    deps.fleet.changes(system, startOfMinute(from), startOfMinute(to)),
    deps.log.progress(system),
  ]);
  const entries = withDeparted(roster, forgotten);
  const days = () => deps.workDays.read(system, from, to);
  const trends = await performanceTrends(days, { today: to, changes });
  const reviews = await reviewWork(deps, system, { from: measuredFrom, to }, entries);
  const measured = await readWindow(deps, system, { from: measuredFrom, to }, entries, tiles);
  const before = await readWindow(deps, system, { from, to: measuredFrom }, entries, tiles);
  const [{ declared, inForce, competitors }, bottlenecks, plan, advice, records] = await Promise.all([
    readBenchmarkSettings(deps, system),
    readBottlenecks(deps, system, { from: to - BOTTLENECK_MINUTES, to }, nowMs),
    deps.plans.readPlan(system),
    deps.recommendations.list(system),
    deps.directives.history(system, startOfMinute(measuredFrom), nowMs),
  ]);
  return benchmarkReports({
    ...{ nowMs, trends, entries, measured, before, bottlenecks, plan, ...reviews },
    window: span(to - TREND_WINDOW_DAYS * DAY_MINUTES, to),
    reference: span(from, to - TREND_WINDOW_DAYS * DAY_MINUTES),
    ...{ domain: declared?.domain ?? null, published: inForce, competitors },
    recommendations: advice.flatMap(({ record }) =>
      record.state.status === 'proposed' ? [record.recommendation] : [],
    ),
    directives: { records, days: MEASURED_DAYS },
  });
}

async function reviewWork(
  { workDays, poolSettings }: BenchmarkDeps,
  system: string,
  { from, to }: { from: Minute; to: Minute },
  entries: Roster,
) {
  const work = new CollectedWork();
  for await (const day of workDays.read(system, from, to)) work.add(day);
  const compared = comparePeers(work);
  const settings = await poolSettings.list(system);
  const context = {
    skills: ofAgents(entries, ({ description }) => description?.skills),
    versions: ofAgents(entries, ({ description }) => description?.version),
    backupPools: new Map(
      [...settingsOfPools(entries, new Map(settings.map(({ pool, settings }) => [pool, settings])))].flatMap(
        ([pool, { backupPool }]) => (backupPool ? [[pool, backupPool] as const] : []),
      ),
    ),
  };
  return { agentReviews: agentReviews(compared, context), poolReviews: poolReviews(compared, context) };
}

/** What is told of agents, of those of whom it is. */
function ofAgents<Value>(entries: Roster, of: (entry: RosterEntry) => Value | undefined): Map<string, Value> {
  return new Map(
    [...entries].flatMap(([agent, entry]) => {
      const value = of(entry);
      return value === undefined ? [] : [[agent, value] as const];
    }),
  );
}

function span(from: Minute, to: Minute): Span {
  return { fromMs: startOfMinute(from), toMs: startOfMinute(to) };
}
