import type { ForecastScale } from './forecast.ts';

/** A scale on which a series is forecast, and the way back from it. */
export interface ScaledSeries {
  scale: ForecastScale;
  values: Float64Array;
  back: (scaled: number) => number;
}

/** Added before the logarithm where a series has zeros, as part of its mean. */
const ZERO_SHIFT = 0.02;
/** No forecast goes further above the highest value seen than e² times. */
const MOST_ABOVE = 2;

/** The scales that suit a series: logarithms only where nothing is below zero and something above it. */
export function scalesOf(values: Float64Array): ScaledSeries[] {
  const raw: ScaledSeries = { scale: 'raw', values, back: (scaled) => scaled };
  let [least, most, mean] = [Number.POSITIVE_INFINITY, 0, 0];
  for (const value of values) {
    least = Math.min(least, value);
    most = Math.max(most, value);
    mean += value / values.length;
  }
  if (least < 0 || most === 0) return [raw];
  const shift = least > 0 ? 0 : ZERO_SHIFT * mean;
  const cap = Math.log(most + shift) + MOST_ABOVE;
  const back = (scaled: number) => Math.exp(Math.min(scaled, cap)) - shift;
  return [raw, { scale: 'log', values: values.map((value) => Math.log(value + shift)), back }];
}
