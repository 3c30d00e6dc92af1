import type { BudgetScope } from './budget.ts';

/**
 * Whether all work of a pool is counted for a budget: the pool's own, its team's, the fleet's. Of an agent's or a task type's it is a
 * part at most.
 * @param team that owns the pool; null where none does
 */
export function livesOn(scope: BudgetScope, pool: string, team: string | null): boolean {
  if (scope.kind === 'fleet') return true;
  return scope.kind === 'pool' ? scope.id === pool : scope.kind === 'team' && scope.id === team;
}
