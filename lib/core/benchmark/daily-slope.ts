import { medianInPlace } from '../effect/median.ts';
import { ReusedMemory } from '../model/reused-memory.ts';

const memory = new ReusedMemory();

/**
 * Slope a day, by Theil and Sen: the median of the slopes between all pairs of days, which a third of the days may be wrong without
 * moving far.
 * @param days numbers of the days, ascending, 2 or more
 * @see Sen: Estimates of the regression coefficient based on Kendall's tau, JASA 63, 1968
 */
export function dailySlope(days: readonly number[], values: readonly number[]): number {
  const n = days.length;
  const slopes = memory.array('slopes', (n * (n - 1)) / 2);
  let at = 0;
  for (let i = 0; i < n; i++) {
    for (let j = i + 1; j < n; j++) {
      slopes[at++] = ((values[j] as number) - (values[i] as number)) / ((days[j] as number) - (days[i] as number));
    }
  }
  return medianInPlace(slopes);
}

/**
 * By day: what it weighs in the slope of least squares, whose sampling error, widened a little, stands for that of Theil and Sen's
 * where days depend on each other: for normal errors the variance of the latter is larger by π²/9 ≈ 1.10.
 */
export function slopeWeights(days: readonly number[]): number[] {
  const middle = days.reduce((sum, day) => sum + day, 0) / days.length;
  const squares = days.reduce((sum, day) => sum + (day - middle) ** 2, 0);
  return days.map((day) => (day - middle) / squares);
}

export const THEIL_SEN_VARIANCE = Math.PI ** 2 / 9;
