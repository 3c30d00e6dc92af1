import type { TaskEvent } from '../model/event.ts';
import { addUsage, zeroCounters } from './counters.ts';
import { addDuration, emptySketch, type LatencySketch, mergeSketch } from './latency-sketch.ts';

/** The name of a part of kind `wait` that tells of waiting for a person: an approval, an answer. */
export const HUMAN_WAIT = 'human';

/** What is counted for tasks. All are integers and additive, so rollups merge exactly in any order. */
export const taskCounters = [
  'completed',
  'failed',
  'timeout',
  'cancelled',
  'rejected',
  /** Tasks whose attempt was not the first. */
  'retries',
  'responseCount',
  'responseUs',
  'waitCount',
  'waitUs',
  'serviceCount',
  'serviceUs',
  /** Run time that fell into this minute, of tasks that ended in it or later. */
  'busyUs',
  'costNanoUsd',
  'inputTokens',
  'cachedInputTokens',
  'cacheWriteTokens',
  'outputTokens',
  'reasoningTokens',
  'slaTotal',
  'slaMet',
  'qualityCount',
  'qualityPpm',
  'csatCount',
  'csatMilli',
  /** Ratings of 4 or better. */
  'csatGood',
  'revenueMicroUsd',
  'revenueAtRiskMicroUsd',
  /** Tasks that completed at the first attempt. */
  'completedFirst',
  /** Service time of the tasks that told what it went into, and the part of it in which a person was waited for. */
  'partedUs',
  'humanWaitUs',
] as const;

export type TaskCounter = (typeof taskCounters)[number];

/** The mergeable summary of one (agent, task type, minute). */
export interface TaskRollup {
  /** '' for tasks rejected before they reached an agent; then `pool` names the pool. */
  agent: string;
  pool: string;
  taskType: string;
  counters: Record<TaskCounter, number>;
  /** Response times of completed, failed and timed-out tasks. */
  response: LatencySketch;
  /** Service times of the same tasks, where their start is known. */
  service: LatencySketch;
}

export function emptyTaskRollup(agent: string, pool: string, taskType: string): TaskRollup {
  return {
    agent,
    pool,
    taskType,
    counters: zeroCounters(taskCounters),
    response: emptySketch(),
    service: emptySketch(),
  };
}

/** Tasks that ended, however they did. */
export function countTasks({
  completed,
  failed,
  timeout,
  cancelled,
  rejected,
}: Pick<TaskRollup['counters'], 'completed' | 'failed' | 'timeout' | 'cancelled' | 'rejected'>): number {
  return completed + failed + timeout + cancelled + rejected;
}

/** Adds every count and value of `other` in place; the identity (agent, pool, task type) stays. */
export function mergeTaskRollup(rollup: TaskRollup, other: TaskRollup): void {
  for (const name of taskCounters) rollup.counters[name] += other.counters[name];
  mergeSketch(rollup.response, other.response);
  mergeSketch(rollup.service, other.service);
}

/**
 * Counts one task in the rollup of the minute it ended in. Its run time (`busyUs`) is not added here, because it may
 * belong to earlier minutes: see spreadBusyTime.
 */
export function countTask(rollup: TaskRollup, task: TaskEvent): void {
  const { counters } = rollup;
  counters[task.status] += 1;
  if (task.attempt > 1) counters.retries += 1;
  else if (task.status === 'completed') counters.completedFirst += 1;
  addUsage(counters, task);
  if (task.qualityPpm !== undefined) {
    counters.qualityCount += 1;
    counters.qualityPpm += task.qualityPpm;
  }
  if (task.csatMilli !== undefined) {
    counters.csatCount += 1;
    counters.csatMilli += task.csatMilli;
    if (task.csatMilli >= 4_000) counters.csatGood += 1;
  }
  if (task.status !== 'cancelled' && task.status !== 'rejected') countLatency(rollup, task);
  countSla(rollup, task);
}

/**
 * Counts what is named {@link HUMAN_WAIT} among the things that a task waited for. Only for tasks that tell their parts
 * themselves: spans know no such waiting, and their parts may come after the task.
 */
export function countHumanWait({ counters }: TaskRollup, { parts = [], serviceUs }: TaskEvent): void {
  if (parts.length === 0 || serviceUs === undefined) return;
  const waitUs = parts.reduce((sum, { kind, name, durationUs }) => {
    return kind === 'wait' && name === HUMAN_WAIT ? sum + durationUs : sum;
  }, 0);
  counters.partedUs += serviceUs;
  counters.humanWaitUs += Math.min(serviceUs, waitUs);
}

function countLatency(rollup: TaskRollup, task: TaskEvent): void {
  const { counters } = rollup;
  if (task.responseUs !== undefined) {
    counters.responseCount += 1;
    counters.responseUs += task.responseUs;
    addDuration(rollup.response, task.responseUs);
  }
  if (task.waitUs !== undefined) {
    counters.waitCount += 1;
    counters.waitUs += task.waitUs;
  }
  if (task.serviceUs !== undefined) {
    counters.serviceCount += 1;
    counters.serviceUs += task.serviceUs;
    addDuration(rollup.service, task.serviceUs);
  }
}

/** A task with a limit meets it when it completed in time; failed, timed-out and rejected tasks miss it. */
function countSla(rollup: TaskRollup, task: TaskEvent): void {
  const { counters } = rollup;
  const revenue = task.revenueMicroUsd ?? 0;
  if (task.status === 'cancelled') return;
  const late = task.slaUs !== undefined && task.responseUs !== undefined && task.responseUs > task.slaUs;
  const judged = task.slaUs !== undefined && (task.status !== 'completed' || task.responseUs !== undefined);
  const met = task.status === 'completed' && !late;
  if (judged) {
    counters.slaTotal += 1;
    if (met) counters.slaMet += 1;
  }
  if (task.status === 'completed') counters.revenueMicroUsd += revenue;
  if (!met) counters.revenueAtRiskMicroUsd += revenue;
}
