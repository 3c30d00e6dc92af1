import type { ForecastMember } from '../forecast-member.ts';

/** The mean of the last so many steps. @param share of the shortest season that they are; without a season, of 100 steps */
export function lastMean(share: number): ForecastMember {
  return {
    name: `last-mean(${share})`,
    forecast(values, origins, horizon, [period = 100]) {
      const length = Math.min(origins[0] ?? 0, Math.max(2, Math.round(period * share)));
      return origins.map((origin) => {
        let sum = 0;
        for (let at = origin - length; at < origin; at += 1) sum += values[at] as number;
        return new Float64Array(horizon).fill(sum / length);
      });
    },
  };
}
