import type { ForecastMember } from '../forecast-member.ts';

/**
 * As one season ago.
 * @param season index among the periods
 * @param isLevelled whether what this season's mean differs by from the season before is carried on
 */
export function seasonalNaive(season: 0 | 1, isLevelled: boolean): ForecastMember {
  return {
    name: `seasonal-naive(${season + 1}${isLevelled ? ', levelled' : ''})`,
    forecast(values, origins, horizon, periods) {
      const period = periods[season];
      if (period === undefined || (origins[0] ?? 0) < (isLevelled ? 2 : 1) * period) return null;
      return origins.map((origin) => {
        let change = 0;
        if (isLevelled) {
          for (let at = origin - period; at < origin; at += 1) {
            change += ((values[at] as number) - (values[at - period] as number)) / period;
          }
        }
        return Float64Array.from(
          { length: horizon },
          (_, step) => (values[origin - period + (step % period)] as number) + change,
        );
      });
    },
  };
}
