/** No more than so many origins are tried. */
const MOST_ORIGINS = 48;
/** Before the first of them this part of the series stays, and a little more than two seasons. */
const TRAINING_SHARE = 0.4;
const TRAINING_STEPS = 10;

/** Longer seasons are seen twice before the first origin where that leaves so many: else nothing that knows them could be tried. */
const ENOUGH_ORIGINS = 8;

/**
 * Where on the past of a series forecasts are tried: every half of the shortest season (or horizon, where that is shorter) back from
 * the last moment of which the whole horizon is known. Rolling origins as in Tashman, International Journal of Forecasting 16
 * (2000).
 * @param length of the series, steps
 * @param periods seasons in steps, shortest first
 * @returns rising; empty where the series is too short to keep anything back
 */
export function backtestOrigins(length: number, horizon: number, periods: readonly number[]): number[] {
  const [shortest = 0] = periods;
  const stride = Math.max(1, Math.round(Math.min(horizon, shortest || horizon) / 2));
  const countAfter = (training: number) => Math.floor((length - horizon - training) / stride) + 1;
  const twice = periods.toReversed().find((period) => countAfter(2 * period + TRAINING_STEPS) >= ENOUGH_ORIGINS);
  const training = Math.max(2 * (twice ?? shortest) + TRAINING_STEPS, Math.floor(length * TRAINING_SHARE));
  const count = Math.min(MOST_ORIGINS, countAfter(training));
  return Array.from({ length: Math.max(0, count) }, (_, i) => length - horizon - (count - 1 - i) * stride);
}

/** Of origins half a season apart, those that begin at the phase where the forecast begins. */
export function atSamePhase<T>(origins: readonly T[]): T[] {
  return origins.filter((_, i) => (origins.length - 1 - i) % 2 === 0);
}
