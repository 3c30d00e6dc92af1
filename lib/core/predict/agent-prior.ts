import type { agentSigns } from './agent-signs.ts';
import { type Hazard, hazardOf } from './hazard.ts';

/**
 * Mean and standard deviation of the coefficient of each sign, in log-odds: what simulated fleets taught that are not judged
 * by. Fitted by `node bench/predict/fit.ts agents`; see docs/decisions/failure-prediction.md.
 */
const coefficients: Record<(typeof agentSigns)[number], [mean: number, deviation: number]> = {
  any: [-2.67, 0.5],
  memoryRamp: [1.16, 0.5],
  memoryNear: [-0.51, 0.5],
  memoryFull: [5.58, 0.5],
  errorRamp: [1.77, 0.85],
  errorNear: [1.15, 0.5],
  errorHigh: [2.52, 0.5],
  errorStep: [-2.28, 0.5],
  slowRamp: [1.09, 1.0],
  slowNear: [-0.86, 0.5],
  slowHigh: [-0.33, 0.5],
  slowStep: [-3.95, 0.81],
  beatLate: [-0.52, 1.0],
  brokeLately: [-1.14, 0.63],
};

export const agentPrior: Hazard = hazardOf(
  Object.values(coefficients).map(([mean]) => mean),
  Object.values(coefficients).map(([, deviation]) => deviation),
);
