import type { Figures } from './figures.ts';

/** How a KPI is counted against a budget. Counts of stretches and of pools are added up like the figures they are of. */
export type KpiBudget = ShareBudget | AmountBudget;

/** Of the events that count, at least a share, the objective, must be good. */
export interface ShareBudget {
  of: 'share';
  /** What is good, and among what. */
  formula: string;
  /** Why there is no share where nothing counts. */
  nothing: string;
  /** The unit of the limit up to which an event is good; absent where a budget has no limit. */
  limitUnit?: 'ms';
  /** @param limit in `limitUnit`; 0 and not looked at where that is absent */
  count(figures: Figures, limit: number): Share;
}

/** Not more than the limit may be spent in a period. */
export interface AmountBudget {
  of: 'amount';
  /** What is spent. */
  formula: string;
  limitUnit: 'usd';
  count(figures: Figures): Amount;
}

export interface Share {
  good: number;
  total: number;
}

/** `n`: tasks that it was spent on. null is not known, for that reason. */
export type Amount = { spent: number; n: number } | { spent: null; n: number; reason: string };
