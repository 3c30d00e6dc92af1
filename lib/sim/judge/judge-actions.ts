import { endsInCrash } from '../engine/fault-window.ts';
import type { PoolMinuteResult, SimResult } from '../engine/sim-result.ts';
import { MINUTE_US, minutes } from '../engine/sim-time.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { type ControlStep, controlSteps } from './control-steps.ts';
import { concerns, type FaultReach, faultReach, isThen } from './fault-reach.ts';

/** What an action was worth, by the truth. */
export interface ActionVerdict extends ControlStep {
  /** Whether it can be false: who only gives back what was taken, or shifts some work, is not asked. */
  isJudged: boolean;
  /**
   * Its target was not concerned: an agent by a fault of its own, a pool by one of its own or a common one, in force or ended less
   * than five minutes before; faults of telemetry alone and benign changes concern nobody. More agents, own or lent ones, are false where less than
   * 0.6 of the slots there were was at work before and would have been in the next quarter of an hour, of the whole pool as of those who know
   * any one of its task types, and no fault concerned the pool; fewer are where the pool then missed 95 % for three minutes in a row within a quarter of an hour, while it
   * had not in the one before and nothing else began.
   */
  isFalse: boolean;
  /**
   * In the ten minutes after it, the pool attained more than five points less than in the ten before (from the newest onset
   * on, three at least), by more than two standard errors, and nothing else began or grew.
   */
  isHarmful: boolean;
  /** The opposite was done to the same target within the half hour before. */
  isReversal: boolean;
  /** Whether a fault that is not benign was in force anywhere, or had been shortly before. */
  isDuringFault: boolean;
}

/** To shift a little work, or to find a better setting, needs no fault. */
const neverFalse: ReadonlySet<string> = new Set(['weight', 'tune']);
const BUSY = 0.6;
const BUSY_MINUTES = 5;
const AHEAD_MINUTES = 15;
const ATTAINED = 0.95;
const IN_A_ROW = 3;
const HARM_MINUTES = 10;
const LEAST_BEFORE_MINUTES = 3;
const HARM_POINTS = 0.05;
/** Shares are rounded. */
const ROUNDING = 1e-9;
const STANDARD_ERRORS = 2;
const REVERSAL_MINUTES = 30;

/** Every step that a run's controls took, with what it was worth. */
export function judgeActions(result: SimResult, scenario: Scenario): ActionVerdict[] {
  const reaches = result.faults.map((window) => faultReach(window, scenario, result.actions));
  const real = reaches.filter(({ isBenign }) => !isBenign);
  const begins = beginnings(result, scenario);
  const newest = new Map<string, ControlStep>();
  return controlSteps(result, scenario).map((step) => {
    const rows = result.pools.get(step.pool) ?? [];
    const slots = scenario.pools.find(({ pool }) => pool === step.pool)?.slots ?? 1;
    const key = `${step.knob}\n${step.agent ?? step.pool}\n${step.to ?? ''}`;
    const before = newest.get(key);
    newest.set(key, step);
    const isJudged = step.knob === 'scale' || step.direction === (step.knob === 'lend' ? 'more' : 'less');
    const isAsked = isJudged && !neverFalse.has(step.knob);
    return {
      ...step,
      isJudged: isAsked,
      isFalse: isAsked && isFalse(step, real, rows, slots, begins),
      isHarmful: step.knob !== 'weight' && isHarmful(step.minute, rows, real, begins),
      isReversal:
        before !== undefined && before.direction !== step.direction && step.at - before.at <= minutes(REVERSAL_MINUTES),
      isDuringFault: real.some((reach) => isThen(reach, step.at)),
    };
  });
}

/** Whether a step is about what a fault concerns. */
export function isAbout(reach: FaultReach, { at, agent, pool, to, knob }: ControlStep): boolean {
  if (agent !== null) return concerns(reach, agent, at);
  return reach.pools.has(pool) || (knob !== 'failover' && to !== null && reach.pools.has(to));
}

function isFalse(
  step: ControlStep,
  real: readonly FaultReach[],
  rows: readonly PoolMinuteResult[],
  slots: number,
  begins: readonly number[],
): boolean {
  const { minute } = step;
  const isConcerned = real.some((reach) => isThen(reach, step.at) && isAbout(reach, step));
  if (step.knob !== 'scale' && step.knob !== 'lend') return !isConcerned;
  if (step.direction === 'more') return !isConcerned && !isNeeded(rows, minute, slots);
  const end = minute + AHEAD_MINUTES;
  const isAlone = !begins.some((at) => at >= minute && at < end);
  return isAlone && misses(rows, minute, end) && !misses(rows, Math.max(0, minute - AHEAD_MINUTES), minute);
}

