/** @param share of 1; 0.0512 is "5.1 %", and 0.00512 is "0.51 %" */
export function twoFigurePercent(share: number): string {
  return `${Number((100 * share).toPrecision(2))} %`;
}
