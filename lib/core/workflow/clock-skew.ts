import type { WorkflowTask } from './workflow-task.ts';

/** Hosts that are kept in time over a network differ by no more than this, mostly. */
const MOST_SKEW_US = 10_000;
/** Of fast tasks, whose order would else be lost in it. */
const SHARE_OF_TASK = 0.1;

/** By how much the clock of a task's host may differ from others before it changes what came first. Microseconds. */
export function skewUs({ readyUs, endUs }: Pick<WorkflowTask, 'readyUs' | 'endUs'>): number {
  return Math.min(MOST_SKEW_US, (endUs - readyUs) * SHARE_OF_TASK);
}
