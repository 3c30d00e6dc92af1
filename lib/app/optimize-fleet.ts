import { observeFleet } from '../core/bottleneck/observe-fleet.ts';
import { measureStations } from '../core/capacity/measure-stations.ts';
import { arrivalCvOf, measurePool, rosterByPool } from '../core/capacity/pool-work.ts';
import { quantilesOf } from '../core/capacity/workload-forecast.ts';
import type { Efficiency } from '../core/efficiency/agent-efficiency.ts';
import { SIGNS_LOOKBACK_MINUTES } from '../core/kpi/agent-figures.ts';
import type { ChunkColumns } from '../core/kpi/chunk-columns.ts';
import type { HistoryPoint, HistoryScope } from '../core/kpi/history-point.ts';
import { fleetFiguresIn } from '../core/kpi/scope-figures.ts';
import { countTasks } from '../core/kpi/task-rollup.ts';
import { tasksById } from '../core/kpi/task-table.ts';
import type { Tile } from '../core/kpi/tile.ts';
import { floorTo } from '../core/kpi/tile-progress.ts';
import { poolOf, type RosterEntry } from '../core/model/roster.ts';
import { DAY_MINUTES, type EpochMs, MINUTE_MS, type Minute, minuteOf, startOfMinute } from '../core/model/time.ts';
import type { LinearSolver } from '../core/optimize/linear-program.ts';
import {
  decidePlan,
  type FleetPlan,
  type PlanBasis,
  type PlanTrigger,
  type StoredClass,
} from '../core/plan/fleet-plan.ts';
import { fleetProblem } from '../core/plan/fleet-problem.ts';
import { accuracyAfter, errorsAfter } from '../core/plan/forecast-accuracy.ts';
import { forecastErrorPoints, withPoints } from '../core/plan/forecast-error-metric.ts';
import { type PlanObjectives, planObjectives } from '../core/plan/plan-objectives.ts';
import { poolEfficiency } from '../core/plan/pool-efficiency.ts';
import { type PoolOutlook, poolOutlook } from '../core/plan/pool-outlook.ts';
import { homePools, type RecentWork, recentWork } from '../core/plan/recent-work.ts';
import { rememberWork, type WorkMemory } from '../core/plan/work-memory.ts';
import { HISTORY_HOURS, type WorkloadHistory, workloadHistory, workloadMetric } from '../core/plan/workload-history.ts';
import { workloadLeads } from '../core/plan/workload-leads.ts';
import { forecastOf, forecastWorkload, type WorkloadOutlook } from '../core/plan/workload-outlook.ts';
import type { BudgetStore } from '../ports/budget-store.ts';
import type { MetricStore } from '../ports/metric-store.ts';
import type { PlanStore } from '../ports/plan-store.ts';
import { eachSystem } from './each-system.ts';
import { type FleetReport, type ReadDeps, readFleet } from './read-fleet.ts';
import { readWindow } from './read-window.ts';

export interface OptimizeDeps extends ReadDeps {
  metrics: MetricStore;
  plans: PlanStore;
  budgets: Pick<BudgetStore, 'list'>;
  solver: () => Promise<LinearSolver>;
  nowMs: () => EpochMs;
}

const HOUR_MINUTES = 60;
/** Forecasts are made for two days. */
const HORIZON_HOURS = 48;
/** What is there and what comes now is told by the last minutes. */
const NOW_MINUTES = 10;
const REPORTING_MINUTES = 2;
/** Above that of what is brought in: nobody else writes these. */
const ERRORS_VERSION = 1;
/** Task types are told apart up to so many, those of which most is done; beyond them they are forecast together in their pools. */
const MOST_TASK_TYPES = 50;
const MOST_POOLS = 200;
/** Scopes whose history is read at the same time. */
const SCOPES_AT_ONCE = 8;
/** Work is planned for what comes nine times in ten at most. */
const PLANNED_LEVEL = 0.9;

export type OptimizeOutcome =
  | {
      system: string;
      status: 'planned';
      trigger: PlanTrigger;
      outlooks: number;
      plan: FleetPlan['allocation']['status'];
    }
  | { system: string; status: 'nothing-known' | 'overtaken' };

