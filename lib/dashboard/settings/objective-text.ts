import type { Budget } from '../plan/budget-answer.ts';
import { valueText } from '../show-value.ts';
import { budgetKpis } from './budget-kpis.ts';

/** `99 % within 2.00 s`, `99.9 %`, or `$500` */
export function objectiveText({ kpi, objective, limit }: Pick<Budget, 'kpi' | 'objective' | 'limit'>): string {
  const unit = budgetKpis[kpi]?.limitUnit ?? '';
  const within = limit === null ? '' : valueText(limit, unit);
  if (objective === null) return within;
  // As many digits as were set: 99.95 % is not 100 %.
  const share = `${Number((objective * 100).toPrecision(6))}\u00a0%`;
  return within === '' ? share : `${share} within ${within}`;
}
