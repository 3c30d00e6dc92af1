import type { WorkflowEvent } from '../model/event.ts';
import { zeroCounters } from './counters.ts';
import { addDuration, emptySketch, type LatencySketch, mergeSketch } from './latency-sketch.ts';

/** What is counted of workflow runs. Integers and additive, like the task counters. */
export const workflowCounters = [
  'completed',
  'failed',
  'timeout',
  'cancelled',
  'durationCount',
  'durationUs',
  'slaTotal',
  'slaMet',
  'csatCount',
  'csatMilli',
  /** Ratings of 4 or better. */
  'csatGood',
  'revenueMicroUsd',
  'revenueAtRiskMicroUsd',
] as const;

export type WorkflowCounter = (typeof workflowCounters)[number];

/** The mergeable summary of the runs of one workflow type that ended in one minute. */
export interface WorkflowRollup {
  workflowType: string;
  counters: Record<WorkflowCounter, number>;
  /** Start to end, of completed, failed and timed-out runs. */
  duration: LatencySketch;
}

export function emptyWorkflowRollup(workflowType: string): WorkflowRollup {
  return { workflowType, counters: zeroCounters(workflowCounters), duration: emptySketch() };
}

/** Adds every count of `other` in place; the identity stays. */
export function mergeWorkflowRollup(rollup: WorkflowRollup, other: WorkflowRollup): void {
  for (const name of workflowCounters) rollup.counters[name] += other.counters[name];
  mergeSketch(rollup.duration, other.duration);
}

/** Counts one run; what meets its limit and what it is worth is judged as for tasks. */
export function countWorkflow({ counters, duration }: WorkflowRollup, run: WorkflowEvent): void {
  counters[run.status] += 1;
  if (run.csatMilli !== undefined) {
    counters.csatCount += 1;
    counters.csatMilli += run.csatMilli;
    if (run.csatMilli >= 4_000) counters.csatGood += 1;
  }
  if (run.status === 'cancelled') return;
  const durationUs = Math.round((run.endedAtMs - run.startedAtMs) * 1_000);
  counters.durationCount += 1;
  counters.durationUs += durationUs;
  addDuration(duration, durationUs);
  const met = run.status === 'completed' && (run.slaUs === undefined || durationUs <= run.slaUs);
  if (run.slaUs !== undefined) {
    counters.slaTotal += 1;
    if (met) counters.slaMet += 1;
  }
  const revenue = run.revenueMicroUsd ?? 0;
  if (run.status === 'completed') counters.revenueMicroUsd += revenue;
  if (!met) counters.revenueAtRiskMicroUsd += revenue;
}
