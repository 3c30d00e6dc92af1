import type { Figures } from '../kpi/figures.ts';
import type { AmountBudget, ShareBudget } from '../kpi/kpi-budget.ts';
import { scopeName } from '../kpi/kpi-scope.ts';
import type { KpiValue } from '../kpi/kpi-value.ts';
import { kpiBudget } from '../kpi/registry.ts';
import { type EpochMs, MINUTE_MS } from '../model/time.ts';
import type { Budget } from './budget.ts';
import { type BudgetWindow, windowsOfPeriod } from './budget-window.ts';
import { burnRate } from './burn-rate.ts';

/** How a budget stands at a moment. */
export interface BudgetReport {
  /** Of a share the part of the error budget that is left, 1 to minus infinity; of an amount what is left of the limit. */
  remaining: KpiValue;
  /** By the name of the window, from the shortest. */
  burnRate: Record<string, KpiValue>;
  /** When the budget will have been spent if work goes on as it does. */
  exhausts: { atMs: EpochMs } | { atMs: null; reason: string };
}

/** What a budget is judged by. */
export interface BudgetFigures {
  /** By the name of each window of the period; null where what the budget is of is not known. */
  windows: ReadonlyMap<string, Figures | null>;
  /** The end of all windows. */
  toMs: EpochMs;
  /** Since when anything has been reported; null where nothing was. */
  sinceMs: EpochMs | null;
}

/**
 * What is left of a budget, how fast it is being spent, and until when it lasts.
 *
 * Share: burn rate of a window = (bad ÷ total) ÷ (1 − objective); remaining = 1 − bad ÷ (total × (1 − objective)), both of
 * the period. Amount: burn rate = (spent ÷ window) ÷ (limit ÷ period); remaining = limit − spent.
 * @example 1,000 tasks in 30 days, 4 failed, objective 0.99: 10 may fail, remaining 0.6
 */
export function budgetReport(budget: Budget, figures: BudgetFigures): BudgetReport {
  const windows = windowsOfPeriod(budget.period);
  const period = windows.at(-1) as BudgetWindow;
  const counting = kpiBudget(budget.kpi);
  const { remaining, left, burn } =
    counting.of === 'share'
      ? shareReport(counting, budget, period, figures)
      : amountReport(counting, budget, period, figures);
  const rates = new Map(windows.map((window) => [window, burn(window)]));
  return {
    remaining,
    burnRate: Object.fromEntries([...rates].map(([{ name }, rate]) => [name, rate])),
    exhausts: exhaustion(left, rates, period, figures),
  };
}

interface Standing {
  remaining: KpiValue;
  /** The part of the whole budget that remains; null where that is not known. */
  left: number | null;
  burn: (window: BudgetWindow) => KpiValue;
}

function shareReport(counting: ShareBudget, budget: Budget, period: BudgetWindow, figures: BudgetFigures): Standing {
  const objective = budget.objective ?? Number.NaN;
  const burn = ({ name }: BudgetWindow): KpiValue => {
    const found = figures.windows.get(name);
    if (!found) return unknown(budget, 'ratio');
    const { good, total } = counting.count(found, budget.limit ?? 0);
    if (total === 0) return { value: null, n: 0, unit: 'ratio', reason: counting.nothing };
    const bad = total - good;
    return { value: burnRate(bad / total, objective), n: total, unit: 'ratio', parts: { good, bad } };
  };
  const spent = burn(period);
  const left = spent.value === null ? null : 1 - spent.value;
  return { remaining: { ...spent, value: left }, left, burn };
}

function amountReport(counting: AmountBudget, budget: Budget, period: BudgetWindow, figures: BudgetFigures): Standing {
  const limit = budget.limit ?? Number.NaN;
  const unit = counting.limitUnit;
  const amountIn = ({ name }: BudgetWindow): KpiValue & { value: number | null } => {
    const found = figures.windows.get(name);
    if (!found) return unknown(budget, unit);
    const { spent, n, ...why } = counting.count(found);
    return { value: spent, n, unit, ...why };
  };
  const burn = (window: BudgetWindow): KpiValue => {
    const amount = amountIn(window);
    if (amount.value === null) return { ...amount, unit: 'ratio' };
    const sustainable = (limit * window.minutes) / period.minutes;
    return { value: amount.value / sustainable, n: amount.n, unit: 'ratio', parts: { spent: amount.value } };
  };
  const whole = amountIn(period);
  if (whole.value === null) return { remaining: whole, left: null, burn };
  const remaining = { ...whole, value: limit - whole.value, parts: { spent: whole.value } };
  return { remaining, left: remaining.value / limit, burn };
}

function unknown({ scope }: Budget, unit: string): KpiValue {
  const reason = scope.kind === 'team' ? `no pool is owned by team ${scope.id}` : `${scopeName(scope)} is not known`;
  return { value: null, n: 0, unit, reason };
}

/**
 * What remains lasts remaining ÷ burn rate periods, where the period's work goes on at the rate of the longest window that
 * something was reported throughout. Beyond a period it is not told: by then everything that counts now has left the
 * period, and a burn rate of at most 1 never empties it.
 */
function exhaustion(
  left: number | null,
  rates: ReadonlyMap<BudgetWindow, KpiValue>,
  period: BudgetWindow,
  { toMs, sinceMs }: BudgetFigures,
): BudgetReport['exhausts'] {
  const never = (reason: string) => ({ atMs: null, reason });
  const whole = rates.get(period);
  if (left === null) return never(whole?.reason ?? 'nothing is known of the period');
  if (left <= 0) return never('the budget is spent');
  const shorter = [...rates].filter(([window]) => window !== period);
  const covered = shorter.findLast(([{ minutes }]) => sinceMs !== null && toMs - minutes * MINUTE_MS >= sinceMs);
  const [window, rate] = covered ?? (shorter[0] as [BudgetWindow, KpiValue]);
  if (rate.value === null) return never(`of the last ${window.name}: ${rate.reason}`);
  if (rate.value === 0) return never(`nothing was spent in the last ${window.name}`);
  const minutes = (left / rate.value) * period.minutes;
  if (minutes > period.minutes)
    return never(`at the rate of the last ${window.name} it lasts longer than ${period.name}`);
  return { atMs: toMs + minutes * MINUTE_MS };
}
