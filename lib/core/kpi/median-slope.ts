import { ReusedMemory } from '../model/reused-memory.ts';
import { medianInPlace } from './median.ts';

const memory = new ReusedMemory();

/**
 * Slope in a unit of time, by Theil and Sen: the median of the slopes between all pairs, of which a third of the values may be wrong without
 * moving it far.
 * @param times ascending, 2 or more
 * @see Sen: Estimates of the regression coefficient based on Kendall's tau, JASA 63, 1968
 */
export function medianSlope(times: readonly number[], values: readonly number[]): number {
  const n = times.length;
  const slopes = memory.array('slopes', (n * (n - 1)) / 2);
  let at = 0;
  for (let i = 0; i < n; i++) {
    for (let j = i + 1; j < n; j++) {
      slopes[at++] = ((values[j] as number) - (values[i] as number)) / ((times[j] as number) - (times[i] as number));
    }
  }
  return medianInPlace(slopes);
}
