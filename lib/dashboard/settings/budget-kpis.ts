/** How a budget of a KPI is counted: at least a share must be good, some within a limit; or an amount may be spent. */
export interface BudgetKpi {
  of: 'share' | 'amount';
  limitUnit?: 'ms' | 'usd';
  /** What is good, or what is spent. */
  words: string;
}

/** The KPIs that can have a budget, as docs/kpis.md lists them. */
export const budgetKpis: Readonly<Record<string, BudgetKpi>> = {
  task_completion_rate: { of: 'share', words: 'tasks that completed' },
  average_response_time: { of: 'share', limitUnit: 'ms', words: 'tasks answered within the limit' },
  error_ratio: { of: 'share', words: 'tasks without error' },
  end_to_end_latency: { of: 'share', limitUnit: 'ms', words: 'workflows that took no longer than the limit' },
  system_availability: { of: 'share', words: 'live agent-minutes' },
  service_level_agreement_compliance: { of: 'share', words: 'tasks within their slaMs' },
  customer_satisfaction: { of: 'share', words: 'ratings of 4 or better' },
  cost_per_task: { of: 'amount', limitUnit: 'usd', words: 'cost of tasks and of agents' },
  revenue_impact: { of: 'amount', limitUnit: 'usd', words: 'revenue at risk' },
};

/** What is filled in of a budget. */
export interface FilledBudget {
  name: string;
  kpi: string;
  scope: string;
  /** In percent. */
  objective: string;
  /** In seconds, or in USD. */
  limit: string;
  period: string;
  owner: string;
}

/** A budget as the API takes it: the share of percent, the limit in the unit of the KPI. */
export function budgetBody({ kpi, scope, objective, limit, period, owner }: FilledBudget): Record<string, unknown> {
  const { of, limitUnit } = budgetKpis[kpi] ?? { of: 'share' };
  return {
    kpi,
    scope: scope.trim(),
    period: period.trim(),
    ...(of === 'share' && objective !== '' ? { objective: rounded(Number(objective) / 100) } : {}),
    ...(limitUnit !== undefined && limit !== ''
      ? { limit: rounded(Number(limit) * (limitUnit === 'ms' ? 1_000 : 1)) }
      : {}),
    ...(owner.trim() === '' ? {} : { owner: owner.trim() }),
  };
}

/** Without what binary fractions add: 99.9 % is 0.999. */
function rounded(value: number): number {
  return Number(value.toPrecision(12));
}
