import { type HistoryScope, historySteps } from '../core/kpi/history-point.ts';
import { type KpiScope, scopeName } from '../core/kpi/kpi-scope.ts';
import { floorTo } from '../core/kpi/tile-progress.ts';
import { reaches } from '../core/model/pool-access.ts';
import { poolOf, type RosterEntry } from '../core/model/roster.ts';
import { type EpochMs, type Minute, startOfMinute } from '../core/model/time.ts';
import { forecastMetrics } from '../core/plan/forecast-metric.ts';
import type { ForecastRead, ForecastRequest } from '../core/plan/forecast-request.ts';
import { metricHistory } from '../core/plan/metric-history.ts';
import { HISTORY_HOURS, type WorkloadHistory, workloadHistory, workloadMetric } from '../core/plan/workload-history.ts';
import { forecastWorkload, fromHour, type WorkloadOutlook } from '../core/plan/workload-outlook.ts';
import type { FleetStore } from '../ports/fleet-store.ts';
import type { MetricStore } from '../ports/metric-store.ts';
import type { MinuteLog } from '../ports/minute-log.ts';
import type { PlanStore } from '../ports/plan-store.ts';

export interface ForecastDeps {
  fleet: FleetStore;
  metrics: MetricStore;
  log: MinuteLog;
  plans: Pick<PlanStore, 'readOutlook' | 'readPlanHead'>;
}

const HOUR_MS = 3_600_000;
const HOUR_MINUTES = historySteps.hour;
/** Outlooks are made each hour: older ones are left over from a job that does not run. */
const STALE_MS = 2 * HOUR_MS;

/**
 * What is expected of a scope from the hour of `nowMs` on: what the hourly job foresaw, or, where that is not of the metric, too
 * short or too old, what hourly history gives now.
 * @param reader whose pools the scope must be of, where they are restricted to some
 * @returns null for an agent or pool that is not known to the reader, "not-of-pools" for a scope that is of all pools
 */
export async function readForecast(
  deps: ForecastDeps,
  system: string,
  request: ForecastRequest,
  nowMs: EpochMs,
  reader: { pools?: readonly string[] } = {},
): Promise<ForecastRead | 'not-of-pools' | null> {
  if (request.of === 'metric') return reader.pools ? 'not-of-pools' : readMetricForecast(deps, system, request, nowMs);
  const { scope } = request;
  if (reader.pools && scope.kind !== 'pool' && scope.kind !== 'agent') return 'not-of-pools';
  if (scope.kind === 'pool' && !reaches(reader, scope.id)) return null;
  const [roster, progress, pool] = await Promise.all([
    scope.kind === 'pool' || scope.kind === 'agent' ? deps.fleet.roster(system) : new Map<string, RosterEntry>(),
    deps.log.progress(system),
    scope.kind === 'pool' ? readPool(deps, system, scope.id) : null,
  ]);
  if (scope.kind === 'agent') {
    const entry = roster.get(scope.id);
    if (!entry || !reaches(reader, poolOf(entry))) return null;
  }
  const { doneThrough, tiles = null } = progress;
  const knownTo = doneThrough === null ? null : Math.min(doneThrough + 1, tiles?.to ?? doneThrough + 1);
  const found = await readTaskForecast(deps, system, request, { knownTo, nowMs });
  // Tasks may have been rejected by a pool that has no agent.
  const isPool = () => found !== null || [...roster.values()].some((entry) => poolOf(entry) === nameIn(scope));
  if (scope.kind === 'pool' && !isPool()) return null;
  return { unit: forecastMetrics[request.metric].unit, outlook: found, knownTo, pool };
}

async function readPool(deps: ForecastDeps, system: string, pool: string): Promise<ForecastRead['pool']> {
  const head = await deps.plans.readPlanHead(system);
  const outlook = head?.pools.find((its) => its.pool === pool);
  return head && outlook ? { outlook, madeAtMs: head.madeAtMs } : null;
}

