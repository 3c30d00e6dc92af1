import { atSamePhase, backtestOrigins } from './backtest-origins.ts';
import { fillGaps } from './fill-gaps.ts';
import type { Forecast, ForecastScale } from './forecast.ts';
import type { ForecastMember } from './forecast-member.ts';
import { scalesOf } from './forecast-scales.ts';
import { spreadOf, type Tried, zeroShares } from './forecast-spread.ts';
import { findLevelShift, onNewLevel } from './level-shift.ts';
import { forecastMembers } from './members/registry.ts';
import { shortSeriesForecast } from './short-series-forecast.ts';
import { type CandidateErrors, candidateWeights, type Weighted } from './weigh-candidates.ts';

export interface SeriesToForecast {
  /** Equally spaced, oldest first; NaN where missing. */
  values: ArrayLike<number>;
  /** Seasons in steps, such as 24 and 168 of hours; those that were not seen twice are left out. */
  periods: readonly number[];
  /** Steps to forecast, 1 or more. */
  horizon: number;
  /** Of the quantiles, within (0, 1). */
  levels: readonly number[];
}

/** What is older than so many steps, or than twelve of the longest season, no longer helps. */
const MOST_STEPS = 8_192;
const MOST_SEASONS = 12;
/** The horizon is weighted in so many parts: who is best for the next hour need not be for the next day. */
const MOST_PARTS = 8;
/** With fewer known values nothing can be kept back to choose by. */
const LEAST_VALUES = 16;

/**
 * Forecasts a series by all members on two scales, weighted by how far off they were on its own past (rolling origins), with
 * quantiles from how far off the weighted whole was there. After a lasting change of level its past counts as if it had always
 * been on the new one. What never was below zero is not forecast below zero.
 * @param members tried, in place of all
 * @throws RangeError where no value is known, or the horizon, a level or a period is out of its range
 */
export function forecastSeries(
  { values, periods, horizon, levels }: SeriesToForecast,
  members: readonly ForecastMember[] = forecastMembers,
): Forecast {
  checkRequest(periods, horizon, levels);
  const shortestFirst = periods.toSorted((a, b) => a - b);
  const { filled: seenValues, isKnown } = lately(fillGaps(values, shortestFirst[0]), shortestFirst.at(-1));
  if (seenValues.length === 0) throw new RangeError('a series needs one known value at least to be forecast');
  const seen = shortestFirst.filter((period) => seenValues.length >= 2 * period);
  const shift = findLevelShift(seenValues, seen);
  const filled = shift ? onNewLevel(seenValues, shift) : seenValues;
  const least = leastOf(filled);
  const origins = backtestOrigins(filled.length, horizon, seen);
  const known = isKnown.reduce((sum, it) => sum + it, 0);
  const candidates =
    origins.length === 0 || known < LEAST_VALUES ? [] : candidatesOf(filled, origins, horizon, seen, members, least);
  if (candidates.length === 0) return shortSeriesForecast({ filled, isKnown, horizon, levels, period: seen[0] });

  const outcomes = origins.map((origin) => outcomeOf(filled, isKnown, origin, horizon));
  const parts = Math.min(MOST_PARTS, horizon);
  const errors = candidates.map(({ forecasts }) => errorsOf(forecasts, outcomes, parts));
  const weightsWithout = candidateWeights(errors, parts);
  const weights = weightsWithout(null);
  const forecast = mixOf(candidates, weights, origins.length, horizon);
  // Weights that an origin had no part in: else forecasts would look better on the past than they are.
  const tried = origins.map((_, origin): Tried => {
    const others = origins.length > 2 ? weightsWithout(origin) : weights;
    return { forecast: mixOf(candidates, others, origin, horizon), outcome: outcomes[origin] as Float64Array };
  });
  const floor = least >= 0 ? 0 : Number.NEGATIVE_INFINITY;
  const judging = atSamePhase(tried).filter(({ outcome }) => outcome.some((value) => !Number.isNaN(value)));
  const judges = judging.length > 0 ? judging : tried;
  const spread = spreadOf(forecast, judges, levels);
  // Work that comes now and then: what was none as often as that is none at that level.
  const zeros = zeroShares(judges, horizon);
  return {
    mean: [...forecast],
    quantiles: levels.map((level, i) => ({
      level,
      values: Array.from(spread[i] as Float64Array, (value, step) => {
        return least === 0 && level <= (zeros[step] as number) ? 0 : Math.max(floor, value);
      }),
    })),
    members: membersOf(candidates, weights),
    backtest: { meanAbsoluteError: meanAbsoluteErrorOf(tried), origins: origins.length },
  };
}

interface Candidate {
  name: string;
  scale: ForecastScale;
  /** At each origin of the past, and now. */
  forecasts: Float64Array[];
}

