import type { Task } from './answers.ts';
import { responseMs } from './task-shares.ts';

/** Of each sort. */
const SHOWN = 3;
const bad = new Set(['failed', 'timeout', 'rejected']);

/** The newest tasks that ended badly, and the slowest of the others: what to look at first. */
export function exemplars(tasks: readonly Task[]): { bad: Task[]; slow: Task[] } {
  const failed = tasks
    .filter(({ status }) => bad.has(status))
    .sort((a, b) => Date.parse(b.endedAt) - Date.parse(a.endedAt));
  const slow = tasks
    .filter((task) => !bad.has(task.status) && task.durationMs !== undefined)
    .sort((a, b) => responseMs(b) - responseMs(a));
  return { bad: failed.slice(0, SHOWN), slow: slow.slice(0, SHOWN) };
}
