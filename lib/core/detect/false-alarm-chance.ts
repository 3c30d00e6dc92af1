/** How often a rule may be wrong, over a whole fleet. */
export const FALSE_ALERTS_A_DAY = 0.1;
const MINUTES_A_DAY = 1_440;

/**
 * How improbable something must be before a rule calls it no chance: with so many subjects, each judged every minute, chance
 * alone then breaches less often than {@link FALSE_ALERTS_A_DAY}. The more a fleet has, the stricter it is.
 * @param subjects that the rule judges in a minute
 * @example falseAlarmChance(100) // 6.9e-7
 */
export function falseAlarmChance(subjects: number): number {
  return FALSE_ALERTS_A_DAY / (Math.max(1, subjects) * MINUTES_A_DAY);
}
