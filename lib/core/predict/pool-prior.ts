import { type Hazard, hazardOf } from './hazard.ts';
import type { poolSigns } from './pool-signs.ts';

/** As of agent-prior.ts, of pools: fitted by `node bench/predict/fit.ts pools`. */
const coefficients: Record<(typeof poolSigns)[number], [mean: number, deviation: number]> = {
  any: [-2.0, 0.5],
  loadRamp: [0.0, 0.5],
  loadAhead: [0.52, 0.5],
  loadHigh: [1.22, 0.5],
};

export const poolPrior: Hazard = hazardOf(
  Object.values(coefficients).map(([mean]) => mean),
  Object.values(coefficients).map(([, deviation]) => deviation),
);
