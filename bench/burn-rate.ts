import { DAY_MINUTES, type Minute } from '../lib/core/model/time.ts';
import { assessBudget } from '../lib/core/slo/assess-budget.ts';
import { type BudgetTally, countMinute, emptyTally, lookBack } from '../lib/core/slo/budget-tally.ts';
import { burnRateRules } from '../lib/core/slo/burn-rate-rules.ts';
import { exceeds } from '../lib/core/slo/event-counts.ts';
import { failingTasks, type Noise } from './burn-rate/failing-tasks.ts';
import { mean } from './mean.ts';
import { median } from './median.ts';

export interface BurnSetting {
  objective: number;
  /** Tasks a minute. */
  perMinute: number;
  noise: Noise;
}

const PERIOD_MINUTES = 30 * DAY_MINUTES;
/** The first minute of the figures; any. */
const START: Minute = 29_000_000;
const WARM_UP_MINUTES = 12 * 60;
const LONGEST_WAIT_MINUTES = 12 * 60;
/** A page is over when this many minutes in a row raise none. */
const OVER_AFTER_MINUTES = 5;

/** Who is asked whether somebody must be woken. */
export type Alerting = (tally: BudgetTally, objective: number, minute: Minute) => boolean;

/** The workbook's rules as they are written there, however few tasks they look at. */
export const workbookAlone: Alerting = (tally, objective, minute) => {
  const look = lookBack(tally, minute);
  return pageRules.some(({ factor, longMinutes, shortMinutes }) => {
    const ratio = factor * (1 - objective);
    return exceeds(look.last(shortMinutes), ratio) && exceeds(look.last(longMinutes), ratio);
  });
};

const pageRules = burnRateRules(PERIOD_MINUTES).slice(0, 2);

export const ours: Alerting = (tally, objective, minute) => {
  const { severity } = assessBudget(
    tally,
    { kpi: 'task_completion_rate', objective, period: '30d', limit: null },
    minute,
  );
  return severity === 'critical' || severity === 'high';
};

const workload = ({ objective, perMinute, noise }: BurnSetting) => ({
  ...{ perMinute, noise, errorRatio: 0.5 * (1 - objective) },
});

/**
 * Minutes from the beginning of a fault, after half a day without one, to the first page.
 * @param failing the share of tasks that the fault makes fail
 * @returns Infinity without a page in half a day
 */
export function minutesToPage(setting: BurnSetting, alerting: Alerting, failing: number, seed: number): number {
  const tally = emptyTally(PERIOD_MINUTES);
  const tasks = failingTasks(workload(setting), seed, (at) => (at < WARM_UP_MINUTES ? 0 : failing));
  for (let at = 0; at < WARM_UP_MINUTES; at++) countMinute(tally, START + at, tasks.next().value);
  for (let minutes = 1; minutes <= LONGEST_WAIT_MINUTES; minutes++) {
    const minute = START + WARM_UP_MINUTES + minutes - 1;
    countMinute(tally, minute, tasks.next().value);
    if (alerting(tally, setting.objective, minute)) return minutes;
  }
  return Number.POSITIVE_INFINITY;
}

/** Pages in 30 days without a fault, for each of several ways of alerting on the same tasks. */
export function falsePages(setting: BurnSetting, alertings: readonly Alerting[], seed: number): number[] {
  const tally = emptyTally(PERIOD_MINUTES);
  const tasks = failingTasks(workload(setting), seed);
  const pages = alertings.map(() => ({ count: 0, quietMinutes: OVER_AFTER_MINUTES }));
  for (let at = 0; at < PERIOD_MINUTES; at++) {
    countMinute(tally, START + at, tasks.next().value);
    for (const [index, page] of pages.entries()) {
      const isRaised = alertings[index]?.(tally, setting.objective, START + at);
      if (isRaised && page.quietMinutes >= OVER_AFTER_MINUTES) page.count += 1;
      page.quietMinutes = isRaised ? 0 : page.quietMinutes + 1;
    }
  }
  return pages.map(({ count }) => count);
}
