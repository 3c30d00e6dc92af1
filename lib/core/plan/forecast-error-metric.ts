import type { HistoryPoint, HistoryScope } from '../kpi/history-point.ts';
import { countObservation, emptyMetricRollup } from '../kpi/metric-rollup.ts';
import { type Minute, startOfMinute } from '../model/time.ts';

/** The custom metric in which forecasts of a scope are kept beside what came: the error in parts of it, hour by hour. @example forecastErrorMetric('fleet') // 'forecast_error.fleet' */
export function forecastErrorMetric(scope: HistoryScope): string {
  return `forecast_error.${scope}`;
}

/** @param errors by hour (its first minute): how far off the mean of the forecast was ÷ what came */
export function forecastErrorPoints(scope: HistoryScope, errors: ReadonlyMap<Minute, number>): HistoryPoint[] {
  const name = forecastErrorMetric(scope);
  return [...errors].map(([at, value]) => {
    const of = { agent: '', pool: '', name, unit: 'ratio', kind: 'gauge', direction: 'lower' } as const;
    const metric = emptyMetricRollup(of);
    countObservation(metric, { ...of, atMs: startOfMinute(at), value });
    return { scope: `metric:${name}`, at, figures: null, metric };
  });
}

/** Hours of a day are stored together: those that are there already, with the new ones in their place. */
export function withPoints(stored: readonly HistoryPoint[], added: readonly HistoryPoint[]): HistoryPoint[] {
  const points = new Map(stored.map((point) => [point.at, point]));
  for (const point of added) points.set(point.at, point);
  return [...points.values()].sort((a, b) => a.at - b.at);
}