/**
 * Forecasts the work of every system and plans for it. Running it again makes the same plan anew.
 * @throws AggregateError when it failed for some systems, after all have had their turn
 */
export async function optimizeFleets(deps: OptimizeDeps, trigger: PlanTrigger): Promise<OptimizeOutcome[]> {
  return eachSystem(deps.fleet, (system) => optimizeFleet(deps, system, trigger));
}

export async function optimizeFleet(
  deps: OptimizeDeps,
  system: string,
  trigger: PlanTrigger,
): Promise<OptimizeOutcome> {
  const loaded = await load(deps, system);
  if (!loaded) return { system, status: 'nothing-known' };
  const { outlooks, work, plan, errors } = decide(loaded, trigger, deps.nowMs(), await deps.solver());
  await saveErrors(deps, system, errors);
  await deps.plans.saveOutlooks(system, outlooks);
  await deps.plans.saveWork(system, work);
  if (!(await deps.plans.savePlan(system, plan))) return { system, status: 'overtaken' };
  return { system, status: 'planned', trigger, outlooks: outlooks.length, plan: plan.allocation.status };
}

interface Loaded {
  /** The minute after the last that is complete, an hour before or when the first agent came, and the start of the hour that `to` is in. */
  to: Minute;
  lately: Minute;
  hour: Minute;
  fleet: FleetReport;
  entries: ReadonlyMap<string, RosterEntry>;
  day: Tile;
  /** Of the last hour and some minutes before. */
  chunks: ChunkColumns[];
  histories: Map<HistoryScope, WorkloadHistory>;
  before: Map<HistoryScope, WorkloadOutlook>;
  work: WorkMemory | null;
  objectives: PlanObjectives;
}

async function load(deps: OptimizeDeps, system: string): Promise<Loaded | null> {
  const [roster, { doneThrough, tiles = null }] = await Promise.all([
    deps.fleet.roster(system),
    deps.log.progress(system),
  ]);
  if (doneThrough === null) return null;
  const to = doneThrough + 1;
  const entries = new Map([...roster].filter(([, { firstSeenMs }]) => firstSeenMs < startOfMinute(to)));
  if (entries.size === 0) return null;
  const [fleet, day, chunks, work, budgets] = await Promise.all([
    readFleet(deps, system, to - NOW_MINUTES, to),
    readWindow(deps, system, { from: to - DAY_MINUTES, to }, entries, tiles),
    deps.rollups.readColumns(system, to - HOUR_MINUTES - SIGNS_LOOKBACK_MINUTES, to - 1),
    deps.plans.readWork(system),
    deps.budgets.list(system),
  ]);
  const hour = floorTo(Math.min(to, tiles?.to ?? to), HOUR_MINUTES);
  const span = { from: hour - HISTORY_HOURS * HOUR_MINUTES, to: hour };
  const read = (scope: string) => deps.metrics.read(system, scope, 'hour', span.from, span.to);
  const ofFleet = await read('fleet');
  const scopes = ['fleet', ...poolScopes(fleet), ...taskTypeScopes(day)];
  const histories = new Map<HistoryScope, WorkloadHistory>();
  const before = new Map<HistoryScope, WorkloadOutlook>();
  const readScope = async (scope: string) => {
    const [own, imported, outlook] = await Promise.all([
      scope === 'fleet' ? ofFleet : read(scope),
      read(`metric:${workloadMetric(scope)}`),
      deps.plans.readOutlook(system, scope),
    ]);
    return { scope, history: workloadHistory(span, own, ofFleet, imported), outlook };
  };
  for (let i = 0; i < scopes.length; i += SCOPES_AT_ONCE) {
    for (const { scope, history, outlook } of await Promise.all(scopes.slice(i, i + SCOPES_AT_ONCE).map(readScope))) {
      histories.set(scope, history);
      if (outlook) before.set(scope, outlook);
    }
  }
  const first = Math.min(...[...entries.values()].map(({ firstSeenMs }) => minuteOf(firstSeenMs)));
  const lately = Math.min(Math.max(first, to - HOUR_MINUTES), to - 1);
  const objectives = planObjectives(budgets.map(({ budget }) => budget));
  return { to, lately, hour, fleet, entries, day, chunks, histories, before, work, objectives };
}

