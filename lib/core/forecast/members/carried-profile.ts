import type { ForecastMember } from '../forecast-member.ts';

/** How fast the profile of the season learns. */
const PROFILE_RATE = 0.2;

/**
 * The profile of the shortest season, carried by a smoothed level of late.
 * @param rate how much of what a value lies above its forecast the level takes on, 0..1
 */
export function carriedProfile(rate: number): ForecastMember {
  return {
    name: `carried-profile(${rate})`,
    forecast(values, origins, horizon, [period]) {
      if (period === undefined || (origins[0] ?? 0) < 2 * period) return null;
      const profile = new Float64Array(period);
      let level = 0;
      for (let phase = 0; phase < period; phase += 1) {
        profile[phase] = ((values[phase] as number) + (values[phase + period] as number)) / 2;
        level += (profile[phase] as number) / period;
      }
      for (let phase = 0; phase < period; phase += 1) profile[phase] = (profile[phase] as number) - level;
      let at = 0;
      return origins.map((origin) => {
        for (; at < origin; at += 1) {
          const phase = at % period;
          const above = (values[at] as number) - (profile[phase] as number);
          profile[phase] = (profile[phase] as number) + PROFILE_RATE * (above - level);
          level += rate * (above - level);
        }
        return Float64Array.from({ length: horizon }, (_, step) => level + (profile[(at + step) % period] as number));
      });
    },
  };
}
