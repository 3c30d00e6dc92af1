import { stepEffect } from './step-effect.ts';

export interface WindowChange {
  change: number;
  variance: number;
  placebos: number;
}

/**
 * How a window differs from what was to be expected of it, and the variance of what chance does to that: see step-effect.ts.
 * @param known values up to the decision
 * @param ahead steps from the last known value to the first of the window, 1 or more
 * @param calm how many of the known values are from before what is answered began
 */
export function windowChange(
  known: readonly number[],
  since: readonly number[],
  ahead: number,
  calm: number,
): WindowChange {
  const { estimate, standardError, placebos } = stepEffect({ known, since, ahead, calm });
  return { change: estimate, variance: standardError ** 2, placebos };
}
