import { owningTeams } from '../alert/lifecycle.ts';
import { emptyFigures, type Figures, mergeFigures } from '../kpi/figures.ts';
import { fleetFiguresIn, taskTypeFiguresIn } from '../kpi/scope-figures.ts';
import type { Tile } from '../kpi/tile.ts';
import { poolOf, type Roster } from '../model/roster.ts';
import type { BudgetScope } from './budget.ts';

/**
 * Figures of what budgets are of, from a tile that is not changed any more. A pool counts for the team that owns it, as it
 * does for alerts, so each pool for one team at most.
 * @param entries the agents to give figures of
 * @returns for each scope its figures; null for a pool, an agent or a team that is not known
 */
export function budgetFigures(tile: Tile, entries: Roster): (scope: BudgetScope) => Figures | null {
  const figures = fleetFiguresIn(tile, entries);
  const ownerOf = owningTeams(entries);
  const pools = new Set([...figures.pools.keys(), ...[...entries.values()].map(poolOf)]);
  let taskTypes: ReturnType<typeof taskTypeFiguresIn> | undefined;
  return (scope) => {
    if (scope.kind === 'fleet') return figures.fleet;
    if (scope.kind === 'agent') {
      const isForgotten = entries.get(scope.id)?.forgottenMs !== undefined;
      return isForgotten ? null : (figures.agents.get(scope.id) ?? null);
    }
    if (scope.kind === 'pool') return figures.pools.get(scope.id) ?? null;
    if (scope.kind === 'taskType') {
      taskTypes ??= taskTypeFiguresIn(tile);
      return taskTypes.get(scope.id) ?? emptyFigures();
    }
    const owned = [...pools].filter((pool) => ownerOf({ pool }) === scope.id);
    if (owned.length === 0) return null;
    const sum = emptyFigures();
    for (const pool of owned) mergeFigures(sum, figures.pools.get(pool) ?? emptyFigures());
    return sum;
  };
}
