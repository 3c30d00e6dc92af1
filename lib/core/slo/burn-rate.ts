/**
 * Burn rate: how many times faster than sustainable the error budget is being spent.
 * 1 empties the budget exactly at the end of the period.
 * @param errorRatio bad ÷ events that count in the window, 0..1
 * @param objective share that must be good, strictly between 0 and 1 (0.999 leaves a budget of 0.001)
 * @returns 0..1 ÷ (1 − objective)
 * @throws RangeError when objective is outside (0, 1)
 * @see https://sre.google/workbook/alerting-on-slos/
 * @example burnRate(0.0144, 0.999) // ≈ 14.4: 2 % of a 30-day budget in one hour
 */
export function burnRate(errorRatio: number, objective: number): number {
  if (!(objective > 0 && objective < 1)) throw new RangeError(`objective must lie between 0 and 1; got ${objective}`);
  return errorRatio / (1 - objective);
}
