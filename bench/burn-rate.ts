import { DAY_MINUTES, type Minute } from '../lib/core/model/time.ts';
import { assessBudget } from '../lib/core/slo/assess-budget.ts';
import { type BudgetTally, countMinute, emptyTally, lookBack } from '../lib/core/slo/budget-tally.ts';
import { burnRateRules } from '../lib/core/slo/burn-rate-rules.ts';
import { exceeds } from '../lib/core/slo/event-counts.ts';
import { failingTasks, type Noise } from './burn-rate/failing-tasks.ts';
import { type Reference, references } from './burn-rate/references.ts';
import { mean } from './mean.ts';
import { median } from './median.ts';
import { ignoreFigure, type RecordFigure } from './results/figure.ts';

export interface BurnSetting {
  objective: number;
  /** Tasks that end in each minute. */
  perMinute: number;
  noise: Noise;
}

const PERIOD_MINUTES = 30 * DAY_MINUTES;
/** The first minute of the figures; any. */
const START: Minute = 29_000_000;
const WARM_UP_MINUTES = 12 * 60;
const LONGEST_WAIT_MINUTES = 12 * 60;
/** Somebody who was told is told again once this many minutes in a row gave no reason to. */
const OVER_AFTER_MINUTES = 5;

/** What a way of alerting does at the end of a minute. */
export type Alerting = (tally: BudgetTally, objective: number, minute: Minute) => 'page' | 'ticket' | null;

const pageRules = burnRateRules(PERIOD_MINUTES).slice(0, 2);

/** The pages of the workbook as they are written there, however few tasks they look at. */
export const workbookAlone: Alerting = (tally, objective, minute) => {
  const look = lookBack(tally, minute);
  const holds = pageRules.some(({ factor, longMinutes, shortMinutes }) => {
    const ratio = factor * (1 - objective);
    return exceeds(look.last(shortMinutes), ratio) && exceeds(look.last(longMinutes), ratio);
  });
  return holds ? 'page' : null;
};

export const ours: Alerting = (tally, objective, minute) => {
  const budget = { kpi: 'task_completion_rate', objective, period: '30d', limit: null } as const;
  const { severity } = assessBudget(tally, budget, minute);
  if (severity === 'critical' || severity === 'high') return 'page';
  return severity === 'medium' ? 'ticket' : null;
};

/** Half of the budget is being spent; up to 95 %, 0.45 of it, the middle of what the reference was measured with. */
function workload({ objective, perMinute, noise }: BurnSetting) {
  return { perMinute, noise, errorRatio: (objective > 0.95 ? 0.5 : 0.45) * (1 - objective) };
}

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
    if (alerting(tally, setting.objective, minute) === 'page') return minutes;
  }
  return Number.POSITIVE_INFINITY;
}

/** How often somebody is told in 30 days without a fault, for each of several ways of alerting on the same tasks. */
export function falseAlerts(setting: BurnSetting, alertings: readonly Alerting[], seed: number): FalseAlerts[] {
  const tally = emptyTally(PERIOD_MINUTES);
  const tasks = failingTasks(workload(setting), seed);
  const told = alertings.map(() => ({ page: new Episodes(), ticket: new Episodes() }));
  for (let at = 0; at < PERIOD_MINUTES; at++) {
    countMinute(tally, START + at, tasks.next().value);
    for (const [index, { page, ticket }] of told.entries()) {
      const now = alertings[index]?.(tally, setting.objective, START + at);
      page.see(now === 'page');
      ticket.see(now === 'ticket');
    }
  }
  return told.map(({ page, ticket }) => ({ pages: page.count, tickets: ticket.count }));
}

export interface FalseAlerts {
  pages: number;
  tickets: number;
}

class Episodes {
  count = 0;
  #quietMinutes = OVER_AFTER_MINUTES;

