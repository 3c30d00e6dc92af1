/** @param share of 1; 0.0512 is "5 %" */
export function wholePercent(share: number): string {
  return `${Math.round(100 * share)} %`;
}
