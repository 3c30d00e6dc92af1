import type { ForecastMember } from '../forecast-member.ts';

export interface SmoothingRates {
  /** How much of a step's surprise the level takes on, and the profiles of the shorter and the longer season. */
  level: number;
  shortSeason: number;
  longSeason: number;
  /** How much of what the last value lay off is left a step later, 0..1. */
  carriedOver: number;
}

/** What was seen of a long season twice at the start is believed to this part. */
const START_TRUST = 0.7;

/**
 * Exponential smoothing with two additive seasons and a first-order autoregression of what is left.
 * @see Taylor, Short-term electricity demand forecasting using double seasonal exponential smoothing, JORS 54 (2003)
 */
export function exponentialSmoothing(rates: SmoothingRates): ForecastMember {
  const { level: levelRate, shortSeason, longSeason, carriedOver } = rates;
  return {
    name: `exponential-smoothing(${[levelRate, shortSeason, longSeason, carriedOver].join(', ')})`,
    forecast(values, origins, horizon, [short, long]) {
      const first = origins[0] ?? 0;
      if (short === undefined || first < 2 * short) return null;
      const hasLong = long !== undefined && first >= 2 * long;
      const start = startOf(values, first, short, hasLong ? long : undefined);
      const { shortProfile, longProfile } = start;
      const longLength = longProfile.length;
      let { level } = start;
      let [left, at, i, j] = [0, 0, 0, 0];
      return origins.map((origin) => {
        for (; at < origin; at += 1) {
          const value = values[at] as number;
          const above = value - level - (shortProfile[i] as number) - (longProfile[j] as number);
          const surprise = above - carriedOver * left;
          level += levelRate * surprise;
          shortProfile[i] = (shortProfile[i] as number) + shortSeason * surprise;
          if (hasLong) longProfile[j] = (longProfile[j] as number) + longSeason * surprise;
          left = above;
          i = i + 1 === short ? 0 : i + 1;
          j = j + 1 === longLength ? 0 : j + 1;
        }
        const forecast = new Float64Array(horizon);
        let [carried, a, b] = [left, i, j];
        for (let step = 0; step < horizon; step += 1) {
          carried *= carriedOver;
          forecast[step] = level + (shortProfile[a] as number) + (longProfile[b] as number) + carried;
          a = a + 1 === short ? 0 : a + 1;
          b = b + 1 === longLength ? 0 : b + 1;
        }
        return forecast;
      });
    },
  };
}

/** Level and profiles of the beginning of a series; the longer profile is one zero where that season is not known. */
function startOf(values: Float64Array, first: number, short: number, long: number | undefined) {
  const known = long === undefined ? Math.min(first, 3 * short) : 2 * long;
  const levelSteps = Math.min(first, long ?? (Math.floor(first / short / 2) * short || short));
  let level = 0;
  for (let at = 0; at < levelSteps; at += 1) level += (values[at] as number) / levelSteps;
  let mean = 0;
  const shortProfile = new Float64Array(short);
  const counts = new Float64Array(short);
  for (let at = 0; at < known; at += 1) {
    mean += (values[at] as number) / known;
    shortProfile[at % short] = (shortProfile[at % short] as number) + (values[at] as number);
    counts[at % short] = (counts[at % short] as number) + 1;
  }
  for (let phase = 0; phase < short; phase += 1) {
    shortProfile[phase] = (shortProfile[phase] as number) / (counts[phase] as number) - mean;
  }
  const longProfile = new Float64Array(long ?? 1);
  if (long !== undefined) {
    for (let at = 0; at < known; at += 1) {
      const rest = (values[at] as number) - mean - (shortProfile[at % short] as number);
      longProfile[at % long] = (longProfile[at % long] as number) + (START_TRUST * rest) / 2;
    }
  }
  return { level, shortProfile, longProfile };
}
