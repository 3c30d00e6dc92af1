import { twoFigurePercent } from '../alert/two-figure-percent.ts';
import type { CapacityObjective } from '../capacity/capacity-objective.ts';
import { seriesId } from '../detect/series-id.ts';
import type { Watch } from '../detect/watch.ts';
import { type Priority, priorities } from '../model/event.ts';
import { type EpochMs, MINUTE_MS, type Minute } from '../model/time.ts';
import type { Budget } from '../slo/budget.ts';
import { type BudgetTally, lookBack } from '../slo/budget-tally.ts';
import { livesOn } from '../slo/lives-on.ts';
import { AMOUNT_PARTS } from '../slo/tally-minute.ts';
import type { DirectiveRecord } from './directive.ts';
import { statusAt } from './directive-status.ts';

export const acceptanceLevels = ['accept', 'defer', 'shed'] as const;
export type AdmissionLevel = (typeof acceptanceLevels)[number];

/** Whether a pool is to be given more work now. */
export interface Acceptance {
  pool: string;
  /** `defer`: what can wait is better sent later. `shed`: not at all, or of some importance only. */
  level: AdmissionLevel;
  /** With `shed`: only tasks of less importance are not to be sent; without it none are. */
  shedBelow?: Priority;
  /** Share of new tasks that are to be sent at most, 0..1. */
  admitFraction?: number;
  /** Tasks that wait, and how long it takes until they are begun at the pace of the last minutes; null where that is not known. */
  queueDepth: number | null;
  drainMs: number | null;
  retryAfterMs?: number;
  /** What decided, in words; nothing for `accept`. */
  why: string[];
}

/** What is known of a pool before its next task is begun. */
export interface AcceptanceQuestion {
  pool: string;
  /** Team that owns it; null where none does. */
  team: string | null;
  queueDepth: number | null;
  drainMs: number | null;
  /** How long its tasks may wait. */
  longestWaitMs: number;
  /** Budgets of money, with what was spent. */
  spending: readonly Spending[];
  /** Directives that are not over. */
  directives: readonly DirectiveRecord[];
  nowMs: EpochMs;
}

export interface Spending {
  budget: Pick<Budget, 'name' | 'scope' | 'limit' | 'period'>;
  /** Of the limit, what is left: 1 to minus infinity. */
  left: number;
  /** Of the last hour: 1 spends the limit in one period. */
  burnRate: number;
}

/** Nearly spent. */
const NEARLY_SPENT = 0.1;
const LEAST_RETRY_MS = 1_000;
const MOST_RETRY_MS = 5 * MINUTE_MS;
/** A new figure comes every minute. */
const RETRY_MS = MINUTE_MS;

/**
 * Whether a pool is to be given more work: no where a budget of money is spent that it lives on, or a directive in force
 * turns work away; later where a budget is nearly spent and burns, or what waits takes longer than it may. Of what is found at
 * the strictest level the strictest counts, field by field, and everything that speaks against is said.
 */
export function acceptanceOf(question: AcceptanceQuestion): Acceptance {
  const { pool, queueDepth, drainMs } = question;
  const found = [...byBudgets(question), ...byDirectives(question), ...byQueue(question)];
  const level = acceptanceLevels.findLast((it) => found.some((objection) => objection.level === it));
  if (!level) return { pool, level: 'accept', queueDepth, drainMs, why: [] };
  const strictest = found.filter((it) => it.level === level);
  const shedBelow = strictestShedBelow(strictest);
  const admitFraction = Math.min(...strictest.map((it) => it.admitFraction ?? 1));
  const retryAfterMs = Math.max(...strictest.map((it) => it.retryAfterMs));
  return {
    ...{ pool, level, queueDepth, drainMs },
    ...(shedBelow !== undefined && { shedBelow }),
    ...(admitFraction < 1 && { admitFraction }),
    retryAfterMs: Math.round(Math.min(MOST_RETRY_MS, Math.max(LEAST_RETRY_MS, retryAfterMs))),
    why: found.map(({ why }) => why),
  };
}

/** The highest; undefined where one of them sheds whatever the priority. */
function strictestShedBelow(objections: readonly Objection[]): Priority | undefined {
  const below = new Set(objections.map((it) => it.shedBelow));
  return below.has(undefined) ? undefined : priorities.find((it) => below.has(it));
}

interface Objection {
  level: Exclude<AdmissionLevel, 'accept'>;
  shedBelow?: Priority;
  admitFraction?: number;
  retryAfterMs: number;
  why: string;
}

