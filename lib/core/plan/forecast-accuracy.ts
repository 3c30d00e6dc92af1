import { type Minute, minuteOf } from '../model/time.ts';
import type { WorkloadHistory } from './workload-history.ts';

/** How forecasts of a scope turned out, hour by hour; older hours count less. Sums, so that any hour adds to them. */
export interface ForecastAccuracy {
  /** Hours, weighted. */
  hours: number;
  /** Tasks a minute, summed: how far off the mean was, by how much too high, and what came. */
  absoluteError: number;
  overshoot: number;
  actual: number;
  /** Hours within the interval of 80 %. */
  inside80: number;
}

export const noAccuracy: ForecastAccuracy = { hours: 0, absoluteError: 0, overshoot: 0, actual: 0, inside80: 0 };

/** A week ago counts a third. */
const FORGETTING = 0.9935;
const HOUR_MINUTES = 60;

/** A forecast as it was made. */
interface MadeForecast {
  startMs: number;
  mean: readonly number[];
  quantiles: readonly { level: number; values: readonly number[] }[];
  accuracy: ForecastAccuracy;
}

/**
 * Adds the hours that have come since a forecast was made: each is compared with what was said of it.
 * @param history up to now
 */
export function accuracyAfter(made: MadeForecast, history: WorkloadHistory): ForecastAccuracy {
  const first = minuteOf(made.startMs);
  let accuracy = made.accuracy;
  const at = (level: number) => made.quantiles.find((it) => it.level === level)?.values;
  const [low, high] = [at(0.1), at(0.9)];
  for (const [step, expected] of made.mean.entries()) {
    const came = history.perMin[(first - history.from) / HOUR_MINUTES + step];
    if (came === undefined || Number.isNaN(came)) continue;
    const isInside =
      came >= (low?.[step] ?? Number.POSITIVE_INFINITY) && came <= (high?.[step] ?? Number.NEGATIVE_INFINITY);
    accuracy = {
      hours: FORGETTING * accuracy.hours + 1,
      absoluteError: FORGETTING * accuracy.absoluteError + Math.abs(came - expected),
      overshoot: FORGETTING * accuracy.overshoot + expected - came,
      actual: FORGETTING * accuracy.actual + came,
      inside80: FORGETTING * accuracy.inside80 + (isInside ? 1 : 0),
    };
  }
  return accuracy;
}

/**
 * How far off a forecast was in the hours that have come since, in parts of what came; hours of no tasks are left out.
 * @returns by the first minute of the hour
 */
export function errorsAfter(
  made: Pick<MadeForecast, 'startMs' | 'mean'>,
  history: WorkloadHistory,
): Map<Minute, number> {
  const first = minuteOf(made.startMs);
  const errors = new Map<Minute, number>();
  for (const [step, expected] of made.mean.entries()) {
    const came = history.perMin[(first - history.from) / HOUR_MINUTES + step];
    if (came !== undefined && came > 0) errors.set(first + step * HOUR_MINUTES, Math.abs(came - expected) / came);
  }
  return errors;
}

/** As shown: error and bias in parts of what came, and the share of hours within the interval of 80 %; null before the first hour. */
export function accuracyShown({ hours, absoluteError, overshoot, actual, inside80 }: ForecastAccuracy) {
  if (hours === 0) return null;
  return {
    hours: Math.round(hours * 10) / 10,
    errorRatio: actual > 0 ? absoluteError / actual : null,
    biasRatio: actual > 0 ? overshoot / actual : null,
    inside80: inside80 / hours,
  };
}
