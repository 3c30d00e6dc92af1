import type { Figures } from '../kpi/figures.ts';
import { scopeName } from '../kpi/kpi-scope.ts';
import { kpiBudget } from '../kpi/registry.ts';
import type { Minute } from '../model/time.ts';
import type { Budget } from './budget.ts';
import { type BudgetTally, countMinute, emptyTally } from './budget-tally.ts';
import { periodMinutes } from './budget-window.ts';
import { tallyMinute } from './tally-minute.ts';

/** The tally of a budget, and what it counts. */
export interface KeptTally {
  counts: string;
  tally: BudgetTally;
}

type TalliedBudget = Pick<Budget, 'name' | 'kpi' | 'scope' | 'period' | 'limit'>;

/**
 * Counts a minute for each budget, by name. A budget that counts something else than its tally did, or is new, begins with an
 * empty one; tallies of budgets that are no more are left out. The objective, and the limit of an amount, may change: they
 * say how much is too much, not what counts.
 * @param kept is used up: tallies are changed in place
 * @param figuresOf of that minute; null where the scope is not known
 */
export function tallyBudgets(
  kept: ReadonlyMap<string, KeptTally>,
  budgets: readonly TalliedBudget[],
  figuresOf: (scope: Budget['scope']) => Figures | null,
  minute: Minute,
): Map<string, KeptTally> {
  return new Map(
    budgets.map((budget) => {
      const counts = whatCounts(budget);
      const before = kept.get(budget.name);
      const tally = before?.counts === counts ? before.tally : emptyTally(minutesOf(budget));
      const counted = tallyMinute(budget, figuresOf(budget.scope));
      if (counted !== null) countMinute(tally, minute, counted);
      return [budget.name, { counts, tally }];
    }),
  );
}

function whatCounts({ kpi, scope, period, limit }: TalliedBudget): string {
  const upTo = kpiBudget(kpi).of === 'share' ? (limit ?? '') : '';
  return [kpi, scopeName(scope), period, upTo].join(' ');
}

function minutesOf({ period }: TalliedBudget): number {
  const minutes = periodMinutes(period);
  if (minutes === null) throw new RangeError(`period must be hours or days from 1h to 90d; got ${period}`);
  return minutes;
}
