import type { Figures } from '../kpi/figures.ts';
import { kpiBudget } from '../kpi/registry.ts';
import type { Budget } from './budget.ts';
import type { EventCounts } from './event-counts.ts';

/** Of an amount's unit. */
export const AMOUNT_PARTS = 1e6;

/**
 * What a minute comes to for a budget, to be counted in its tally.
 * @param figures of the budget's scope in that minute; null where what it is of is not known
 * @returns null where it is not known what was spent
 */
export function tallyMinute(budget: Pick<Budget, 'kpi' | 'limit'>, figures: Figures | null): EventCounts | null {
  if (figures === null) return null;
  const counting = kpiBudget(budget.kpi);
  if (counting.of === 'share') {
    const { good, total } = counting.count(figures, budget.limit ?? 0);
    return { bad: total - good, total };
  }
  const { spent, n } = counting.count(figures);
  return spent === null ? null : { bad: Math.round(spent * AMOUNT_PARTS), total: n };
}
