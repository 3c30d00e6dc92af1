import { MINUTE_MS, type Minute } from '../model/time.ts';
import { HOLD_MINUTES, held, type Signs } from './signs.ts';

/** Shorter pauses are never called stuck: where a progress counter tells of work, and where only tasks that end do. */
const PATIENCE_MINUTES = { counter: 5, tasks: 10 };
/** Where it is not known how long tasks take, and no counter tells of them. */
export const UNKNOWN_PATIENCE_MINUTES = 30;
/** A task may take this many times as long as the longest one that was completed. */
const LONGEST_TASKS = 2;

/** What tells whether an agent gets anything done: a counter tells of steps within tasks, too. */
export type ProgressEvidence = keyof typeof PATIENCE_MINUTES;

export interface Stuck {
  /** The last minute in which something got done, or in which the work began. */
  since: Minute;
  evidence: ProgressEvidence;
}

/** Whether an agent has work and got nothing done for longer than its tasks take; see {@link stuckAt}. */
export function isStuck(signs: Signs, minute: Minute, longestTaskUs: number | null): boolean {
  return stuckAt(signs, minute, longestTaskUs) !== null;
}

/**
 * Since when an agent is stuck: it has work, no task of it ended, and its progress counter, where its heartbeats have
 * one, did not change, for five minutes or twice the longest task, whichever is longer. Without a counter only tasks
 * that end count, and it is ten minutes at least; half an hour where it is not known how long tasks take.
 * @param signs by the end of the minute
 * @param longestTaskUs service time of the longest task of its pool; null where none is known
 * @returns null when it is not stuck, has no work, or when nothing can tell
 */
export function stuckAt(signs: Signs, minute: Minute, longestTaskUs: number | null): Stuck | null {
  const began = workSince(signs, minute);
  if (began === null) return null;
  const evidence = progressEvidence(signs);
  if (evidence === 'tasks') {
    // It never told of a task, and its peers did not either; or what it told so far does not come any more.
    if ((signs.task === null && longestTaskUs === null) || areSamplesLost(signs, minute)) return null;
  }
  const moved = evidence === 'counter' ? (signs.progress?.minute ?? began) : began;
  const since = Math.max(began, moved, signs.task ?? began);
  return minute - since >= patienceMinutes(evidence, longestTaskUs) ? { since, evidence } : null;
}

export function progressEvidence({ beat, progress }: Signs): ProgressEvidence {
  return progress !== null && beat !== null && beat.progress !== null ? 'counter' : 'tasks';
}

/** How many minutes an agent with work may show no progress. */
export function patienceMinutes(evidence: ProgressEvidence, longestTaskUs: number | null): number {
  if (longestTaskUs === null) return evidence === 'counter' ? PATIENCE_MINUTES.counter : UNKNOWN_PATIENCE_MINUTES;
  return Math.max(PATIENCE_MINUTES[evidence], Math.ceil((LONGEST_TASKS * longestTaskUs) / (MINUTE_MS * 1_000)));
}

/**
 * Since which minute an agent has had work, as its samples or its heartbeats say; null where it has none or says nothing
 * of it. Samples that tell of none count before heartbeats that say busy.
 */
export function workSince({ beat, busy, load }: Signs, minute: Minute): Minute | null {
  if (beat?.state === 'paused' || beat?.state === 'stopped') return null;
  const sampled = held(load, minute);
  if (!sampled) return busy?.since ?? null;
  return sampled.since === null ? null : Math.min(sampled.since, busy?.since ?? sampled.since);
}

/** Whether an agent that sent samples when its last task ended sends none any more. */
export function areSamplesLost(signs: Signs, minute: Minute): boolean {
  return sendsSamples(signs) && minute - (signs.sample ?? minute) >= HOLD_MINUTES;
}

export function sendsSamples({ sample, task }: Signs): boolean {
  return sample !== null && (task === null || task - sample < HOLD_MINUTES);
}