function checkRequest(periods: readonly number[], horizon: number, levels: readonly number[]): void {
  if (!Number.isInteger(horizon) || horizon < 1) {
    throw new RangeError(`horizon must be a whole number of steps, 1 or more; got ${horizon}`);
  }
  const period = periods.find((it) => !Number.isInteger(it) || it < 2);
  if (period !== undefined) throw new RangeError(`a period must be a whole number of steps, 2 or more; got ${period}`);
  const level = levels.find((it) => !(it > 0 && it < 1));
  if (level !== undefined) throw new RangeError(`a level must be within (0, 1); got ${level}`);
}

function lately({ filled, isKnown }: { filled: Float64Array; isKnown: Uint8Array }, longest: number | undefined) {
  const from = Math.max(0, filled.length - Math.max(MOST_STEPS, MOST_SEASONS * (longest ?? 0)));
  return { filled: filled.subarray(from), isKnown: isKnown.subarray(from) };
}

function leastOf(values: Float64Array): number {
  return values.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY);
}

function candidatesOf(
  values: Float64Array,
  origins: readonly number[],
  horizon: number,
  periods: readonly number[],
  members: readonly ForecastMember[],
  least: number,
): Candidate[] {
  const all = [...origins, values.length];
  return scalesOf(values).flatMap(({ scale, values: scaled, back }) =>
    members.flatMap((member) => {
      const forecasts = member.forecast(scaled, all, horizon, periods);
      if (!forecasts) return [];
      for (const forecast of forecasts) {
        for (let step = 0; step < horizon; step += 1) {
          const value = back(forecast[step] as number);
          if (!Number.isFinite(value)) return [];
          forecast[step] = least >= 0 ? Math.max(0, value) : value;
        }
      }
      return [{ name: member.name, scale, forecasts }];
    }),
  );
}

/** What came after an origin; NaN where it was filled in. */
function outcomeOf(values: Float64Array, isKnown: Uint8Array, origin: number, horizon: number): Float64Array {
  return Float64Array.from({ length: horizon }, (_, step) =>
    isKnown[origin + step] ? (values[origin + step] as number) : Number.NaN,
  );
}

function errorsOf(
  forecasts: readonly Float64Array[],
  outcomes: readonly Float64Array[],
  parts: number,
): CandidateErrors {
  const absolute = new Float64Array(outcomes.length * parts);
  const relative = new Float64Array(outcomes.length * parts);
  for (let origin = 0; origin < outcomes.length; origin += 1) {
    const [forecast, outcome] = [forecasts[origin] as Float64Array, outcomes[origin] as Float64Array];
    for (let part = 0; part < parts; part += 1) {
      let [sum, relativeSum, count] = [0, 0, 0];
      for (let step = partStart(part, parts, outcome); step < partStart(part + 1, parts, outcome); step += 1) {
        const [value, expected] = [outcome[step] as number, forecast[step] as number];
        if (Number.isNaN(value)) continue;
        const distance = Math.abs(value - expected);
        sum += distance;
        relativeSum += distance === 0 ? 0 : distance / (Math.abs(value) + Math.abs(expected));
        count += 1;
      }
      absolute[origin * parts + part] = count === 0 ? Number.NaN : sum / count;
      relative[origin * parts + part] = count === 0 ? Number.NaN : relativeSum / count;
    }
  }
  return { absolute, relative };
}

function partStart(part: number, parts: number, { length }: { length: number }): number {
  return Math.floor((part * length) / parts);
}

/** @param weights by part of the horizon */
function mixOf(
  candidates: readonly Candidate[],
  weights: readonly (readonly Weighted[])[],
  origin: number,
  horizon: number,
): Float64Array {
  const mix = new Float64Array(horizon);
  for (const [part, weighted] of weights.entries()) {
    const [from, to] = [partStart(part, weights.length, mix), partStart(part + 1, weights.length, mix)];
    for (const { candidate, weight } of weighted) {
      const forecast = candidates[candidate]?.forecasts[origin] as Float64Array;
      for (let step = from; step < to; step += 1) {
        mix[step] = (mix[step] as number) + weight * (forecast[step] as number);
      }
    }
  }
  return mix;
}

/** What each has to say on the whole horizon. */
function membersOf(candidates: readonly Candidate[], weights: readonly (readonly Weighted[])[]): Forecast['members'] {
  const totals = new Map<number, number>();
  for (const { candidate, weight } of weights.flat()) {
    totals.set(candidate, (totals.get(candidate) ?? 0) + weight / weights.length);
  }
  return [...totals]
    .sort(([, a], [, b]) => b - a)
    .map(([candidate, weight]) => {
      const { name, scale } = candidates[candidate] as Candidate;
      return { name, scale, weight };
    });
}

function meanAbsoluteErrorOf(tried: readonly Tried[]): number {
  let [sum, count] = [0, 0];
  for (const { forecast, outcome } of tried) {
    for (const [step, value] of outcome.entries()) {
      if (Number.isNaN(value)) continue;
      sum += Math.abs(value - (forecast[step] as number));
      count += 1;
    }
  }
  return count === 0 ? 0 : sum / count;
}
