import type { KpiId } from '../kpi/registry.ts';
import type { EpochMs } from '../model/time.ts';

export const budgetScopeKinds = ['fleet', 'pool', 'agent', 'taskType', 'team'] as const;

/** What a budget is of. A team is the pools that it owns. */
export type BudgetScope = { kind: 'fleet' } | { kind: Exclude<(typeof budgetScopeKinds)[number], 'fleet'>; id: string };

/** An objective for a KPI over a rolling period, or an amount that may be spent in one. */
export interface Budget {
  name: string;
  kpi: KpiId;
  scope: BudgetScope;
  /** Share of events that must be good, strictly between 0 and 1; null of amounts. */
  objective: number | null;
  /** Hours or days, such as 30d. */
  period: string;
  /** In the unit that the KPI declares: up to which an event is good, or what may be spent; null where there is none. */
  limit: number | null;
  owner: string | null;
  updatedAtMs: EpochMs;
  updatedBy: string;
}

export type BudgetSettings = Omit<Budget, 'name' | 'updatedAtMs' | 'updatedBy'>;

/** What is stored by a name: each change has the revision after that of the one before. */
export interface BudgetRevision {
  /** 0 where nothing was ever stored. */
  revision: number;
  /** null where there is none, or it was deleted. */
  budget: Budget | null;
}

/** A budget that is there. */
export interface StoredBudget {
  revision: number;
  budget: Budget;
}

/** More would make the list slow: the figures of each are read when it is shown. */
export const MAX_BUDGETS = 200;
