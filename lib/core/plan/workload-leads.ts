import { leadingSeries } from '../forecast/leading-series.ts';
import type { HistoryScope } from '../kpi/history-point.ts';
import { knownHours, type WorkloadHistory } from './workload-history.ts';

/** A scope whose work foretells that of another. Plain JSON. */
export interface WorkloadLead {
  scope: HistoryScope;
  lagMs: number;
  /** By how much forecasts of later weeks are better with it, 0..1. */
  lift: number;
}

/** Two weeks, so that days and weeks can be taken out. */
const LEAST_HOURS = 14 * 24;
/** Nobody prepares for what comes later than that. */
const MOST_LAG_HOURS = 12;
/** Pairs grow with the square: those of which most is done. */
const MOST_SCOPES = 20;
/** A few leads say it all. */
const TOLD = 3;
const PERIODS = [24, 168];
const HOUR_MS = 3_600_000;

/**
 * Which task types lead which others, by hours.
 * @param histories of the same hours, those of which most is done first
 * @returns by the scope that follows, strongest first
 */
export function workloadLeads(
  histories: ReadonlyMap<HistoryScope, WorkloadHistory>,
): Map<HistoryScope, WorkloadLead[]> {
  const told = [...histories]
    .filter(([scope, history]) => scope.startsWith('taskType:') && knownHours(history) >= LEAST_HOURS)
    .slice(0, MOST_SCOPES);
  if (told.length < 2) return new Map();
  // Hours before all of them are known tell of none.
  const first = Math.max(...told.map(([, { perMin }]) => perMin.findIndex((value) => !Number.isNaN(value))));
  const series = new Map(told.map(([scope, { perMin }]) => [scope, perMin.subarray(first)]));
  const leads = leadingSeries(series, { maxLag: MOST_LAG_HOURS, periods: PERIODS });
  return new Map(
    [...Map.groupBy(leads, ({ follower }) => follower)].map(([scope, its]) => [
      scope,
      its.slice(0, TOLD).map(({ leader, lag, lift }) => ({ scope: leader, lagMs: lag * HOUR_MS, lift })),
    ]),
  );
}
