import type { EpochMs } from '../model/time.ts';
import { chanceAbove, quantilesOf, type WorkloadForecast } from './workload-forecast.ts';

/** When a forecast reaches a capacity; each time is null where it does not within the horizon. */
export interface Saturation {
  /** When the median reaches it. */
  atMs: EpochMs | null;
  /** When the upper tenth reaches it, and when even the lower tenth does. */
  earliestMs: EpochMs | null;
  latestMs: EpochMs | null;
  /** Probability of the step in which it is most likely that more arrives than fits: 0..1. */
  chance: number;
  /** Why there is no `atMs`; null where there is. */
  reason: string | null;
}

/**
 * When a forecast of arrivals reaches a capacity: the first time at which a line through the middles of the steps does.
 * The interval is between the times at which the 90 % and the 10 % quantile do: quantiles of each step by itself, not of the
 * path that arrivals take, so a single burst may come earlier.
 * @param capacityPerMin in the unit of the forecast, 0 or more
 */
export function timeToSaturation(forecast: WorkloadForecast, capacityPerMin: number): Saturation {
  const { mean, startMs, stepMs } = forecast;
  if (!(capacityPerMin >= 0)) throw new RangeError(`capacityPerMin must be 0 or more; got ${capacityPerMin}`);
  const reach = (level: number) => firstReach(quantilesOf(forecast, level), capacityPerMin, forecast);
  const atMs = reach(0.5);
  const chance = mean.reduce((most, _, step) => Math.max(most, chanceAbove(forecast, capacityPerMin, step)), 0);
  const hours = (mean.length * stepMs) / 3_600_000;
  const until = new Date(startMs + mean.length * stepMs).toISOString();
  return {
    ...{ atMs, earliestMs: reach(0.9), latestMs: reach(0.1), chance },
    reason:
      atMs !== null
        ? null
        : mean.length === 0
          ? 'the forecast has no steps'
          : `${Number(Math.max(...quantilesOf(forecast, 0.5)).toPrecision(3))} a minute at most are expected until ${until} (${Number(hours.toPrecision(3))} h), and ${Number(capacityPerMin.toPrecision(3))} fit`,
  };
}

/**
 * The first time at which a line through the middles of steps is above a limit; flat before the first middle.
 * @returns null where it never is
 */
export function firstReach(
  values: readonly number[],
  limit: number,
  { startMs, stepMs }: { startMs: EpochMs; stepMs: number },
): EpochMs | null {
  const first = values.findIndex((value) => value > limit);
  if (first < 0) return null;
  if (first === 0) return startMs;
  const [before, after] = [values[first - 1] as number, values[first] as number];
  return startMs + (first - 0.5 + (limit - before) / (after - before)) * stepMs;
}
