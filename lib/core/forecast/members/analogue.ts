import type { ForecastMember } from '../forecast-member.ts';

/**
 * What came after the seasons that were most like the last one, above their level: the mean of them, the more alike the
 * heavier.
 * @param count how many
 */
export function analogue(count: number): ForecastMember {
  return {
    name: `analogue(${count})`,
    forecast(values, origins, horizon, [period]) {
      if (period === undefined || (origins[0] ?? 0) < horizon + 4 * period) return null;
      const means = movingMeans(values, period);
      const ahead = Math.ceil(horizon / period) * period;
      return origins.map((origin) => {
        const level = means[origin] as number;
        const alike: { end: number; distance: number }[] = [];
        for (let end = origin - ahead; end >= period; end -= period) {
          const shift = level - (means[end] as number);
          let distance = 0;
          for (let back = 1; back <= period; back += 1) {
            distance += ((values[end - back] as number) - (values[origin - back] as number) + shift) ** 2;
          }
          alike.push({ end, distance });
        }
        alike.sort((a, b) => a.distance - b.distance);
        const nearest = (alike[0]?.distance ?? 0) + 1e-9;
        const chosen = alike.slice(0, count).map(({ end, distance }) => ({ end, weight: 1 / (distance + nearest) }));
        const total = chosen.reduce((sum, { weight }) => sum + weight, 0);
        const forecast = new Float64Array(horizon).fill(level);
        for (const { end, weight } of chosen) {
          const mean = means[end] as number;
          for (let step = 0; step < horizon; step += 1) {
            forecast[step] = (forecast[step] as number) + (weight / total) * ((values[end + step] as number) - mean);
          }
        }
        return forecast;
      });
    },
  };
}

/** At each index the mean of so many values before it; NaN where there are fewer. */
function movingMeans(values: Float64Array, length: number): Float64Array {
  const means = new Float64Array(values.length + 1).fill(Number.NaN);
  let sum = 0;
  for (let at = 0; at < values.length; at += 1) {
    sum += (values[at] as number) - (at >= length ? (values[at - length] as number) : 0);
    if (at + 1 >= length) means[at + 1] = sum / length;
  }
  return means;
}
