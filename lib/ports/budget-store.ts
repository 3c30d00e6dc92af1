import type { BudgetRevision, StoredBudget } from '../core/slo/budget.ts';

/** Budgets of each system by their names. */
export interface BudgetStore {
  /** Also where there is none: the revision is what the next change goes by. */
  find(system: string, name: string): Promise<BudgetRevision>;
  /** Those that were not deleted, in the order of their names. */
  list(system: string): Promise<StoredBudget[]>;
  /**
   * Saves a budget, or deletes it (null).
   * @param next revision: 1 more than the one that was read
   * @returns false when somebody else changed it since; then nothing is written
   */
  save(system: string, name: string, next: BudgetRevision): Promise<boolean>;
}
