/**
 * Slope a day, by Theil and Sen: the median of the slopes between all pairs of days, which a third of the days may be wrong without
 * moving far.
 * @param days numbers of the days, ascending, 2 or more
 * @see Sen: Estimates of the regression coefficient based on Kendall's tau, JASA 63, 1968
 */
export function dailySlope(days: readonly number[], values: readonly number[]): number {
  const n = days.length;
  const slopes = new Float64Array((n * (n - 1)) / 2);
  let at = 0;
  for (let i = 0; i < n; i++) {
    for (let j = i + 1; j < n; j++) {
      slopes[at++] = ((values[j] as number) - (values[i] as number)) / ((days[j] as number) - (days[i] as number));
    }
  }
  const middle = slopes.length >> 1;
  const upper = placeInOrder(slopes, middle);
  if (slopes.length % 2 === 1) return upper;
  let lower = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < middle; i++) lower = Math.max(lower, slopes[i] as number);
  return (lower + upper) / 2;
}

/**
 * Moves values until the one at a place is what sorting would put there, none before it is larger and none after it smaller.
 * @see Hoare: Algorithm 65: Find, Communications of the ACM 4, 1961
 */
function placeInOrder(values: Float64Array, place: number): number {
  let [from, to] = [0, values.length - 1];
  while (from < to) {
    const pivot = values[place] as number;
    let [i, j] = [from, to];
    while (i <= j) {
      while ((values[i] as number) < pivot) i += 1;
      while ((values[j] as number) > pivot) j -= 1;
      if (i > j) break;
      const value = values[i] as number;
      values[i++] = values[j] as number;
      values[j--] = value;
    }
    if (j < place) from = i;
    if (place < i) to = j;
  }
  return values[place] as number;
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
