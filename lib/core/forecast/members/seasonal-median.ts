import type { ForecastMember } from '../forecast-member.ts';

/** Over so many steps at most the level is compared. */
const LEVEL_STEPS = 168;

/**
 * The median of the last seasons at the same phase: what an outlier, or a burst of intermittent work, does not move.
 * @param seasons how many, 1 or more
 * @param isLevelled whether the median of what the last season lies above that is carried on
 */
export function seasonalMedian(seasons: number, isLevelled: boolean): ForecastMember {
  return {
    name: `seasonal-median(${seasons}${isLevelled ? ', levelled' : ''})`,
    forecast(values, origins, horizon, [period]) {
      if (period === undefined || (origins[0] ?? 0) < period * (seasons + 1)) return null;
      const sample = new Float64Array(seasons);
      const usualAt = (at: number) => {
        for (let back = 1; back <= seasons; back += 1) sample[back - 1] = values[at - back * period] as number;
        return medianOf(sample);
      };
      const steps = Math.min(period, LEVEL_STEPS);
      const changes = new Float64Array(steps);
      return origins.map((origin) => {
        let change = 0;
        if (isLevelled) {
          for (let back = 1; back <= steps; back += 1) {
            changes[back - 1] = (values[origin - back] as number) - usualAt(origin - back);
          }
          change = changes.sort()[steps >> 1] as number;
        }
        return Float64Array.from({ length: horizon }, (_, step) => usualAt(origin + (step % period)) + change);
      });
    },
  };
}

/** Sorts a few numbers in place and gives the one in the middle. */
function medianOf(few: Float64Array): number {
  for (let i = 1; i < few.length; i += 1) {
    const value = few[i] as number;
    let j = i - 1;
    for (; j >= 0 && (few[j] as number) > value; j -= 1) few[j + 1] = few[j] as number;
    few[j + 1] = value;
  }
  const middle = few.length >> 1;
  return few.length % 2 === 1 ? (few[middle] as number) : ((few[middle - 1] as number) + (few[middle] as number)) / 2;
}
