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
  const groupOf = ({ event }: WorkflowTask) => (within === 'agent' ? (event.agent ?? '') : '');
  const started = Map.groupBy(
    tasks.filter(({ startUs, endUs }) => endUs > startUs),
    ({ startUs }) => startUs,
  );
  for (const [startUs, its] of [...started].sort(([a], [b]) => a - b)) {
    for (const [group, together] of Map.groupBy(its, groupOf)) {
      const before = (running.get(group) ?? []).filter((endUs) => endUs > startUs);
      running.set(group, [...before, ...together.map(({ endUs }) => endUs)]);
      for (const task of together) yield { task, group, atWork: before.length + (together.length + 1) / 2 };
    }
  }
}
