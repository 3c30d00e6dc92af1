import type { Alert } from '../../alert/alert.ts';
import { owningTeams } from '../../alert/lifecycle.ts';
import { livesOn } from '../../slo/lives-on.ts';
import type { DecisionContext } from '../directive-kind.ts';

/**
 * Alerts about money that is spent too fast, by the pools that live on it. Those of a budget of an agent or of a task type are of no
 * pool: most of what a pool does may be of others.
 */
export function burningMoney({ firing, budgets = [], pools, roster }: DecisionContext): Map<string, Alert[]> {
  const scopes = new Map(budgets.filter(({ kpi }) => kpi === 'cost_per_task').map(({ name, scope }) => [name, scope]));
  const burning = firing.flatMap((alert) => {
    const scope = alert.rule === 'budget-burn' ? scopes.get(alert.scope.budget ?? '') : undefined;
    return scope ? [{ alert, scope }] : [];
  });
  if (burning.length === 0) return new Map();
  const teamOf = owningTeams(roster);
  const byPool = [...pools.keys()].map((pool) => {
    const its = burning.filter(({ scope }) => livesOn(scope, pool, teamOf({ pool })));
    return [pool, its.map(({ alert }) => alert)] as const;
  });
  return new Map(byPool.filter(([, alerts]) => alerts.length > 0));
}