function poolScopes({ pools }: FleetReport): string[] {
  return pools.slice(0, MOST_POOLS).map(({ pool }) => `pool:${pool}`);
}

function taskTypeScopes({ taskTypes }: Tile): string[] {
  return [...tasksById(taskTypes)]
    .map(([type, { counters }]) => ({ type, tasks: countTasks(counters) }))
    .sort((a, b) => b.tasks - a.tasks || (a.type < b.type ? -1 : 1))
    .slice(0, MOST_TASK_TYPES)
    .map(({ type }) => `taskType:${type}`);
}

function decide(loaded: Loaded, trigger: PlanTrigger, nowMs: EpochMs, solver: LinearSolver) {
  const { to, lately, fleet, entries, chunks } = loaded;
  const atMs = startOfMinute(to);
  const recent = recentWork({ from: lately, to }, chunks, entries);
  const outlooks = outlooksOf(loaded, recent, nowMs);
  const work = rememberWork(loaded.work, chunks, to - 1);
  const efficiency = efficiencyOf(entries, work);
  const byScope = new Map(outlooks.map((outlook) => [outlook.scope, outlook]));
  const pools = poolOutlooks(loaded, recent, byScope, atMs);
  const classes = classesOf(loaded, recent, byScope, atMs);
  const homes = homePools(recent);
  const problem = fleetProblem({
    agents: fleet.agents
      .filter(({ state }) => state.state !== 'stopped' && state.state !== 'paused')
      .map(({ entry, state }) => ({ entry, isHealthy: state.state !== 'dead' && state.state !== 'hung' })),
    efficiency,
    demand: classes.map((its) => ({
      taskType: its.id,
      tasksPerMin: plannedPerMin(its),
      pool: homes.get(its.id) ?? null,
    })),
    shares: recent.shares,
    budgetUsdPerHour: loaded.objectives.budgetUsdPerHour,
  });
  const stretch = { from: lately, to, chunks, entries };
  const plan = decidePlan(
    {
      ...{ madeAtMs: nowMs, trigger, forMs: atMs, problem, pools, classes },
      basis: basisOf(fleet, recent),
      stations: measureStations(stretch, observeFleet(stretch)).map((station) => ({
        ...station,
        demands: [...station.demands],
      })),
    },
    solver,
  );
  return { outlooks, work, plan, errors: errorsOf(loaded) };
}

/** What a plan is made for: slots of agents that are there, and what comes. */
function basisOf({ pools }: FleetReport, { arrivals }: RecentWork): PlanBasis {
  const known = pools.flatMap(({ figures }) => measurePool(figures, NOW_MINUTES).slots ?? []);
  // Of the newest minutes not all has been reported: so the minute job looks at load, too.
  const counts = [...arrivals.values()].map((its) => its.slice(-NOW_MINUTES - REPORTING_MINUTES, -REPORTING_MINUTES));
  return {
    slots: known.length === 0 ? null : known.reduce((sum, slots) => sum + slots, 0),
    tasksPerMin: counts.flat().reduce((sum, count) => sum + count, 0) / NOW_MINUTES,
  };
}

function outlooksOf({ histories, before }: Loaded, recent: RecentWork, nowMs: EpochMs): WorkloadOutlook[] {
  const homes = homePools(recent);
  const leads = workloadLeads(histories);
  return [...histories].flatMap(([scope, history]) => {
    const home = scope.startsWith('taskType:') ? homes.get(scope.slice('taskType:'.length)) : undefined;
    const whole = scope === 'fleet' ? null : (histories.get(home === undefined ? 'fleet' : `pool:${home}`) ?? null);
    const outlook = forecastWorkload(scope, history, { whole, horizonHours: HORIZON_HOURS, nowMs });
    const made = before.get(scope);
    if (!outlook) return [];
    const its = leads.get(scope);
    return [
      {
        ...outlook,
        ...(made ? { accuracy: accuracyAfter(made, history) } : {}),
        ...(its ? { leads: its } : {}),
      },
    ];
  });
}

