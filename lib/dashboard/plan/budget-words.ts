import { axisText } from '../charts/series-shape.ts';
import { inWords, kpiName } from '../kpi-names.ts';
import { clockText, lengthText } from '../show-time.ts';
import { valueText } from '../show-value.ts';
import type { Budget } from './budget-answer.ts';

/** What a budget promises: `99 % of tasks within 2.00 s, over 7d, pool writers`. */
export function promiseSentence({ kpi, scope, objective, limit, period }: Budget): string {
  const of = scope === 'fleet' ? 'the fleet' : scope.replace(':', ' ').replace('taskType', 'task type');
  if (objective === null) {
    const what = kpi === 'revenue_impact' ? 'of revenue at risk' : 'for tasks and agents';
    return `At most ${limit === null ? '–' : axisText(limit, 'usd')} ${what} in ${period}, ${of}`;
  }
  const within = limit === null ? '' : ` within ${axisText(limit, 'ms')}`;
  return `${good(kpi)} for ${share(objective)}${within} over ${period}, ${of}`;
}

const goods: Readonly<Record<string, string>> = {
  task_completion_rate: 'Tasks completed',
  error_ratio: 'Tasks without error',
  service_level_agreement_compliance: 'Tasks within their SLA',
  system_availability: 'Minutes available',
  customer_satisfaction: 'Ratings of 4 or better',
  average_response_time: 'Response',
  end_to_end_latency: 'Workflows end to end',
};

function good(kpi: string): string {
  return goods[kpi] ?? kpiName(kpi).label;
}

/** An objective keeps the nines that it was set with. */
function share(objective: number): string {
  return `${Number((100 * objective).toPrecision(7))}\u00a0%`;
}

export type BudgetTone = 'spent' | 'burning' | 'good' | 'unknown';

/** How a budget stands. */
export function budgetTone({ remaining: { value }, exhaustsAt }: Budget): BudgetTone {
  if (value === null) return 'unknown';
  if (value <= 0) return 'spent';
  return exhaustsAt === null ? 'good' : 'burning';
}

/** How much is left, and of what. */
export function leftSentence({ remaining, limit, objective }: Budget): string {
  const { value, unit, reason } = remaining;
  if (value === null) return `Not known: ${reason ?? 'nothing is counted'}`;
  if (objective !== null) {
    return value < 0
      ? `Overspent by ${valueText(-value, 'ratio')} of the error budget`
      : `${valueText(value, 'ratio')} of the error budget is left`;
  }
  const of = limit === null ? '' : ` of ${axisText(limit, unit)}`;
  return value < 0
    ? `${valueText(-value, unit)} more than the${of.replace(' of', '')} was spent`
    : `${valueText(value, unit)}${of} is left`;
}

/** What part of the whole is left, 1 to minus infinity; null where that is not known. */
export function leftShare({ remaining: { value }, limit, objective }: Budget): number | null {
  if (value === null) return null;
  if (objective !== null) return value;
  return limit === null ? null : value / limit;
}

/** Until when it lasts. */
export function lastsSentence(budget: Budget, nowMs: number): string {
  const { exhaustsAt, exhaustsReason } = budget;
  if (exhaustsAt === null) return `Until when: ${exhaustsReason ?? 'not told'}`;
  const atMs = Date.parse(exhaustsAt);
  return `Lasts until ${clockText(atMs, nowMs)} UTC, another ${lengthText(atMs - nowMs)}, if work goes on as it does`;
}

/** A burn rate as it is read: `0.83×`. */
export function burnText(rate: number): string {
  return `${rate === 0 ? '0' : Number(rate.toPrecision(2))}×`;
}

/** When somebody is told. */
export function alertRuleSentence({
  severity,
  long,
  short,
  burnRate,
}: NonNullable<Budget['alertRules']>[number]): string {
  return `${inWords(severity)}: above ${Number(burnRate.toPrecision(3))}× over ${long} and ${short} at once`;
}
