import { normalTail } from '../detect/normal-tail.ts';
import type { EpochMs } from '../model/time.ts';
import { normalQuantile } from './normal-quantile.ts';

/** What is expected to arrive: tasks (or workflows) a minute, as the mean of each step. */
export interface WorkloadForecast {
  startMs: EpochMs;
  stepMs: number;
  /** By step, 0 or more. */
  mean: readonly number[];
  /** Level, above 0 and below 1 → by step; may be empty, then nothing is known of how sure it is. */
  quantiles: ReadonlyMap<number, readonly number[]>;
}

/**
 * A quantile of one step. Between the levels that are told it lies on a line over normal scores, and beyond them on the
 * line through the two nearest; the mean stands in for the median where that is not told. Without any level it is the mean.
 * @param level above 0, below 1
 * @throws RangeError outside, and where the forecast has no such step
 */
export function quantileAt(forecast: WorkloadForecast, level: number, step: number): number {
  const score = scoreOf(level);
  const known = knownAt(forecast, step);
  const [first, second] = known.length < 2 ? [known[0], known[0]] : around(known, score);
  if (!first || !second) throw new RangeError(`there is no step ${step} of ${forecast.mean.length}`);
  if (first.score === second.score) return first.value;
  const slope = (second.value - first.value) / (second.score - first.score);
  return Math.max(0, first.value + slope * (score - first.score));
}

/** The same of all steps. */
export function quantilesOf(forecast: WorkloadForecast, level: number): number[] {
  return forecast.mean.map((_, step) => quantileAt(forecast, level, step));
}

/**
 * Probability that more than a limit arrives in a step: the inverse of {@link quantileAt}.
 * @returns 0..1; 0 or 1 where nothing is known of how sure the forecast is
 */
export function chanceAbove(forecast: WorkloadForecast, limit: number, step: number): number {
  const known = knownAt(forecast, step);
  const mean = forecast.mean[step] as number;
  if (known.length < 2) return mean > limit ? 1 : 0;
  const place = known.findIndex(({ value }) => value > limit);
  const at = place < 0 ? known.length - 1 : Math.max(1, place);
  const [first, second] = [known[at - 1], known[at]];
  if (!first || !second || second.value <= first.value) return mean > limit ? 1 : 0;
  const slope = (second.score - first.score) / (second.value - first.value);
  return normalTail(first.score + slope * (limit - first.value));
}

/** Levels whose scores are remembered. */
const MOST_SCORES = 1_000;

interface Known {
  /** Of the normal distribution, of its level. */
  score: number;
  value: number;
}

const scores = new Map<number, number>();

/** Forecasts are all told at the same few levels. */
function scoreOf(level: number): number {
  const known = scores.get(level);
  if (known !== undefined) return known;
  const score = normalQuantile(level);
  if (scores.size < MOST_SCORES) scores.set(level, score);
  return score;
}

/** In order of their levels. */
function knownAt({ mean, quantiles }: WorkloadForecast, step: number): Known[] {
  const known = [...quantiles].flatMap(([level, values]): Known[] => {
    const value = values[step];
    return value === undefined ? [] : [{ score: scoreOf(level), value }];
  });
  const middle = mean[step];
  if (middle !== undefined && !quantiles.has(0.5)) known.push({ score: 0, value: middle });
  return known.sort((a, b) => a.score - b.score);
}

/** The two between which it lies, or the two at the end beyond which it lies. */
function around(known: readonly Known[], score: number): [Known | undefined, Known | undefined] {
  const place = known.findIndex((its) => its.score >= score);
  const at = place < 0 ? known.length - 1 : Math.max(1, place);
  return [known[at - 1], known[at]];
}
