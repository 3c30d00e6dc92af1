/** How far forecasts are shown; the first unless said. */
export const horizons = ['24h', '48h', '7d'] as const;
export type Horizon = (typeof horizons)[number];

/** What the address says, where it is one. */
export function horizonOf(text: string | null): Horizon {
  return horizons.find((horizon) => horizon === text) ?? horizons[0];
}

/** Over what the past beside a forecast is summed up. */
export function stepOf(horizon: Horizon): { step: string; stepMs: number } {
  if (horizon === '24h') return { step: '10m', stepMs: 600_000 };
  return horizon === '48h' ? { step: '30m', stepMs: 1_800_000 } : { step: '1h', stepMs: 3_600_000 };
}
