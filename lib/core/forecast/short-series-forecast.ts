import type { Forecast } from './forecast.ts';
import { spreadOf } from './forecast-spread.ts';
import { naive } from './members/naive.ts';
import { seasonalNaive } from './members/seasonal-naive.ts';

export interface ShortSeries {
  /** One value at least. */
  filled: Float64Array;
  isKnown: Uint8Array;
  horizon: number;
  levels: readonly number[];
  /** In steps; undefined where no season was seen twice. */
  period: number | undefined;
}

/** The mean of so many last values is carried on where there is no season. */
const RECENT = 8;

/**
 * What can be said of a series too young to choose by its past: its last season again, else the mean of late; as uncertain as
 * its values differ from that, growing with the steps ahead like a random walk's.
 */
export function shortSeriesForecast({ filled, horizon, levels, period }: ShortSeries): Forecast {
  const seasonal =
    period === undefined ? null : seasonalNaive(0, false).forecast(filled, [filled.length], horizon, [period]);
  const recent = filled.subarray(-RECENT);
  const mean = recent.reduce((sum, value) => sum + value, 0) / recent.length;
  const forecast = seasonal?.[0] ?? new Float64Array(horizon).fill(mean);
  const lag = seasonal && period !== undefined ? period : 1;
  const steps: number[] = [];
  for (let at = lag; at < filled.length; at += 1) steps.push((filled[at] as number) - (filled[at - lag] as number));
  // A count of one hour says how far the next may be off: about its root.
  if (steps.length === 0) steps.push(-Math.sqrt(Math.abs(mean)), Math.sqrt(Math.abs(mean)));
  const floor = filled.every((value) => value >= 0) ? 0 : Number.NEGATIVE_INFINITY;
  const spread = spreadOf(
    forecast,
    steps.map((step) => ({ forecast, outcome: forecast.map((value) => value + step) })),
    levels,
  );
  return {
    mean: [...forecast],
    quantiles: levels.map((level, i) => ({
      level,
      values: Array.from(spread[i] as Float64Array, (value, step) => {
        const expected = forecast[step] as number;
        const ahead = seasonal ? Math.floor(step / lag) + 1 : step + 1;
        return Math.max(floor, expected + (value - expected) * Math.sqrt(ahead));
      }),
    })),
    members: [{ name: seasonal ? seasonalNaive(0, false).name : naive.name, scale: 'raw', weight: 1 }],
    backtest: null,
  };
}