/**
 * Whether the slots that were there before were busy, or would have been soon: all of them, or those of the agents that know one of the
 * pool's task types, which nobody else can do.
 */
function isNeeded(rows: readonly PoolMinuteResult[], minute: number, slots: number): boolean {
  const types = new Set(
    rows.slice(Math.max(0, minute - BUSY_MINUTES), minute).flatMap(({ knowing }) => [...knowing.keys()]),
  );
  return (
    isBusyAround(rows, minute, {
      slotHours: ({ agentHours }) => agentHours * slots,
      busySlotHours: ({ busySlotHours }) => busySlotHours,
    }) ||
    [...types].some((taskType) =>
      isBusyAround(rows, minute, {
        slotHours: ({ knowing }) => knowing.get(taskType)?.slotHours ?? 0,
        busySlotHours: ({ knowing }) => knowing.get(taskType)?.busySlotHours ?? 0,
      }),
    )
  );
}

/** Whether such slots as were there in the minutes before were busy for as many minutes, then or soon. */
function isBusyAround(
  rows: readonly PoolMinuteResult[],
  minute: number,
  of: Record<'slotHours' | 'busySlotHours', (row: PoolMinuteResult) => number>,
): boolean {
  const before = rows.slice(Math.max(0, minute - BUSY_MINUTES), minute);
  const paid = sum(before, of.slotHours) / Math.max(1, before.length);
  if (paid === 0) return true;
  const end = Math.min(rows.length, minute + AHEAD_MINUTES);
  for (let to = minute; to <= end; to++) {
    const window = rows.slice(Math.max(0, to - BUSY_MINUTES), to);
    if (sum(window, of.busySlotHours) / Math.max(1, window.length) >= BUSY * paid) return true;
  }
  return false;
}

function misses(rows: readonly PoolMinuteResult[], from: number, to: number): boolean {
  let inARow = 0;
  for (const { arrived, attained } of rows.slice(from, to)) {
    inARow = arrived > 0 && attained < ATTAINED * arrived ? inARow + 1 : 0;
    if (inARow === IN_A_ROW) return true;
  }
  return false;
}

function isHarmful(
  minute: number,
  rows: readonly PoolMinuteResult[],
  real: readonly FaultReach[],
  begins: readonly number[],
): boolean {
  const end = minute + HARM_MINUTES;
  const from = Math.max(0, minute - HARM_MINUTES, ...begins.filter((at) => at <= minute));
  const isGrowing = real.some(({ grows, ...it }) => grows && it.from < end * MINUTE_US && it.until > from * MINUTE_US);
  const isAlone = !isGrowing && !begins.some((at) => at > minute && at < end);
  if (!isAlone || minute - from < LEAST_BEFORE_MINUTES || end > rows.length) return false;
  const [before, after] = [rows.slice(from, minute), rows.slice(minute, end)].map((of) => ({
    n: sum(of, ({ arrived }) => arrived),
    good: sum(of, ({ attained }) => attained),
  })) as [Counted, Counted];
  if (before.n === 0 || after.n === 0) return false;
  const fell = before.good / before.n - after.good / after.n;
  const error = Math.sqrt(varianceOf(before) + varianceOf(after));
  return fell > HARM_POINTS + ROUNDING && fell > STANDARD_ERRORS * error;
}

interface Counted {
  n: number;
  good: number;
}

/** Of a share. */
function varianceOf({ n, good }: Counted): number {
  return ((good / n) * (1 - good / n)) / n;
}

/** Minutes in which something begins that moves attainment by itself: faults, crashes that end them, announced load, bursts. */
function beginnings({ faults }: SimResult, { arrivals }: Scenario): number[] {
  const bursts = arrivals.kind === 'poisson' ? arrivals.bursts.map(({ atMinute }) => atMinute) : [];
  return [
    ...bursts,
    ...faults.flatMap((window) => {
      if (window.spec.kind === 'telemetry') return [];
      const from = Math.floor(window.from / MINUTE_US);
      return endsInCrash(window) ? [from, Math.floor(window.until / MINUTE_US)] : [from];
    }),
  ];
}

function sum<Row>(rows: readonly Row[], figure: (row: Row) => number): number {
  return rows.reduce((total, row) => total + figure(row), 0);
}
