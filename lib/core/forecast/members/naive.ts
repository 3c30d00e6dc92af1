import type { ForecastMember } from '../forecast-member.ts';

/** As now. */
export const naive: ForecastMember = {
  name: 'naive',
  forecast: (values, origins, horizon) =>
    origins.map((origin) => new Float64Array(horizon).fill(values[origin - 1] as number)),
};
