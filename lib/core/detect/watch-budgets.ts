import { chunkColumns } from '../kpi/chunk-columns.ts';
import type { RollupChunk } from '../kpi/rollup-chunk.ts';
import { TileBuilder } from '../kpi/tile.ts';
import type { Roster } from '../model/roster.ts';
import type { Minute } from '../model/time.ts';
import type { StoredBudget } from '../slo/budget.ts';
import { budgetFigures } from '../slo/budget-figures.ts';
import { tallyBudgets } from '../slo/budget-tallies.ts';
import type { WatchedBudget } from './detection-context.ts';
import type { Watch } from './watch.ts';

/**
 * What the minute, and the one before with what came late for it, comes to for each budget. What comes still later is in
 * the budget's report, and not in its alerts.
 */
export function countBudgets(
  watch: Watch,
  { budgets, roster }: { budgets: readonly StoredBudget[]; roster: Roster },
  chunks: readonly RollupChunk[],
  minute: Minute,
): Watch {
  if (budgets.length === 0) return watch.budgets.size === 0 ? watch : { ...watch, budgets: new Map() };
  let kept = watch.budgets;
  for (const counted of [minute - 1, minute]) {
    const its = chunks.filter((chunk) => chunk.minute === counted && !chunk.isLate);
    if (its.length === 0 && counted < minute) continue;
    const builder = new TileBuilder(counted, counted + 1, roster);
    builder.add(its.map(chunkColumns), undefined);
    const figuresOf = budgetFigures(builder.finish(), roster);
    kept = tallyBudgets(
      kept,
      budgets.map(({ budget }) => budget),
      figuresOf,
      counted,
    );
  }
  return { ...watch, budgets: kept };
}

/** The budgets that something was counted for. */
export function watchedBudgets(watch: Watch, budgets: readonly StoredBudget[]): WatchedBudget[] {
  return budgets.flatMap(({ budget }) => {
    const kept = watch.budgets.get(budget.name);
    return kept ? [{ budget, tally: kept.tally }] : [];
  });
}
