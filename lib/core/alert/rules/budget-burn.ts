import type { DetectionContext, WatchedBudget } from '../../detect/detection-context.ts';
import { kpiBudget, kpis } from '../../kpi/registry.ts';
import { startOfMinute } from '../../model/time.ts';
import { assessBudget, type BudgetAssessment } from '../../slo/assess-budget.ts';
import type { AlertScope, Finding, Severity } from '../alert.ts';
import type { AlertRule, Assessment } from '../rule.ts';

type Condition = Record<Severity, number>;
/** How many times as fast as it lasts a budget must be spent; docs/decisions/burn-rates.md has the windows. */
const factors: Condition = { critical: 14.4, high: 6, medium: 3, low: 1 };

/** What is told of days cannot be told of the first hour: the short window of the rules of a severity. */
const COUNTED_MINUTES: Condition = { critical: 3, high: 30, medium: 120, low: 360 };

/** A budget is being spent so fast that somebody must be woken. */
export const budgetBurn: AlertRule = {
  id: 'budget-burn',
  kind: 'budget_burn',
  looksFor:
    'a budget is spent many times as fast as it lasts, over a long and a short window at once (14.4 times: critical, 6: high), or most of ten minutes goes wrong where an objective is low',
  condition: { critical: factors.critical, high: factors.high },
  resolveAfterMinutes: 5,
  cooldownMinutes: 30,
  runbook: 'docs/runbooks.md#budget-burn',
  measures: ['bad', 'time'],
  assess: (context) => assessAll(context, ['critical', 'high'], 'clear'),
};

/** A budget will not last: a ticket for the day, also of what woke somebody before. */
export const budgetTicket: AlertRule = {
  id: 'budget-ticket',
  kind: 'budget_burn',
  looksFor: 'a budget is spent faster than it lasts, over a long and a short window at once (3 times: medium, 1: low)',
  condition: { medium: factors.medium, low: factors.low },
  resolveAfterMinutes: 30,
  cooldownMinutes: 60,
  runbook: 'docs/runbooks.md#budget-burn',
  measures: ['bad', 'time'],
  assess: (context) => assessAll(context, ['medium', 'low'], 'unknown'),
};

/** @param otherwise what is said of budgets that burn at a severity of the other rule */
function assessAll(
  { budgets, minute }: DetectionContext,
  own: readonly Severity[],
  otherwise: 'clear' | 'unknown',
): Assessment[] {
  return budgets.map(({ budget, tally }) => {
    const scope = scopeOf(budget);
    const assessment = assessBudget(tally, budget, minute);
    if (assessment.verdict !== 'breach') return { scope, verdict: assessment.verdict };
    if (!own.includes(assessment.severity)) return { scope, verdict: otherwise };
    const countedMinutes = tally.since === null ? 0 : minute + 1 - tally.since;
    if (countedMinutes < COUNTED_MINUTES[assessment.severity]) return { scope, verdict: 'unknown' };
    return { scope, verdict: 'breach', finding: findingOf(budget, assessment, startOfMinute(minute)) };
  });
}

/** What the budget is of is also what its alert is of, so that the same people hear of it. */
function scopeOf({ name, scope }: WatchedBudget['budget']): AlertScope {
  if (scope.kind === 'fleet' || scope.kind === 'team') return { budget: name };
  return { [scope.kind]: scope.id, budget: name };
}

function findingOf(
  { name, kpi, objective, limit, owner, period }: WatchedBudget['budget'],
  { severity, burnRates, badEvents, n, onsetMs, exhaustsAtMs, evidence }: BudgetAssessment,
  minuteMs: number,
): Finding {
  const rates = Object.entries(burnRates).flatMap(([window, rate]) => (rate === null ? [] : [{ window, rate }]));
  const fastest = rates.reduce((most, it) => (it.rate > most.rate ? it : most), { window: '', rate: 0 });
  const counting = kpiBudget(kpi);
  const of = objective === null ? `${limit} ${kpis[kpi].unit} in ${period}` : `${objective} over ${period}`;
  const lasts =
    exhaustsAtMs === null ? '' : ` If it goes on, nothing is left at ${new Date(exhaustsAtMs).toISOString()}.`;
  return {
    title: `Budget ${name} is spent ${fastest.rate.toFixed(1)} times as fast as it lasts`,
    why: `${kpi} (objective ${of}): ${evidence[0] ?? ''}.${lasts}${owner === null ? ' Nobody owns this budget.' : ` Owner: ${owner}.`}`,
    ...{ onsetMs: onsetMs ?? minuteMs, value: fastest.rate, expected: 1, unit: 'times', n },
    impact: counting.of === 'share' ? { badEvents } : { spent: badEvents },
    evidence: [
      ...evidence,
      `burn rates: ${rates.map(({ window, rate }) => `${window} ${rate.toFixed(2)}`).join(', ')}`,
    ],
    contributors: [],
    ...(severity === null ? {} : { severity }),
    ...(exhaustsAtMs === null ? {} : { exhaustsMs: exhaustsAtMs }),
  };
}