function byBudgets({ pool, team, spending }: AcceptanceQuestion): Objection[] {
  return spending.flatMap(({ budget, left, burnRate }): Objection[] => {
    const { scope, name, limit, period } = budget;
    if (!livesOn(scope, pool, team)) return [];
    const whose = scope.kind === 'fleet' ? 'the fleet' : `${scope.kind} ${scope.id}`;
    const of = `budget ${name} of ${whose}, ${limit} USD in ${period}`;
    if (left <= 0) return [{ level: 'shed', retryAfterMs: MOST_RETRY_MS, why: `${of}, is spent` }];
    if (left >= NEARLY_SPENT || burnRate < 1) return [];
    const why = `${of}, has ${twoFigurePercent(left)} left, and is being spent ${burnRate.toFixed(1)} times as fast as lasts`;
    return [{ level: 'defer', retryAfterMs: MOST_RETRY_MS, why }];
  });
}

function byDirectives({ pool, directives, nowMs }: AcceptanceQuestion): Objection[] {
  return directives.flatMap((record): Objection[] => {
    const { directive } = record;
    if (directive.kind !== 'degrade' || directive.params.pool !== pool || statusAt(record, nowMs) !== 'active')
      return [];
    const { shedBelow, admitFraction, taskType } = directive.params;
    const of = `directive ${directive.id}${taskType === undefined ? '' : ` about ${taskType}`}`;
    if (shedBelow !== undefined) {
      const why = `${of}: tasks below priority ${shedBelow} are turned away`;
      return [{ level: 'shed', shedBelow, retryAfterMs: RETRY_MS, why }];
    }
    if (admitFraction === undefined || admitFraction >= 1) return [];
    const why = `${of}: ${twoFigurePercent(admitFraction)} of new tasks are admitted`;
    // Whoever does not look at the share would turn all of it into none.
    return [{ level: admitFraction > 0 ? 'defer' : 'shed', admitFraction, retryAfterMs: RETRY_MS, why }];
  });
}

function byQueue({ queueDepth, drainMs, longestWaitMs }: AcceptanceQuestion): Objection[] {
  if (queueDepth === null || drainMs === null || drainMs <= longestWaitMs) return [];
  const why = `${Math.round(queueDepth)} tasks wait, which takes ${seconds(drainMs)} at the pace of the last minutes; they may wait ${seconds(longestWaitMs)}`;
  return [{ level: 'defer', retryAfterMs: drainMs - longestWaitMs, why }];
}

/** Of no objective that says so: a minute. */
const USUAL_WAIT_MS = MINUTE_MS;

/** How long tasks of a pool may wait, as it is to serve them. */
export function longestWaitMs(objective: CapacityObjective | null, serviceMs: number | null): number {
  if (objective?.kind === 'wait-within') return Math.max(LEAST_RETRY_MS, objective.longestWaitMs);
  if (objective?.kind === 'response-within') return Math.max(LEAST_RETRY_MS, objective.slaMs - (serviceMs ?? 0));
  return USUAL_WAIT_MS;
}

/** What is older than this tells nothing of now. */
const FRESH_MINUTES = 5;

/** Reports may come two minutes late: newer minutes that tell of no task do not say that there was none. */
const REPORTING_MINUTES = 2;

/**
 * Tasks that wait for a pool, and how long they take to be begun, as detection saw the last minutes; where none was completed in them, as
 * if one were now: so long at least.
 */
export function queueOfPool(
  { series }: Pick<Watch, 'series'>,
  pool: string,
  minute: Minute,
): { queueDepth: number | null; drainMs: number | null } {
  const recent = (kind: 'queued' | 'throughput') =>
    (series.get(seriesId(kind, { kind: 'pool', id: pool }))?.recent ?? []).filter(
      (it) => it.minute > minute - FRESH_MINUTES && it.minute <= minute,
    );
  const queueDepth = recent('queued').at(-1)?.value ?? null;
  if (queueDepth === null) return { queueDepth, drainMs: null };
  if (queueDepth === 0) return { queueDepth, drainMs: 0 };
  const completed = recent('throughput');
  // The fullest minute: the newest are not known in full yet.
  const fullest = Math.max(0, ...completed.map(({ value }) => value));
  const isKnown = fullest > 0 || completed.some((it) => it.minute <= minute - REPORTING_MINUTES);
  const perMin = fullest > 0 ? fullest : 1 / completed.length;
  return { queueDepth, drainMs: isKnown ? Math.round((queueDepth / perMin) * MINUTE_MS) : null };
}

/** How a budget of money stands; null of other budgets, and of those nothing was counted for. */
export function spendingOf(budget: Budget, tally: BudgetTally | undefined, minute: Minute): Spending | null {
  if (budget.kpi !== 'cost_per_task' || budget.limit === null || !tally) return null;
  const look = lookBack(tally, minute);
  const hour = look.last(60);
  const left = 1 - look.last(tally.periodMinutes).bad / AMOUNT_PARTS / budget.limit;
  const burnRate = hour.bad / AMOUNT_PARTS / ((budget.limit * hour.minutes) / tally.periodMinutes);
  return { budget, left, burnRate };
}

function seconds(ms: number): string {
  return `${Number((ms / 1_000).toPrecision(2))} s`;
}
