import { type Hazard, hazardOf } from './hazard.ts';
import type { poolSigns } from './pool-signs.ts';

/** As of agent-prior.ts, of pools. */
const coefficients: Record<(typeof poolSigns)[number], [mean: number, deviation: number]> = {
  any: [-4, 1],
  loadRamp: [1, 1],
  loadAhead: [2, 1],
  loadHigh: [2, 1],
};

export const poolPrior: Hazard = hazardOf(
  Object.values(coefficients).map(([mean]) => mean),
  Object.values(coefficients).map(([, deviation]) => deviation),
);
