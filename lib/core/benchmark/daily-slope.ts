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
