/** A season is taken to be there where its autocorrelation is beyond chance at 90 %. */
const QUANTILE_90 = 1.645;

/**
 * Naive2 of the M4 competition: the last value without its season, put back on the season of each step; without a season as
 * now. Multiplicative, additive where a value is not above zero.
 * @see Makridakis, Spiliotis, Assimakopoulos, The M4 Competition, International Journal of Forecasting 36 (2020)
 */
export function naive2(values: readonly number[], period: number, horizon: number): number[] {
  const last = values.at(-1) ?? 0;
  if (!isSeasonal(values, period)) return Array.from({ length: horizon }, () => last);
  const isMultiplicative = values.every((value) => value > 0);
  const indices = seasonalIndices(values, period, isMultiplicative);
  const indexAt = (at: number) => indices[at % period] ?? 0;
  const n = values.length;
  const level = isMultiplicative ? last / indexAt(n - 1) : last - indexAt(n - 1);
  return Array.from({ length: horizon }, (_, step) =>
    isMultiplicative ? level * indexAt(n + step) : level + indexAt(n + step),
  );
}

function isSeasonal(values: readonly number[], period: number): boolean {
  if (values.length < 3 * period || period < 2) return false;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const above = Float64Array.from(values, (value) => value - mean);
  const variance = above.reduce((sum, value) => sum + value * value, 0);
  const autocorrelation = (lag: number) => {
    let sum = 0;
    for (let at = lag; at < above.length; at += 1) sum += (above[at] ?? 0) * (above[at - lag] ?? 0);
    return sum / variance;
  };
  let squares = 0;
  for (let lag = 1; lag < period; lag += 1) squares += autocorrelation(lag) ** 2;
  return Math.abs(autocorrelation(period)) > QUANTILE_90 * Math.sqrt((1 + 2 * squares) / values.length);
}

/** Of classical decomposition by centred moving averages; they average to 1, or to 0 where additive. */
function seasonalIndices(values: readonly number[], period: number, isMultiplicative: boolean): number[] {
  const half = Math.floor(period / 2);
  const sums = Array.from({ length: period }, () => 0);
  const counts = Array.from({ length: period }, () => 0);
  for (let at = half; at < values.length - half; at += 1) {
    let average = 0;
    for (let i = -half; i <= half; i += 1) {
      const weight = period % 2 === 0 && Math.abs(i) === half ? 0.5 : 1;
      average += (weight * (values[at + i] ?? 0)) / period;
    }
    const phase = at % period;
    sums[phase] = (sums[phase] ?? 0) + (isMultiplicative ? (values[at] ?? 0) / average : (values[at] ?? 0) - average);
    counts[phase] = (counts[phase] ?? 0) + 1;
  }
  const indices = sums.map((sum, phase) => sum / (counts[phase] || 1));
  const mean = indices.reduce((sum, index) => sum + index, 0) / period;
  return indices.map((index) => (isMultiplicative ? index / mean : index - mean));
}
