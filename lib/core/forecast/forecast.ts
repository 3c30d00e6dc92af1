/** What a series is expected to do over the next steps. */
export interface Forecast {
  /** The most likely course, one value a step: about as often too high as too low. */
  mean: number[];
  /** By level, 0..1, rising: a value each step that what comes stays below with that probability. */
  quantiles: { level: number; values: number[] }[];
  /** What it was put together from, heaviest first; weights sum up to 1. */
  members: { name: string; scale: ForecastScale; weight: number }[];
  /**
   * How far forecasts of this kind were off on the past of this very series; null where it is too short to tell.
   * `origins` is how many were tried.
   */
  backtest: { meanAbsoluteError: number; origins: number } | null;
}

/** Whether a member worked on the values as they are or on their logarithm. */
export type ForecastScale = 'raw' | 'log';
