import { type Severity, severities } from '../alert/alert.ts';
import { kpiBudget } from '../kpi/registry.ts';
import { type EpochMs, type Minute, startOfMinute } from '../model/time.ts';
import type { Budget } from './budget.ts';
import { type BudgetTally, lookBack, tallyCells } from './budget-tally.ts';
import { windowName } from './budget-window.ts';
import { type BurnOnset, burnOnset } from './burn-onset.ts';
import { burnRate } from './burn-rate.ts';
import { type BurnRateRule, burnRateRules } from './burn-rate-rules.ts';
import { MIN_BAD_EVENTS, type Weighed, WIDEST_MINUTES, weighWindows } from './enough-events.ts';
import { errorRatio, exceeds, type LookBack, type WindowCounts } from './event-counts.ts';
import { fastPath, fastPathErrorRatio } from './fast-path.ts';
import { AMOUNT_PARTS } from './tally-minute.ts';
import { minutesToExhaustion } from './time-to-exhaustion.ts';

/** How a budget burns at the end of a minute. */
export type BudgetAssessment = BurnVerdict & {
  /** By the name of each window of the rules, from the shortest; null where nothing counts in it. */
  burnRates: Record<string, number | null>;
  /** Of the long window of the rule that decided, or the shortest of the long ones where none did; of an amount what was spent. */
  badEvents: number;
  /** All events of that window; of an amount the tasks that it was spent on. */
  n: number;
  /** Since when it burns, as well as that can be told; null where it does not, where that is not to be told, and of amounts. */
  onsetMs: EpochMs | null;
  /** When the budget will have been spent, if it goes on burning as it does; null where that is not to be feared within a period. */
  exhaustsAtMs: EpochMs | null;
  /** What led to the verdict, in sentences. */
  evidence: string[];
};

export type BurnVerdict =
  | { verdict: 'breach'; severity: Severity; rule: 'fast-path' | BurnRateRule['id'] }
  /** Normal, or too little is known: an alert stays as it is. */
  | { verdict: 'clear' | 'unknown'; severity: null; rule: null };

type AssessedBudget = Pick<Budget, 'kpi' | 'objective' | 'period' | 'limit'>;

/** Few bad events are worth a ticket, whatever they would be worth if they were more. */
const SEVERITY_OF_FEW: Severity = 'medium';

interface Breach {
  severity: Severity;
  rule: 'fast-path' | BurnRateRule['id'];
  long: WindowCounts;
  short: WindowCounts;
  threshold: number;
}

/**
 * Whether a budget burns so fast that somebody must be told, and how bad it is: the most severe of the rules that hold.
 *
 * A share is judged by the fast path and all four burn-rate rules, where those that wake somebody need enough bad events
 * (fewer are a ticket). An amount is judged by the three slow rules: an hour is too short for spending, which comes in lumps.
 * @param minute the newest that counts; the windows end with it
 */
export function assessBudget(tally: BudgetTally, budget: AssessedBudget, minute: Minute): BudgetAssessment {
  const look = lookBack(tally, minute);
  const rules = rulesOfBudget(budget.kpi, tally.periodMinutes);
  return kpiBudget(budget.kpi).of === 'share'
    ? assessShare(tally, look, rules, budget.objective ?? Number.NaN, minute)
    : assessAmount(tally, look, rules, budget.limit ?? Number.NaN, minute);
}

/** The burn-rate rules that a budget is judged by, from the most severe: an amount only by the slow ones. */
export function rulesOfBudget(kpi: AssessedBudget['kpi'], periodMinutes: number): BurnRateRule[] {
  const rules = burnRateRules(periodMinutes);
  return kpiBudget(kpi).of === 'share' ? rules : rules.slice(1);
}

function assessShare(
  tally: BudgetTally,
  look: LookBack,
  rules: readonly BurnRateRule[],
  objective: number,
  minute: Minute,
): BudgetAssessment {
  const burn = (counts: WindowCounts) => {
    const ratio = errorRatio(counts);
    return ratio === null ? null : burnRate(ratio, objective);
  };
  const burnRates = ratesOf(look, rules, burn);
  const breach = mostSevere(shareBreaches(look, rules, objective));
  if (!breach) {
    const { bad, total } = look.last((rules[0] as BurnRateRule).longMinutes);
    const why = whyUnknown(look, rules, objective);
    const verdict = why === null ? 'clear' : 'unknown';
    const evidence = why === null ? [] : [why];
    return { ...quiet(verdict), burnRates, badEvents: bad, n: total, evidence };
  }
  const { severity, rule, long, short, threshold } = breach;
  const onset = burnOnset(tallyCells(tally, minute), objective, errorRatio(short) ?? 1);
  const since = onset ? look.last(minute + 1 - onset.minute) : short;
  const left = 1 - (burn(look.last(tally.periodMinutes)) ?? 0);
  return {
    ...{ verdict: 'breach', severity, rule, burnRates, badEvents: long.bad, n: long.total },
    onsetMs: onset && startOfMinute(onset.minute),
    exhaustsAtMs: exhaustion(left, burn(since) ?? 0, tally, minute),
    evidence: [
      `${rule}: ${shareText(long)} and ${shareText(short)}, more than ${percent(threshold)}`,
      ...(long.bad < MIN_BAD_EVENTS ? [`nobody is woken for fewer than ${MIN_BAD_EVENTS} bad events`] : []),
      ...(onset ? [onsetText(onset, since)] : []),
      leftText(left),
    ],
  };
}