/** What was said before of the hours that have come, beside them: of the fleet and of pools. */
function errorsOf({ histories, before }: Loaded): HistoryPoint[] {
  return [...before].flatMap(([scope, made]) => {
    const history = histories.get(scope);
    if (!history || scope.startsWith('taskType:')) return [];
    return forecastErrorPoints(scope, errorsAfter(made, history));
  });
}

/** Hours of a day are stored together, so those that are there are written again with them. */
async function saveErrors({ metrics }: OptimizeDeps, system: string, errors: readonly HistoryPoint[]): Promise<void> {
  for (const [scope, added] of Map.groupBy(errors, (point) => point.scope)) {
    const days = added.map(({ at }) => floorTo(at, DAY_MINUTES));
    const stored = await metrics.read(system, scope, 'hour', Math.min(...days), Math.max(...days) + DAY_MINUTES);
    await metrics.write(system, 'hour', withPoints(stored, added), ERRORS_VERSION);
  }
}

function efficiencyOf(entries: ReadonlyMap<string, RosterEntry>, work: WorkMemory): Map<string, Efficiency[]> {
  const pools = Map.groupBy(entries.values(), poolOf);
  return new Map([...pools].map(([pool, members]) => [pool, poolEfficiency(members, work)]));
}

function poolOutlooks(
  { fleet, day, entries, objectives }: Loaded,
  { arrivals }: RecentWork,
  outlooks: ReadonlyMap<string, WorkloadOutlook>,
  atMs: EpochMs,
): PoolOutlook[] {
  const ofDay = fleetFiguresIn(day, entries).pools;
  const rosters = rosterByPool(entries.values());
  return fleet.pools.slice(0, MOST_POOLS).map(({ pool, figures }) => {
    const outlook = outlooks.get(`pool:${pool}`);
    return poolOutlook(
      pool,
      {
        day: measurePool(ofDay.get(pool) ?? figures, DAY_MINUTES),
        now: measurePool(figures, NOW_MINUTES),
        arrivalCv: arrivalCvOf(arrivals.get(pool) ?? []),
        slotsEach: rosters.get(pool)?.slotsPerAgent ?? null,
        objective: objectives.ofPool(pool),
        knownHours: outlook?.history.known ?? 0,
      },
      outlook ? forecastOf(outlook, atMs) : null,
      atMs,
    );
  });
}

/** What is to come by task type, all by the same steps; where hours tell nothing yet, what came in the last one goes on. */
function classesOf(
  { day, to }: Loaded,
  { shares }: RecentWork,
  outlooks: ReadonlyMap<string, WorkloadOutlook>,
  atMs: EpochMs,
): StoredClass[] {
  const now = Map.groupBy(shares, ({ taskType }) => taskType);
  const scopes = taskTypeScopes(day);
  // Outlooks are all of the same hours.
  const like = scopes.flatMap((scope) => outlooks.get(scope) ?? [])[0] ?? outlooks.get('fleet');
  const steps = like && forecastOf(like, atMs);
  const { startMs, stepMs, mean } =
    steps && steps.mean.length > 0
      ? steps
      : { startMs: startOfMinute(to), stepMs: HOUR_MINUTES * MINUTE_MS, mean: [0] };
  return scopes.map((scope): StoredClass => {
    const id = scope.slice('taskType:'.length);
    const nowPerMin = (now.get(id) ?? []).reduce((sum, { tasksPerMin }) => sum + tasksPerMin, 0);
    const outlook = outlooks.get(scope);
    if (!outlook) return { id, nowPerMin, startMs, stepMs, mean: mean.map(() => nowPerMin), quantiles: [] };
    const forecast = forecastOf(outlook, atMs);
    const quantiles = [...forecast.quantiles].map(([level, values]): [number, number[]] => [
      level,
      values.map(shorter),
    ]);
    return { id, nowPerMin, startMs, stepMs, mean: forecast.mean.map(shorter), quantiles };
  });
}

/** With as many digits as a forecast has: a plan is stored as one item. */
function shorter(value: number): number {
  return Number(value.toPrecision(6));
}

function plannedPerMin({ startMs, stepMs, mean, quantiles, nowPerMin }: StoredClass): number {
  const [coming] = quantilesOf({ startMs, stepMs, mean, quantiles: new Map(quantiles) }, PLANNED_LEVEL);
  return coming ?? nowPerMin;
}
