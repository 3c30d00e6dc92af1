import type { EpochMs } from '../../core/model/time.ts';
import type { Budget } from '../../core/slo/budget.ts';
import type { BudgetStore } from '../../ports/budget-store.ts';
import { follows, type Item, type ItemTable, numberOf, textOf, ttlSeconds } from './item-table.ts';

/** Longer than anybody edits what they once read: then revisions may begin anew. */
const DELETED_KEPT_MS = 30 * 86_400_000;

/**
 * Budgets in the State table, an item each. One that was deleted stays a while without its settings, so that its revision
 * does not come again and a change made from before does not go through.
 */
export function dynamoBudgetStore(table: ItemTable, nowMs: () => EpochMs): BudgetStore {
  return {
    async find(system, name) {
      const item = await table.get(keyOf(system), name);
      return item ? { revision: numberOf(item, 'revision'), budget: budgetIn(item) } : { revision: 0, budget: null };
    },

    async list(system) {
      const items = await table.query(keyOf(system));
      return items.flatMap((item) => {
        const budget = budgetIn(item);
        return budget ? [{ revision: numberOf(item, 'revision'), budget }] : [];
      });
    },

    save(system, name, { revision, budget }) {
      return table.put(
        {
          pk: keyOf(system),
          sk: name,
          revision,
          ...(budget ? { budget: JSON.stringify(budget) } : { ttl: ttlSeconds(nowMs() + DELETED_KEPT_MS) }),
        } as Item,
        follows(revision),
      );
    },
  };
}

function keyOf(system: string): string {
  return `BUDGETS#${system}`;
}

function budgetIn(item: Item): Budget | null {
  return item['budget'] === undefined ? null : (JSON.parse(textOf(item, 'budget')) as Budget);
}
