/** What TSB-AD takes where no period shows. */
const USUAL = 125;
const FIRST_LAG = 3;
const LAST_LAG = 400;
const MOST_POINTS = 20_000;

/**
 * The lag at which a series is most like itself: the highest peak of its autocorrelation, among lags 6 to 303.
 * Complexity O(n · lags).
 * @returns points; 125 where no such peak is highest
 * @see https://github.com/TheDatumOrg/TSB-AD TSB_AD/utils/slidingWindows.py, find_length_rank
 */
export function periodOf(values: readonly number[]): number {
  const correlation = autocorrelation(values.slice(0, MOST_POINTS));
  let best: number | null = null;
  for (let lag = FIRST_LAG + 1; lag < correlation.length - 1; lag++) {
    const here = correlation[lag]!;
    if (here > correlation[lag - 1]! && here > correlation[lag + 1]! && (best === null || here > correlation[best]!))
      best = lag;
  }
  return best === null || best - FIRST_LAG < 3 || best - FIRST_LAG > 300 ? USUAL : best;
}

function autocorrelation(values: readonly number[]): number[] {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const deviations = values.map((value) => value - mean);
  const squares = deviations.reduce((sum, deviation) => sum + deviation ** 2, 0);
  return Array.from({ length: Math.min(LAST_LAG, values.length - 1) + 1 }, (_, lag) => {
    let sum = 0;
    for (let i = lag; i < deviations.length; i++) sum += deviations[i]! * deviations[i - lag]!;
    return sum / squares;
  });
}
