import { type Minute, minuteOf } from '../model/time.ts';
import { fitAutoregression, MIN_VALUES } from './autoregression.ts';
import type { ExpectedKpi, MeasuredChange } from './effect.ts';
import { mean } from './mean.ts';
import { meanMs, type PoolMinute, sumMoments } from './pool-minute.ts';
import { studentQuantile95 } from './student-quantile.ts';
import { windowChange } from './window-change.ts';

/** Fewer measured minutes with a figure than this are no measurement. */
const MIN_MEASURED = 5;
/** So many innovations from what was forecast, for so many minutes in a row, chance does not go. */
const SHIFT_DEVIATIONS = 3;
const SHIFT_MINUTES = 2;

export interface Shift {
  /** Minutes of the pool, oldest first. */
  minutes: readonly PoolMinute[];
  kpi: ExpectedKpi;
  /** When what is answered began, and when it was decided: the minutes before are what was known. */
  onsetMs: number;
  decidedMs: number;
  /** The minutes [from, to) to measure. */
  from: Minute;
  to: Minute;
}

/**
 * How a figure of a whole pool moved after an action on the whole of it, for which there are no peers to compare with: the
 * mean of the measured minutes against the forecast of an autoregression from all that was known, which starts at the value
 * that triggered the action. So an extreme value that goes back by itself is no effect.
 *
 * A fault that began before the decision and would have lasted is not in the autoregression. Where the minutes between onset
 * and decision lie where chance does not go, the interval therefore reaches from "gone back to normal" to "as bad as it was":
 * it helped if it is better than both, and harmed if it is worse than both.
 * @returns the change in the KPI's unit with a 90 % interval, or the reason why there is none to tell
 */
export function measureShift({ minutes, kpi, onsetMs, decidedMs, from, to }: Shift): ShiftOutcome {
  const figure = figures[kpi];
  if (!figure) return unmeasurable(`${kpi} is not known by the minute`);
  const valued = minutes.flatMap((minute) => {
    const value = figure.of(minute);
    return value === null ? [] : [{ minute: minute.minute, value, n: tasksOf(minute) }];
  });
  const decided = minuteOf(decidedMs);
  const known = valued.filter(({ minute }) => minute < decided);
  const measured = valued.filter(({ minute }) => minute >= from && minute < to);
  if (measured.length < MIN_MEASURED)
    return unmeasurable(
      `${kpi} is known of only ${measured.length} of the ${to - from} minutes, ${MIN_MEASURED} are needed`,
    );
  if (known.length < MIN_VALUES)
    return unmeasurable(`the pool has only ${known.length} minutes of history, ${MIN_VALUES} are needed`);
  const moved = loadMoved(known, measured);
  if (moved) return unmeasurable(moved);
  const values = known.map(({ value }) => value);
  const since = measured.map(({ value }) => value);
  const { change, variance, placebos } = windowChange(values, since, from - decided + 1);
  const halfWidth = studentQuantile95(Math.max(4, known.length - 3)) * Math.sqrt(variance);
  const onset = minuteOf(onsetMs);
  const lasting = lastingLevel(values, known.filter(({ minute }) => minute >= onset).length);
  const ifItLasted = lasting === null ? change : mean(since) - lasting;
  const [low, high] = [Math.min(change, ifItLasted) - halfWidth, Math.max(change, ifItLasted) + halfWidth];
  const words = (value: number) => `${Number(value.toPrecision(3))} ${figure.unit}`;
  return {
    status: 'measured',
    change: {
      ...{ estimate: (low + high) / 2, low, high, unit: figure.unit },
      n: measured.reduce((sum, { n }) => sum + n, 0),
      evidence: [
        `${kpi} was ${words(mean(since))} in ${measured.length} measured minutes, ${words(change)} from the forecast by ${known.length} minutes up to the decision (${placebos} placebos in time)`,
        ...(lasting === null
          ? []
          : [`from onset to decision it was ${words(lasting)}: whether that would have lasted is not known`]),
      ],
    },
  };
}

/** By more than this part, and beyond chance at so many standard deviations of counts, a load is another one. */
const MOVED = 0.2;
const MOVED_DEVIATIONS = 3;

/** A pool under more or less work than before does otherwise whatever is done to it. */
function loadMoved(known: readonly { n: number }[], measured: readonly { n: number }[]): string | null {
  const rate = (minutes: readonly { n: number }[]) => mean(minutes.map(({ n }) => n));
  const [before, now] = [rate(known), rate(measured)];
  const chance = MOVED_DEVIATIONS * Math.sqrt(Math.max(before, now) / measured.length);
  if (Math.abs(now - before) <= Math.max(MOVED * before, chance)) return null;
  return `${Math.round(now)} tasks a minute ended where ${Math.round(before)} had before: what the load does, and what was done, cannot be told apart`;
}

type ShiftOutcome = { status: 'measured'; change: MeasuredChange } | { status: 'unmeasurable'; reason: string };

/** The mean since the onset, where it lies beyond what chance does; null where chance explains it. */
function lastingLevel(values: readonly number[], sinceOnset: number): number | null {
  const before = values.slice(0, values.length - sinceOnset);
  if (sinceOnset < SHIFT_MINUTES || before.length < MIN_VALUES) return null;
  const { mean: usual, phi, innovation } = fitAutoregression(before);
  const limit = SHIFT_DEVIATIONS * Math.sqrt(innovation / Math.max(0.05, 1 - phi ** 2));
  const since = values.slice(-sinceOnset);
  const side = Math.sign(mean(since) - usual);
  return since.slice(-SHIFT_MINUTES).every((value) => side * (value - usual) > limit) ? mean(since) : null;
}

/** KPIs that the minutes of a pool tell; null where one has none of it. */
const figures: Partial<Record<ExpectedKpi, { unit: string; of: (minute: PoolMinute) => number | null }>> = {
  average_response_time: {
    unit: 'ms',
    of: ({ agents }) => {
      const all = sumMoments(agents.values());
      return all.n > 0 ? meanMs(all) : null;
    },
  },
  error_ratio: { unit: 'ratio', of: ({ outcomes }) => shareOf(outcomes?.bad, outcomes?.completed) },
  task_completion_rate: { unit: 'ratio', of: ({ outcomes }) => shareOf(outcomes?.completed, outcomes?.bad) },
  overall_throughput: { unit: 'tasks/min', of: ({ outcomes }) => outcomes?.completed ?? null },
  queue_depth: { unit: 'tasks', of: ({ queued }) => queued ?? null },
  resource_utilization: {
    unit: 'ratio',
    of: ({ occupation }) => {
      const all = [...occupation.values()];
      const slots = all.reduce((sum, it) => sum + it.slots, 0);
      return slots > 0 ? all.reduce((sum, it) => sum + it.busySlots, 0) / slots : null;
    },
  },
};

function shareOf(part: number | undefined, rest: number | undefined): number | null {
  return part === undefined || rest === undefined || part + rest === 0 ? null : part / (part + rest);
}

function tasksOf({ outcomes, agents }: PoolMinute): number {
  return outcomes ? outcomes.completed + outcomes.bad : sumMoments(agents.values()).n;
}

function unmeasurable(reason: string): { status: 'unmeasurable'; reason: string } {
  return { status: 'unmeasurable', reason };
}
