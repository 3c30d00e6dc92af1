import { reaches } from '../model/pool-access.ts';
import { poolOf, type Roster } from '../model/roster.ts';
import type { BudgetScope } from './budget.ts';

/**
 * Whether somebody who may be restricted to pools may see and set budgets of a scope: of their pools, and of agents in
 * them. The fleet, task types and teams are of all pools, and a team may come to own more.
 */
export function reachesBudget(
  holder: { pools?: readonly string[] },
  scope: BudgetScope,
  roster: Pick<Roster, 'get'>,
): boolean {
  if (holder.pools === undefined) return true;
  if (scope.kind === 'pool') return reaches(holder, scope.id);
  const entry = scope.kind === 'agent' ? roster.get(scope.id) : undefined;
  return entry !== undefined && reaches(holder, poolOf(entry));
}
