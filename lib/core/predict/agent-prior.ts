import type { agentSigns } from './agent-signs.ts';
import { type Hazard, hazardOf } from './hazard.ts';

/**
 * Mean and standard deviation of the coefficient of each sign, in log-odds: what simulated fleets taught that are not judged
 * by. Fitted by `node bench/predict/fit.ts agents`; see docs/decisions/failure-prediction.md.
 */
const coefficients: Record<(typeof agentSigns)[number], [mean: number, deviation: number]> = {
  any: [-3.85, 0.5],
  memoryRamp: [1.31, 0.5],
  memoryNear: [0.32, 0.5],
  memoryFull: [5.78, 0.5],
  errorRamp: [1.79, 0.91],
  errorNear: [1.48, 0.5],
  errorHigh: [3.65, 0.5],
  errorStep: [-1.91, 0.5],
  slowRamp: [1.02, 1.0],
  slowNear: [-0.37, 0.56],
  slowHigh: [0.0, 0.5],
  slowStep: [-2.36, 0.87],
  beatLate: [-0.22, 1.0],
  brokeLately: [-0.15, 0.68],
};

export const agentPrior: Hazard = hazardOf(
  Object.values(coefficients).map(([mean]) => mean),
  Object.values(coefficients).map(([, deviation]) => deviation),
);
