import { type Minute, minuteOf } from '../model/time.ts';
import { fitAutoregression, MIN_VALUES } from './autoregression.ts';
import { type KpiMinute, kpiMinutes, type MeasuredFigure, unitOf } from './kpi-minute.ts';
import { mean } from './mean.ts';
import type { PoolHistory } from './pool-history.ts';
import { stepEffect } from './step-effect.ts';
import { stepPeers } from './step-peers.ts';
import type { Step } from './step-verdict.ts';

/** Fewer measured minutes with a figure than this are no measurement. */
const MIN_MEASURED = 5;
/** So many innovations from what was forecast, for so many minutes in a row, chance does not go. */
const SHIFT_DEVIATIONS = 3;
const SHIFT_MINUTES = 2;

export interface Shift {
  history: PoolHistory;
  figure: MeasuredFigure;
  /** When what is answered began, and when it was decided: the minutes before are what was known. */
  onsetMs: number;
  decidedMs: number;
  /** The minutes [from, to) to measure. */
  from: Minute;
  to: Minute;
}

export type ShiftOutcome =
  | {
      status: 'measured';
      /** One, or two of which it is not known which one it was. */
      steps: Step[];
      unit: string;
      /** Tasks, and steps of time, that were measured. */
      n: number;
      measured: number;
      evidence: string[];
    }
  | { status: 'unmeasurable'; reason: string };

/**
 * How a figure of a whole pool moved after an action on the whole of it: a step in it at a known moment, told from what the
 * figure does by itself and from what moves other pools as well ({@link stepEffect}). An extreme value that goes back by itself
 * is no effect.
 *
 * A fault that began before the decision and would have lasted is in neither. Where the minutes between onset and decision lie
 * where chance does not go, there are therefore two steps: from "gone back to normal", and from "as bad as it was".
 * @returns the steps in the figure's unit, or the reason why there is none to tell
 */
export function measureShift({ history, figure, onsetMs, decidedMs, from, to }: Shift): ShiftOutcome {
  const minutes = kpiMinutes(figure, history.own);
  const decided = minuteOf(decidedMs);
  const known = minutes.filter(({ minute }) => minute < decided);
  const since = minutes.filter(({ minute }) => minute >= from && minute < to);
  if (since.length < MIN_MEASURED)
    return unmeasurable(
      `${figure} is known of only ${since.length} of the ${to - from} minutes, ${MIN_MEASURED} are needed`,
    );
  if (known.length < MIN_VALUES)
    return unmeasurable(`the pool has only ${known.length} minutes of history, ${MIN_VALUES} are needed`);
  const moved = loadMoved(known, since);
  if (moved) return unmeasurable(moved);

  const onset = minuteOf(onsetMs);
  const calm = known.filter(({ minute }) => minute < onset).length;
  const values = { known: valuesOf(known), since: valuesOf(since), ahead: from - decided + 1, calm };
  const peers = peersOf({ figure, known, since }, history.peers);
  const { placebos, ...told } = stepEffect({ ...values, peers: [...peers.values()] });
  const step = { ...told, standardError: Math.max(told.standardError, chanceOf(since)) };
  const lasting = lastingLevel(values.known, known.length - calm);
  const ifItLasted = lasting === null ? [] : [{ ...step, estimate: mean(values.since) - lasting }];
  const unit = unitOf(figure);
  const words = (value: number) => `${Number(value.toPrecision(3))} ${unit}`;
  const beside = peers.size === 0 ? '' : ` beside ${[...peers.keys()].join(', ')}`;
  return {
    status: 'measured',
    ...{ steps: [step, ...ifItLasted], unit, measured: since.length },
    n: since.reduce((sum, { n }) => sum + n, 0),
    evidence: [
      `${figure} was ${words(mean(values.since))} in ${since.length} measured minutes, ${words(step.estimate)} from what ${known.length} minutes up to the decision foretell${beside} (${placebos} placebos in time)`,
      ...(lasting === null
        ? []
        : [`from onset to decision it was ${words(lasting)}: whether that would have lasted is not known`]),
    ],
  };
}

function valuesOf(minutes: readonly KpiMinute[]): number[] {
  return minutes.map(({ value }) => value);
}

/** Other pools that were as busy as before, so that what was done reached none of them. */
function peersOf(
  { figure, known, since }: { figure: MeasuredFigure; known: readonly KpiMinute[]; since: readonly KpiMinute[] },
  peers: PoolHistory['peers'],
) {
  const [first, last] = [since[0]!.minute, since.at(-1)!.minute];
  const series = [...peers].flatMap(([pool, points]) => {
    const minutes = kpiMinutes(figure, points);
    const before = minutes.filter(({ minute }) => minute <= known.at(-1)!.minute);
    const now = minutes.filter(({ minute }) => minute >= first && minute <= last);
    return before.length === 0 || now.length === 0 || loadMoved(before, now) ? [] : [[pool, minutes] as const];
  });
  return stepPeers({ known, since }, new Map(series));
}

/** Standard error of a window's mean that comes of its being of these tasks: a history that never moved does not take it away. */
function chanceOf(since: readonly KpiMinute[]): number {
  return Math.sqrt(since.reduce((sum, { chance }) => sum + chance, 0)) / since.length;
}

/** By more than this part, and beyond chance at so many standard deviations of counts, a load is another one. */
const MOVED = 0.2;
const MOVED_DEVIATIONS = 3;
/** Load is compared with that of so many steps before: minutes, since over hours it goes with the day, or hours. */
const LOAD_STEPS = 120;

/** A pool under more or less work than before does otherwise whatever is done to it. */
export function loadMoved(
  known: readonly { n: number }[],
  measured: readonly { n: number }[],
  each = 'a minute',
): string | null {
  const rate = (minutes: readonly { n: number }[]) => mean(minutes.map(({ n }) => n));
  const [before, now] = [rate(known.slice(-LOAD_STEPS)), rate(measured)];
  const chance = MOVED_DEVIATIONS * Math.sqrt(Math.max(before, now) / measured.length);
  if (Math.abs(now - before) <= Math.max(MOVED * before, chance)) return null;
  return `${Math.round(now)} tasks ${each} ended where ${Math.round(before)} had before: what the load does, and what was done, cannot be told apart`;
}

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

export function unmeasurable(reason: string): { status: 'unmeasurable'; reason: string } {
  return { status: 'unmeasurable', reason };
}
