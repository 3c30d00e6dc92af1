import type { CapacityObjective } from '../capacity/capacity-objective.ts';
import type { Budget } from '../slo/budget.ts';
import { periodMinutes } from '../slo/budget-window.ts';

/** What plans are to keep to. */
export interface PlanObjectives {
  /** Most that agents and tokens together may cost; null where no budget says so. */
  budgetUsdPerHour: number | null;
  /** How a pool is to serve its tasks. */
  ofPool: (pool: string) => CapacityObjective;
}

/** Where no budget says anything else: at most one task in five waits, as the alerts about capacity have it. */
export const usualObjective: CapacityObjective = { kind: 'wait-share', waitShare: 0.2 };

/**
 * What budgets ask of plans: a budget for the response time of a pool (else of the fleet) is how it is to serve its tasks; an amount
 * that the fleet may spend in a period is spread evenly over it. Of several the strictest counts.
 */
export function planObjectives(budgets: readonly Budget[]): PlanObjectives {
  const spending = budgets.flatMap(({ kpi, scope, limit, period }) => {
    const minutes = periodMinutes(period);
    if (kpi !== 'cost_per_task' || scope.kind !== 'fleet' || limit === null || minutes === null) return [];
    return [(60 * limit) / minutes];
  });
  const responses = budgets.flatMap(({ kpi, scope, limit, objective }) => {
    if (kpi !== 'average_response_time' || limit === null || objective === null) return [];
    if (scope.kind !== 'fleet' && scope.kind !== 'pool') return [];
    return [{ pool: scope.kind === 'pool' ? scope.id : null, slaMs: limit, share: objective }];
  });
  const strictest = (pool: string | null) =>
    responses.filter((its) => its.pool === pool).sort((a, b) => a.slaMs - b.slaMs || b.share - a.share)[0];
  return {
    budgetUsdPerHour: spending.length === 0 ? null : Math.min(...spending),
    ofPool: (pool) => {
      const found = strictest(pool) ?? strictest(null);
      return found ? { kind: 'response-within', slaMs: found.slaMs, share: found.share } : usualObjective;
    },
  };
}
