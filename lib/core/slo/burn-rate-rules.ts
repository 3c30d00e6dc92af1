import type { Severity } from '../alert/alert.ts';
import { DAY_MINUTES } from '../model/time.ts';

/** A burn rate that must be exceeded over two windows at once: the long one says that it matters, the short one that it goes on. */
export interface BurnRateRule {
  id: 'page-quick' | 'page-slow' | 'ticket-quick' | 'ticket-slow';
  severity: Severity;
  longMinutes: number;
  shortMinutes: number;
  /** The burn rate that both windows must exceed. */
  factor: number;
}

/**
 * The table of multi-window, multi-burn-rate alerts for a period of 30 days: the part of the budget that a long window may
 * spend before somebody is told.
 * @see https://sre.google/workbook/alerting-on-slos/ (table 5-8)
 */
const WORKBOOK_RULES = [
  { id: 'page-quick', severity: 'critical', budgetShare: 0.02, longMinutes: 60, shortMinutes: 5 },
  { id: 'page-slow', severity: 'high', budgetShare: 0.05, longMinutes: 360, shortMinutes: 30 },
  { id: 'ticket-quick', severity: 'medium', budgetShare: 0.1, longMinutes: DAY_MINUTES, shortMinutes: 120 },
  { id: 'ticket-slow', severity: 'low', budgetShare: 0.1, longMinutes: 3 * DAY_MINUTES, shortMinutes: 360 },
] as const;

const WORKBOOK_PERIOD = 30 * DAY_MINUTES;
/** A minute is the shortest stretch that is counted, and one bad minute alone is no trend. */
const SHORTEST_LONG_MINUTES = 5;

/**
 * The rules of a period, from the most severe.
 *
 * From 28 to 31 days the windows are the workbook's, and factors follow from the part of the budget, as in Sloth: factor =
 * part × period ÷ long window. For any other period the windows grow and shrink with it, in whole minutes, and the factors
 * are the workbook's, as in Pyrra: a rule then spends the same part of any budget before it tells.
 * @see https://github.com/slok/sloth (internal/alert), https://github.com/pyrra-dev/pyrra (slo/rules.go)
 * @example burnRateRules(30 * 1_440).map(({ factor }) => factor) // 14.4, 6, 3, 1; of 28 days 13.44, 5.6, 2.8, 0.933
 */
export function burnRateRules(periodMinutes: number): BurnRateRule[] {
  const isMonth = periodMinutes >= 28 * DAY_MINUTES && periodMinutes <= 31 * DAY_MINUTES;
  const scale = isMonth ? 1 : periodMinutes / WORKBOOK_PERIOD;
  const factorPeriod = isMonth ? periodMinutes : WORKBOOK_PERIOD;
  return WORKBOOK_RULES.map(({ id, severity, budgetShare, longMinutes, shortMinutes }) => ({
    id,
    severity,
    longMinutes: Math.max(SHORTEST_LONG_MINUTES, Math.round(longMinutes * scale)),
    shortMinutes: Math.max(1, Math.round(shortMinutes * scale)),
    factor: (budgetShare * factorPeriod) / longMinutes,
  }));
}

/**
 * How long a constant error ratio lasts until it has raised the burn rate of a rule's long window, that was without errors,
 * to its factor.
 * @param errorRatio 0..1
 * @returns minutes; Infinity where the ratio never suffices, because the burn rate stays below the factor
 * @see https://sre.google/workbook/alerting-on-slos/ (detection time = (1 − objective) ÷ error ratio × window × burn rate)
 * @example detectionMinutes(page-quick of 30 days, 1, 0.99) // 8.64: 0.01 ÷ 1 × 60 × 14.4
 */
export function detectionMinutes(
  { longMinutes, factor }: Pick<BurnRateRule, 'longMinutes' | 'factor'>,
  errorRatio: number,
  objective: number,
): number {
  const budget = 1 - objective;
  if (errorRatio <= factor * budget) return Number.POSITIVE_INFINITY;
  return (budget / errorRatio) * longMinutes * factor;
}
