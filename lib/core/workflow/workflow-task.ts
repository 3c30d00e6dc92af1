import type { TaskEvent } from '../model/event.ts';

/** One attempt at a task as a node of its workflow's tree. Times are whole microseconds since 1970. */
export interface WorkflowTask {
  event: TaskEvent;
  /** '' where it is not known. */
  pool: string;
  /** When it could have begun: queued where that is known, else started. */
  readyUs: number;
  /** Where the start is not known, when it was queued; where that is not known either, its end. */
  startUs: number;
  /** ready <= start <= end. */
  endUs: number;
  /** Who caused it, if that is known; following it ends at a task without one. */
  parent: WorkflowTask | null;
  /** 1 without a parent. */
  depth: number;
}

/** A task by itself, with the times that it tells. */
export function workflowTask(event: TaskEvent, pool: string): WorkflowTask {
  const endUs = Math.round(event.endedAtMs * 1_000);
  const startUs = endUs - (event.serviceUs ?? event.responseUs ?? 0);
  // A wait without a run time, as a rejected task may have it, lies before its end.
  const readyUs = startUs - (event.waitUs ?? 0);
  return { event, pool, readyUs, startUs, endUs, parent: null, depth: 1 };
}

/** In order of their starts; the order of equals depends on nothing but what they are. */
export function byStart(a: WorkflowTask, b: WorkflowTask): number {
  return a.startUs - b.startUs || a.endUs - b.endUs || compareIds(a.event, b.event);
}

function compareIds(a: TaskEvent, b: TaskEvent): number {
  return (
    compare(a.task, b.task) ||
    a.attempt - b.attempt ||
    compare(a.agent ?? '', b.agent ?? '') ||
    compare(a.pool ?? '', b.pool ?? '') ||
    a.endedAtMs - b.endedAtMs
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
