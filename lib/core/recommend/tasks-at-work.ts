import type { WorkflowTask } from '../workflow/workflow-task.ts';

/** A task with how many were at work when it started, itself among them. */
export interface TaskAtWork {
  task: WorkflowTask;
  /** The agent, or '' where all agents of a pool share. */
  group: string;
  /** 1 or more. */
  atWork: number;
}

/**
 * Tasks that took any time, in order of their starts. Of those that started at the same moment nobody knows which came first: all have the
 * middle of their places, 1.5 for the first two. Put in order by anything that has to do with their length, as their ends, the short
 * ones would seem to have been alone.
 */
export function* tasksAtWork(tasks: readonly WorkflowTask[], within: 'agent' | 'pool'): Generator<TaskAtWork> {
  const running = new Map<string, number[]>();
  const started = tasks.filter(({ startUs, endUs }) => endUs > startUs).sort((a, b) => a.startUs - b.startUs);
  let from = 0;
  while (from < started.length) {
    const startUs = (started[from] as WorkflowTask).startUs;
    let to = from + 1;
    while (started[to]?.startUs === startUs) to += 1;
    for (const [group, together] of byGroup(started.slice(from, to), within)) {
      const before = (running.get(group) ?? []).filter((endUs) => endUs > startUs);
      const atWork = before.length + (together.length + 1) / 2;
      for (const { endUs } of together) before.push(endUs);
      running.set(group, before);
      for (const task of together) yield { task, group, atWork };
    }
    from = to;
  }
}

function byGroup(tasks: readonly WorkflowTask[], within: 'agent' | 'pool'): [string, readonly WorkflowTask[]][] {
  if (within === 'pool') return [['', tasks]];
  const [first] = tasks;
  if (first && tasks.length === 1) return [[first.event.agent ?? '', tasks]];
  return [...Map.groupBy(tasks, ({ event }) => event.agent ?? '')];
}