  see(isRaised: boolean): void {
    if (isRaised && this.#quietMinutes >= OVER_AFTER_MINUTES) this.count += 1;
    this.#quietMinutes = isRaised ? 0 : this.#quietMinutes + 1;
  }
}

const objectives = [0.999, 0.99, 0.95, 0.9, 0.8] as const;
const traffics = [2, 20, 200] as const;
const noises: readonly Noise[] = [
  { name: 'independent', sd: 0, phi: 0.9 },
  { name: 'AR(1) sd 0.5', sd: 0.5, phi: 0.9 },
  { name: 'AR(1) sd 0.8', sd: 0.8, phi: 0.9 },
];
const MONTHS = 6;

/**
 * The table of burn-rate alerting: how long somebody waits for a page when all or half of the tasks fail, and how often
 * nothing was the matter, by objective, traffic and how error rates vary.
 * @param runs faults for each figure
 * @returns whether at objectives from 90 to 99.9 % the median wait is at most 10 minutes and false pages at most one in 30
 *   days, or as many as the reference has in its one setting with more
 */
export function benchBurnRate(
  runs: number,
  print: (line: string) => void,
  record: RecordFigure = ignoreFigure,
): boolean {
  print(`minutes to the first page when all and when half of the tasks fail: median (worst) of ${runs} faults;`);
  print(`false pages and tickets: in 30 days without a fault, mean of ${MONTHS} × 30 days; [reference]`);
  print(
    row(
      'objective',
      'tasks/min',
      'error rates',
      'workbook: all',
      'half',
      'false',
      'ours: all',
      'half',
      'false',
      'tickets',
    ),
  );
  const verdicts = objectives.flatMap((objective) =>
    traffics.flatMap((perMinute, traffic) =>
      noises.map((noise) => {
        const setting = { objective, perMinute, noise };
        const reference = references.find((it) => it.objective === objective) as Reference;
        const measured = measure(setting, runs);
        const { workbook, ours: its } = reference;
        const [all, half] = [median(measured.all), median(measured.half)];
        const isMet = all <= 10 && half <= 10 && measured.falsePages <= allowedFalsePages(reference, setting);
        const isAsked = objective >= 0.9;
        if (isAsked) {
          const counted = (name: string, value: number, unit: string, aim: number) => {
            const of = `${percent(objective)}, ${perMinute} tasks/min, ${noise.name}`;
            record({ name: `${of}: ${name}`, value, unit, betterIs: 'lower', kind: 'seeded', aim });
          };
          counted('page when all fail, median', all, 'min', 10);
          counted('page when half fail, median', half, 'min', 10);
          counted('false pages in 30 days', measured.falsePages, '', allowedFalsePages(reference, setting));
        }
        print(
          row(
            ...[percent(objective), String(perMinute), noise.name],
            `${spread(measured.workbookAll)} [${workbook.all}]`,
            `${spread(measured.workbookHalf)} [${workbook.half}]`,
            `${measured.workbookFalsePages.toFixed(1)} [${perMinute === 2 ? workbook.falsePages : ''}]`,
            `${spread(measured.all)} [${its.all[traffic]}]`,
            `${spread(measured.half)} [${its.half[traffic]}]`,
            `${measured.falsePages.toFixed(1)} [${its.falsePages}]`,
            measured.tickets.toFixed(1),
            isAsked ? (isMet ? 'met' : 'missed') : '',
          ),
        );
        return isMet || !isAsked;
      }),
    ),
  );
  const isMet = verdicts.every(Boolean);
  print(`at 90 to 99.9 %: median wait at most 10 min, at most one false page in 30 days; 4.7 at 90 %, 2 tasks/min,`);
  print(`sd 0.8, as the reference has: ${isMet ? 'met' : 'missed'}`);
  return isMet;
}

function measure(setting: BurnSetting, runs: number) {
  const waits = (alerting: Alerting, failing: number) =>
    Array.from({ length: runs }, (_, run) => minutesToPage(setting, alerting, failing, 1_000 + run));
  const months = Array.from({ length: MONTHS }, (_, month) => falseAlerts(setting, [workbookAlone, ours], month + 1));
  const [workbook, its] = [0, 1].map((way) => months.map((month) => month[way] as FalseAlerts)) as [
    FalseAlerts[],
    FalseAlerts[],
  ];
  return {
    workbookAll: waits(workbookAlone, 1),
    workbookHalf: waits(workbookAlone, 0.5),
    workbookFalsePages: mean(workbook.map(({ pages }) => pages)),
    all: waits(ours, 1),
    half: waits(ours, 0.5),
    falsePages: mean(its.map(({ pages }) => pages)),
    tickets: mean(its.map(({ tickets }) => tickets)),
  };
}

/** One in 30 days, and what the reference has in the only setting where that is more. */
function allowedFalsePages({ worstSetting }: Reference, { perMinute, noise }: BurnSetting): number {
  const isWorst = worstSetting?.perMinute === perMinute && worstSetting.sd === noise.sd;
  return isWorst ? worstSetting.falsePages : 1;
}

const WIDTHS = [9, 9, 12, 18, 18, 13, 13, 17, 15, 7, 6];

function row(...cells: readonly string[]): string {
  return cells
    .map((cell, index) => cell.padEnd(WIDTHS[index] ?? 0))
    .join('  ')
    .trimEnd();
}

function spread(minutes: readonly number[]): string {
  const text = (value: number) => (Number.isFinite(value) ? String(value) : 'never');
  const [middle, worst] = [text(median(minutes)), text(Math.max(...minutes))];
  return middle === 'never' ? middle : `${middle} (${worst})`;
}

function percent(objective: number): string {
  return `${Number((100 * objective).toFixed(1))} %`;
}
