import type { WorkloadForecast } from '../capacity/workload-forecast.ts';
import type { Forecast } from '../forecast/forecast.ts';
import { forecastSeries } from '../forecast/forecast-series.ts';
import { findSeasons } from '../forecast/seasonality.ts';
import type { HistoryScope } from '../kpi/history-point.ts';
import { type EpochMs, startOfMinute } from '../model/time.ts';
import { type ForecastAccuracy, noAccuracy } from './forecast-accuracy.ts';
import { knownHours, type WorkloadHistory, withBorrowedPast } from './workload-history.ts';
import type { WorkloadLead } from './workload-leads.ts';

/** What work is expected to come to a scope. Plain JSON. */
export interface WorkloadOutlook {
  scope: HistoryScope;
  madeAtMs: EpochMs;
  /** Start of the first hour, and length of each: tasks a minute are told for every hour from there. */
  startMs: EpochMs;
  stepMs: number;
  mean: number[];
  quantiles: { level: number; values: number[] }[];
  /** Cycles that were found, the strongest first; strength 0..1 is the part of what varies that the cycle explains. */
  seasonalities: { periodMs: number; strength: number }[];
  members: Forecast['members'];
  backtest: Forecast['backtest'];
  /** Hours that it was made from, those among them that were brought in, and those borrowed from what the scope is part of. */
  history: { known: number; imported: number; borrowed: number };
  accuracy: ForecastAccuracy;
  /** Scopes whose work foretells its own, by the hour; absent where none does. */
  leads?: WorkloadLead[];
}

const HOUR_MS = 3_600_000;
const HOUR_MINUTES = 60;
/** Work has the day and the week of the people behind it, unless it shows others. */
const USUAL_PERIODS = [24, 168];
export const outlookLevels = [0.025, 0.1, 0.5, 0.9, 0.95, 0.975];

/**
 * Forecasts the work of a scope from its hours.
 * @param whole history of what it is part of, whose past a young scope borrows; null for the fleet
 * @returns null where nothing is known of the scope
 */
export function forecastWorkload(
  scope: HistoryScope,
  own: WorkloadHistory,
  { whole, horizonHours, nowMs }: { whole: WorkloadHistory | null; horizonHours: number; nowMs: EpochMs },
): WorkloadOutlook | null {
  const { history, borrowed } = whole ? withBorrowedPast(own, whole) : { history: own, borrowed: 0 };
  const known = knownHours(own);
  if (known === 0) return null;
  const seasons = findSeasons(knownStretch(history.perMin));
  const { mean, quantiles, members, backtest } = forecastSeries({
    values: history.perMin,
    periods: periodsOf(seasons.map(({ period }) => period)),
    horizon: horizonHours,
    levels: outlookLevels,
  });
  return {
    ...{ scope, madeAtMs: nowMs, stepMs: HOUR_MS, mean, quantiles, members, backtest },
    startMs: startOfMinute(history.from + history.perMin.length * HOUR_MINUTES),
    seasonalities: seasons.map(({ period, strength }) => ({ periodMs: Math.round(period * HOUR_MS), strength })),
    history: { known, imported: own.imported, borrowed },
    accuracy: noAccuracy,
  };
}

/** From the first hour that is known to the last: what is not known before and after would hide every cycle. */
function knownStretch(perMin: Float64Array): Float64Array {
  const first = perMin.findIndex((value) => !Number.isNaN(value));
  const last = perMin.findLastIndex((value) => !Number.isNaN(value));
  return first < 0 ? perMin.subarray(0, 0) : perMin.subarray(first, last + 1);
}

/** Whole steps: the two strongest that were found, or the usual ones; what is within a step of a usual one is that. */
function periodsOf(found: readonly number[]): number[] {
  const whole = found.slice(0, 2).map((period) => {
    return USUAL_PERIODS.find((usual) => Math.abs(usual - period) <= 1) ?? Math.round(period);
  });
  // A day alone does not rule out a week that is too long to have shown.
  return whole.length === 0 || whole.every((period) => USUAL_PERIODS.includes(period))
    ? USUAL_PERIODS
    : [...new Set(whole)].filter((period) => period >= 2);
}

/** As capacity is planned by. @param fromMs hours that are over by then are left out */
export function forecastOf({ startMs, stepMs, mean, quantiles }: WorkloadOutlook, fromMs: EpochMs): WorkloadForecast {
  const over = Math.min(mean.length, Math.max(0, Math.floor((fromMs - startMs) / stepMs)));
  return {
    startMs: startMs + over * stepMs,
    stepMs,
    mean: mean.slice(over),
    quantiles: new Map(quantiles.map(({ level, values }) => [level, values.slice(over)])),
  };
}

/** An outlook of the hours from that of a moment on, as many of them as it has of those that are asked for. */
export function fromHour(outlook: WorkloadOutlook, atMs: EpochMs, hours: number): WorkloadOutlook {
  const { startMs, mean, quantiles } = outlook;
  const over = Math.max(0, Math.floor((atMs - startMs) / HOUR_MS));
  return {
    ...outlook,
    startMs: startMs + over * HOUR_MS,
    mean: mean.slice(over, over + hours),
    quantiles: quantiles.map(({ level, values }) => ({ level, values: values.slice(over, over + hours) })),
  };
}
