import type { ForecastMember } from '../forecast-member.ts';

/** A season of fewer steps is its own smooth profile. */
const LEAST_PERIOD = 48;

export interface SmoothProfile {
  /** Half the width over which values of neighbouring phases are averaged, as share of the season. */
  halfWidth: number;
  /** Seasons that are averaged. */
  seasons: number;
  /** Over which share of the season the level of late is compared with that of those seasons. */
  levelShare: number;
}

/** For seasons of many steps, such as a day of minutes: the mean of the last seasons, smoothed, at the level of late. */
export function smoothProfile({ halfWidth, seasons, levelShare }: SmoothProfile): ForecastMember {
  return {
    name: `smooth-profile(${seasons})`,
    forecast(values, origins, horizon, [period]) {
      if (period === undefined || period < LEAST_PERIOD || (origins[0] ?? 0) < period * (seasons + 1)) return null;
      const half = Math.max(1, Math.round(period * halfWidth));
      const recent = Math.max(1, Math.round(period * levelShare));
      const sums = new Float64Array(values.length + 1);
      for (let at = 0; at < values.length; at += 1) sums[at + 1] = (sums[at] as number) + (values[at] as number);
      const mean = (from: number, to: number) => ((sums[to] as number) - (sums[from] as number)) / (to - from);
      return origins.map((origin) => {
        let level = mean(origin - recent, origin);
        for (let back = 1; back <= seasons; back += 1) {
          const end = origin - back * period;
          level -= mean(Math.max(0, end - recent), end) / seasons;
        }
        return Float64Array.from({ length: horizon }, (_, step) => {
          let usual = 0;
          for (let back = 1; back <= seasons; back += 1) {
            const at = origin + (step % period) - back * period;
            usual += mean(Math.max(0, at - half), Math.min(origin, at + half + 1)) / seasons;
          }
          return usual + level;
        });
      });
    },
  };
}
