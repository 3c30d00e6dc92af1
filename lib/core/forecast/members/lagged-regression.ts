import type { ForecastMember } from '../forecast-member.ts';
import { NormalEquations } from '../normal-equations.ts';
import { Refitting } from '../refitting.ts';

/** No more than so many steps before the first origin are learnt from. */
const MOST_ROWS = 6_000;
/** Beyond the longest lag, so many steps at least, and half that lag. */
const LEAST_ROWS = 50;

/**
 * Ridge regression on values so many steps before, iterated step by step over the horizon.
 * @param lagsOf lags for the periods that are known, 1 or more each; repeated ones count once
 * @param shrinkage ridge as part of the mean variance of the regressors
 */
export function laggedRegression(
  name: string,
  lagsOf: (periods: readonly number[]) => number[],
  shrinkage: number,
): ForecastMember {
  return {
    name: `lagged-regression(${name})`,
    forecast(values, origins, horizon, periods) {
      const lags = [...new Set(lagsOf(periods))].filter((lag) => lag > 0);
      const longest = Math.max(...lags);
      const first = origins[0] ?? 0;
      if (first < 1.5 * longest + LEAST_ROWS) return null;
      let mean = 0;
      for (let at = 0; at < first; at += 1) mean += (values[at] as number) / first;
      const normal = new NormalEquations(lags.length + 1);
      const row = new Float64Array(lags.length + 1);
      row[lags.length] = 1;
      let at = Math.max(longest, first - MOST_ROWS);
      const forecasts: Float64Array[] = [];
      const refitting = new Refitting(normal, shrinkage);
      for (const origin of origins) {
        for (; at < origin; at += 1) {
          for (let i = 0; i < lags.length; i += 1) row[i] = (values[at - (lags[i] as number)] as number) - mean;
          normal.add(row, (values[at] as number) - mean);
        }
        const weights = refitting.weightsAt(origin, origin === origins.at(-1));
        if (!weights) return null;
        forecasts.push(iterate(values, origin, horizon, lags, weights, mean));
      }
      return forecasts;
    },
  };
}

function iterate(
  values: Float64Array,
  origin: number,
  horizon: number,
  lags: readonly number[],
  weights: Float64Array,
  mean: number,
): Float64Array {
  const forecast = new Float64Array(horizon);
  for (let step = 0; step < horizon; step += 1) {
    let sum = weights[lags.length] as number;
    for (let i = 0; i < lags.length; i += 1) {
      const back = step - (lags[i] as number);
      sum += (weights[i] as number) * (((back >= 0 ? forecast[back] : values[origin + back]) as number) - mean);
    }
    forecast[step] = sum + mean;
  }
  return forecast;
}
