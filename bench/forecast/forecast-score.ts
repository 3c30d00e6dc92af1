import type { Forecast } from '../../lib/core/forecast/forecast.ts';

/** A forecast as it is judged. */
export type Judgeable = Pick<Forecast, 'mean' | 'quantiles'>;

/** Levels that are asked for: deciles, and the ends of the interval of 95 %. */
export const scoredLevels = [0.025, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.975];

/** Of one forecast, or the mean over many. */
export interface ForecastScore {
  /** Symmetric mean absolute percentage error, 0..200. */
  smape: number;
  /** Mean absolute error, in those of the seasonal naive forecast a step at a time over the past. */
  mase: number;
  /** Mean pinball loss over the deciles, doubled (0.5 alone would give the absolute error), on the same scale. */
  pinball: number;
  /** Mean interval score at 95 %, on the same scale. */
  msis: number;
  /** Share of the outcomes within the intervals of 80 and 95 %. */
  coverage80: number;
  coverage95: number;
}

const FIGURES = ['smape', 'mase', 'pinball', 'msis', 'coverage80', 'coverage95'] as const;

/** @returns null where the past never changes from season to season: then there is no scale to judge on */
export function scoreForecast(
  { mean, quantiles }: Judgeable,
  outcome: readonly number[],
  past: readonly number[],
  period: number,
): ForecastScore | null {
  const scale = seasonalScale(past, period);
  if (!(scale > 0)) return null;
  const at = (level: number) => quantiles.find((it) => it.level === level)?.values ?? [];
  const [low95, high95, low80, high80] = [at(0.025), at(0.975), at(0.1), at(0.9)];
  const deciles = quantiles.filter(({ level }) => level >= 0.1 && level <= 0.9);
  const total: ForecastScore = { smape: 0, mase: 0, pinball: 0, msis: 0, coverage80: 0, coverage95: 0 };
  for (const [step, value] of outcome.entries()) {
    const expected = mean[step] ?? Number.NaN;
    const error = Math.abs(value - expected);
    total.smape += error === 0 ? 0 : (200 * error) / (Math.abs(value) + Math.abs(expected));
    total.mase += error / scale;
    for (const { level, values } of deciles) {
      const below = value - (values[step] ?? Number.NaN);
      total.pinball += (2 * Math.max(level * below, (level - 1) * below)) / deciles.length / scale;
    }
    const [low, high] = [low95[step] ?? Number.NaN, high95[step] ?? Number.NaN];
    total.msis += (high - low + 40 * Math.max(0, low - value) + 40 * Math.max(0, value - high)) / scale;
    total.coverage95 += value >= low && value <= high ? 1 : 0;
    total.coverage80 += value >= (low80[step] ?? Number.NaN) && value <= (high80[step] ?? Number.NaN) ? 1 : 0;
  }
  return meanScore(FIGURES.map((figure) => [figure, total[figure] / outcome.length]));
}

/** Mean over forecasts. */
export function averageScore(scores: readonly ForecastScore[]): ForecastScore {
  return meanScore(
    FIGURES.map((figure) => [figure, scores.reduce((sum, score) => sum + score[figure], 0) / scores.length]),
  );
}

/** Overall weighted average of M4: sMAPE and MASE over those of Naive2, and their mean. */
export function overallWeightedAverage(score: ForecastScore, naive2: ForecastScore): number {
  return (score.smape / naive2.smape + score.mase / naive2.mase) / 2;
}

function meanScore(entries: [(typeof FIGURES)[number], number][]): ForecastScore {
  return Object.fromEntries(entries) as unknown as ForecastScore;
}

function seasonalScale(past: readonly number[], period: number): number {
  let sum = 0;
  for (let at = period; at < past.length; at += 1) sum += Math.abs((past[at] ?? 0) - (past[at - period] ?? 0));
  return sum / (past.length - period);
}
