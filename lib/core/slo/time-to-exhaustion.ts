/**
 * Time to exhaustion: how long what is left of a budget lasts at a burn rate, if the period's work goes on.
 * @param left the part of the whole budget that is left, up to 1
 * @param burnRate from 0
 * @returns minutes; null where it is spent already, and where it lasts longer than the period: what is spent now has left a
 *   rolling period by then
 * @see https://sre.google/workbook/alerting-on-slos/
 * @example minutesToExhaustion(1, 14.4, 43_200) // 3,000: 30 days ÷ 14.4, about two days
 */
export function minutesToExhaustion(left: number, burnRate: number, periodMinutes: number): number | null {
  if (left <= 0 || burnRate <= left) return null;
  return (left / burnRate) * periodMinutes;
}