interface Moment {
  knownTo: Minute | null;
  nowMs: EpochMs;
}

async function readTaskForecast(
  deps: ForecastDeps,
  system: string,
  { scope, metric, horizonHours }: Extract<ForecastRequest, { of: 'tasks' }>,
  { knownTo, nowMs }: Moment,
): Promise<WorkloadOutlook | null> {
  const name = scopeName(scope);
  const stored = metric === 'tasks' ? await deps.plans.readOutlook(system, name) : null;
  if (stored && nowMs - stored.madeAtMs < STALE_MS) {
    const ahead = fromHour(stored, nowMs, horizonHours);
    if (ahead.mean.length === horizonHours) return ahead;
  }
  if (knownTo === null) return null;
  const span = hoursBefore(knownTo);
  const read = (its: HistoryScope) => deps.metrics.read(system, its, 'hour', span.from, span.to);
  const [fleet, own, ofFleet, ofScope] = await Promise.all([
    read('fleet'),
    name === 'fleet' ? [] : read(name),
    metric === 'tasks' ? read(`metric:${workloadMetric('fleet')}`) : [],
    metric === 'tasks' && name !== 'fleet' ? read(`metric:${workloadMetric(name)}`) : [],
  ]);
  const { amountOf } = forecastMetrics[metric];
  const whole = workloadHistory(span, fleet, fleet, ofFleet, amountOf);
  if (name === 'fleet') return forecastAhead(name, whole, null, horizonHours, { nowMs, stored });
  // Hours of silence are hours without tasks only where something was heard of the scope in others.
  if (own.length === 0 && ofScope.length === 0) return null;
  const history = workloadHistory(span, own, fleet, ofScope, amountOf);
  return forecastAhead(name, history, whole, horizonHours, { nowMs, stored });
}

async function readMetricForecast(
  deps: ForecastDeps,
  system: string,
  { name, horizonHours }: Extract<ForecastRequest, { of: 'metric' }>,
  nowMs: EpochMs,
): Promise<ForecastRead> {
  const { doneThrough, tiles = null } = await deps.log.progress(system);
  if (doneThrough === null) return { unit: '', outlook: null, knownTo: null, pool: null };
  const knownTo = Math.min(doneThrough + 1, tiles?.to ?? doneThrough + 1);
  const span = hoursBefore(knownTo);
  const { history, unit } = metricHistory(
    span,
    await deps.metrics.read(system, `metric:${name}`, 'hour', span.from, span.to),
  );
  const outlook = forecastAhead(`metric:${name}`, history, null, horizonHours, { nowMs, stored: null });
  return { unit, outlook, knownTo, pool: null };
}

function hoursBefore(knownTo: Minute): { from: Minute; to: Minute } {
  const to = floorTo(knownTo, HOUR_MINUTES);
  return { from: to - HISTORY_HOURS * HOUR_MINUTES, to };
}

/** Hours that are not over or not summed up yet are forecast too, and not told. */
function forecastAhead(
  scope: HistoryScope,
  history: WorkloadHistory,
  whole: WorkloadHistory | null,
  horizonHours: number,
  { nowMs, stored }: { nowMs: EpochMs; stored: WorkloadOutlook | null },
): WorkloadOutlook | null {
  const startMs = startOfMinute(history.from + HISTORY_HOURS * HOUR_MINUTES);
  const over = Math.max(0, Math.floor((nowMs - startMs) / HOUR_MS));
  // After a standstill of the job the hours since would be most of the forecast.
  const hours = Math.min(over, HISTORY_HOURS) + horizonHours;
  const outlook = forecastWorkload(scope, history, { whole, horizonHours: hours, nowMs });
  return outlook && fromHour({ ...outlook, accuracy: stored?.accuracy ?? outlook.accuracy }, nowMs, horizonHours);
}

function nameIn(scope: KpiScope): string | null {
  return 'id' in scope ? scope.id : null;
}
