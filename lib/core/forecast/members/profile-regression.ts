import type { ForecastMember } from '../forecast-member.ts';
import { NormalEquations } from '../normal-equations.ts';
import { Refitting } from '../refitting.ts';

const SHRINKAGE = 1e-3;

/**
 * A profile of a season that learns with each round, and a regression of what values lay above it on what the last ones
 * did.
 * @param season index among the periods
 * @param rate how much of a round's difference the profile takes on, 0..1; more at first, as a mean does
 * @param lags in steps, rising
 */
export function profileRegression(season: 0 | 1, rate: number, lags: readonly number[]): ForecastMember {
  return {
    name: `profile-regression(${season + 1}, ${rate})`,
    forecast(values, origins, horizon, periods) {
      const period = periods[season];
      if (period === undefined || (origins[0] ?? 0) < 2 * period) return null;
      const longest = lags.at(-1) ?? 0;
      const profile = values.slice(0, period);
      const above = new Float64Array(values.length);
      const normal = new NormalEquations(lags.length + 1);
      const row = new Float64Array(lags.length + 1);
      const refitting = new Refitting(normal, SHRINKAGE);
      let at = period;
      return origins.map((origin) => {
        for (; at < origin; at += 1) {
          const phase = at % period;
          const rest = (values[at] as number) - (profile[phase] as number);
          above[at] = rest;
          if (at >= period + longest) {
            for (let i = 0; i < lags.length; i += 1) row[i] = above[at - (lags[i] as number)] as number;
            normal.add(row, rest);
          }
          const rounds = Math.floor(at / period) + 1;
          profile[phase] = (profile[phase] as number) + Math.max(rate, 1 / rounds) * rest;
        }
        const weights = refitting.weightsAt(origin, origin === origins.at(-1));
        const ahead = new Float64Array(horizon);
        for (let step = 0; weights && step < horizon; step += 1) {
          let sum = 0;
          for (let i = 0; i < lags.length; i += 1) {
            const back = step - (lags[i] as number);
            sum += (weights[i] as number) * ((back >= 0 ? ahead[back] : above[origin + back]) as number);
          }
          ahead[step] = sum;
        }
        return ahead.map((rest, step) => rest + (profile[(origin + step) % period] as number));
      });
    },
  };
}
