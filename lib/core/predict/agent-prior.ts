import type { agentSigns } from './agent-signs.ts';
import { type Hazard, hazardOf } from './hazard.ts';

/**
 * Mean and standard deviation of the coefficient of each sign, in log-odds: what simulated fleets taught that are not judged
 * by. Fitted by `node bench/predict/fit.ts agents`; see docs/decisions/failure-prediction.md.
 */
const coefficients: Record<(typeof agentSigns)[number], [mean: number, deviation: number]> = {
  any: [-2.9, 0.5],
  memoryRamp: [0.97, 0.5],
  memoryNear: [0.0, 0.5],
  memoryFull: [5.32, 0.5],
  errorRamp: [1.77, 0.86],
  errorNear: [1.23, 0.5],
  errorHigh: [2.73, 0.5],
  errorStep: [-2.18, 0.5],
  slowRamp: [0.0, 1.0],
  slowNear: [0.0, 0.5],
  slowHigh: [0.0, 0.5],
  slowStep: [-3.63, 0.81],
  beatLate: [0.0, 1.0],
  brokeLately: [0.0, 0.63],
};

export const agentPrior: Hazard = hazardOf(
  Object.values(coefficients).map(([mean]) => mean),
  Object.values(coefficients).map(([, deviation]) => deviation),
);