function shareBreaches(look: LookBack, rules: readonly BurnRateRule[], objective: number): Breach[] {
  const budget = 1 - objective;
  const weighed = (rule: Breach['rule'], severity: Severity, found: Weighed, threshold: number): Breach[] => {
    if (found.outcome === 'none') return [];
    const { long, short } = found;
    return [{ severity: found.outcome === 'page' ? severity : SEVERITY_OF_FEW, rule, long, short, threshold }];
  };
  const slow = rules.flatMap((rule): Breach[] => {
    const threshold = rule.factor * budget;
    if (isPage(rule)) return weighed(rule.id, rule.severity, weighWindows(look, rule, threshold), threshold);
    const long = look.last(rule.longMinutes);
    if (!exceeds(long, threshold)) return [];
    const short = look.last(rule.shortMinutes);
    return exceeds(short, threshold) ? [{ severity: rule.severity, rule: rule.id, long, short, threshold }] : [];
  });
  return [...weighed('fast-path', 'critical', fastPath(look, objective), fastPathErrorRatio(objective)), ...slow];
}

function isPage({ id }: BurnRateRule): boolean {
  return id === 'page-quick' || id === 'page-slow';
}

/** The first of the most severe. */
function mostSevere(breaches: readonly Breach[]): Breach | undefined {
  const rank = ({ severity }: Breach) => severities.indexOf(severity);
  return breaches.reduce<Breach | undefined>((most, it) => (most && rank(most) <= rank(it) ? most : it), undefined);
}

/**
 * Why it cannot be told that nothing burns, although no rule holds: nothing was counted for six hours, or the last that was
 * counted before there was little to count went badly.
 */
function whyUnknown(look: LookBack, rules: readonly BurnRateRule[], objective: number): string | null {
  const minutes = look.holding(MIN_BAD_EVENTS, 'total') ?? WIDEST_MINUTES;
  const newest = look.last(minutes);
  if (newest.total === 0) return `nothing was counted in the last ${windowName(WIDEST_MINUTES)}`;
  const [quick, slow] = rules as [BurnRateRule, BurnRateRule];
  const isSparse = minutes > quick.shortMinutes;
  return isSparse && exceeds(newest, slow.factor * (1 - objective))
    ? `of the newest events too many were bad: ${shareText(newest)}`
    : null;
}

function assessAmount(
  tally: BudgetTally,
  look: LookBack,
  rules: readonly BurnRateRule[],
  limit: number,
  minute: Minute,
): BudgetAssessment {
  const burn = ({ bad, minutes }: WindowCounts) => bad / AMOUNT_PARTS / ((limit * minutes) / tally.periodMinutes);
  const burnRates = ratesOf(look, rules, burn);
  const windows = rules.map((rule) => ({
    rule,
    long: look.last(rule.longMinutes),
    short: look.last(rule.shortMinutes),
  }));
  const breach = windows.find(({ rule, long, short }) => burn(long) > rule.factor && burn(short) > rule.factor);
  const { rule, long, short } = breach ?? (windows[0] as (typeof windows)[number]);
  const counted = { badEvents: long.bad / AMOUNT_PARTS, n: long.total };
  if (!breach) {
    const isKnown = tally.newest !== null && tally.newest > minute - WIDEST_MINUTES;
    const evidence = isKnown ? [] : [`nothing was counted in the last ${windowName(WIDEST_MINUTES)}`];
    return { ...quiet(isKnown ? 'clear' : 'unknown'), burnRates, ...counted, evidence };
  }
  const left = 1 - look.last(tally.periodMinutes).bad / AMOUNT_PARTS / limit;
  return {
    ...{ verdict: 'breach', severity: rule.severity, rule: rule.id, burnRates, ...counted, onsetMs: null },
    exhaustsAtMs: exhaustion(left, burn(short), tally, minute),
    evidence: [
      `${rule.id}: ${counted.badEvents} was spent in ${windowName(rule.longMinutes)}, ${burn(long).toFixed(1)} times what lasts, and ${burn(short).toFixed(1)} times in ${windowName(rule.shortMinutes)}, more than ${rule.factor} times`,
      leftText(left),
    ],
  };
}

function quiet(verdict: 'clear' | 'unknown') {
  return { verdict, severity: null, rule: null, onsetMs: null, exhaustsAtMs: null } as const;
}

function ratesOf(
  look: LookBack,
  rules: readonly BurnRateRule[],
  burn: (counts: WindowCounts) => number | null,
): Record<string, number | null> {
  const windows = new Set(rules.flatMap(({ longMinutes, shortMinutes }) => [longMinutes, shortMinutes]));
  const sorted = [...windows].sort((a, b) => a - b);
  return Object.fromEntries(sorted.map((minutes) => [windowName(minutes), burn(look.last(minutes))]));
}

function exhaustion(left: number, burn: number, { periodMinutes }: BudgetTally, minute: Minute): EpochMs | null {
  const minutes = minutesToExhaustion(left, burn, periodMinutes);
  return minutes === null ? null : startOfMinute(minute + 1 + minutes);
}

function shareText({ bad, total, minutes }: WindowCounts): string {
  return `${bad} of ${total} bad in ${windowName(minutes)} (${percent(bad / total)})`;
}

function onsetText({ isClear, evidence, dispersion }: BurnOnset, since: WindowCounts): string {
  const figures = `log likelihood ratio ${evidence.toFixed(1)} at dispersion ${dispersion.toFixed(1)}`;
  return `since it began ${shareText(since)}; ${isClear ? 'chance is ruled out' : 'it may be chance'} (${figures})`;
}

function leftText(left: number): string {
  return left <= 0 ? 'the budget of the period is spent' : `${percent(left)} of the budget of the period is left`;
}

function percent(ratio: number): string {
  return `${Number((100 * ratio).toPrecision(3))} %`;
}
