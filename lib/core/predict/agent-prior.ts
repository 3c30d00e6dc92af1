import type { agentSigns } from './agent-signs.ts';
import { type Hazard, hazardOf } from './hazard.ts';

/**
 * Mean and standard deviation of the coefficient of each sign, in log-odds: what simulated fleets taught that are not judged
 * by. Written by `node bench/predict/fit.ts`; see docs/decisions/failure-prediction.md.
 */
const coefficients: Record<(typeof agentSigns)[number], [mean: number, deviation: number]> = {
  any: [-4, 1],
  memoryRamp: [1, 1],
  memoryNear: [2, 1],
  memoryFull: [4, 1],
  errorRamp: [1, 1],
  errorNear: [2, 1],
  errorHigh: [1, 1],
  errorStep: [-1, 1],
  slowRamp: [0, 1],
  slowNear: [1, 1],
  slowHigh: [1, 1],
  slowStep: [-1, 1],
  beatLate: [0, 1],
  brokeLately: [0, 1],
};

export const agentPrior: Hazard = hazardOf(
  Object.values(coefficients).map(([mean]) => mean),
  Object.values(coefficients).map(([, deviation]) => deviation),
);
