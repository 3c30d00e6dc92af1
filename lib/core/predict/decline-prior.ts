import type { declineSigns } from './agent-signs.ts';
import { type Hazard, hazardOf } from './hazard.ts';

/** As of agent-prior.ts, of agents that are degraded or down: fitted by `node bench/predict/fit.ts declines`. */
const coefficients: Record<(typeof declineSigns)[number], [mean: number, deviation: number]> = {
  any: [-2.59, 0.5],
  memoryFull: [2.85, 0.73],
  leakRise: [0.51, 0.5],
  leakNear: [2.27, 0.5],
  leakRamp: [0.5, 0.81],
  failRise: [0.0, 0.5],
  failNear: [3.49, 0.5],
  failHigh: [1.54, 0.5],
  failRamp: [2.11, 1.0],
  failStep: [-1.94, 0.5],
  brokeLately: [0.0, 0.5],
};

export const declinePrior: Hazard = hazardOf(
  Object.values(coefficients).map(([mean]) => mean),
  Object.values(coefficients).map(([, deviation]) => deviation),
);
