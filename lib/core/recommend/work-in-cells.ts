import type { WorkflowTask } from '../workflow/workflow-task.ts';
import { type ScalingLaw, slowdown } from './scaling-law.ts';
import { tasksAtWork } from './tasks-at-work.ts';

/**
 * Mean time of the completed tasks, ms, if the work of an agent, or of a pool, were divided into cells that share nothing: each task
 * begins when it did, in the cell that has least at work, and takes what the law says there. Tasks that are done sooner leave fewer at
 * work for the next, so less is at work in two cells than two halves of what was.
 * @param cells 1 or more
 */
export function meanMsInCells(
  tasks: readonly WorkflowTask[],
  law: Pick<ScalingLaw, 'sigma' | 'kappa' | 'within'>,
  cells: number,
): number {
  const groups = new Map<string, number[][]>();
  let [sumUs, n] = [0, 0];
  for (const { task, group, atWork } of tasksAtWork(tasks, law.within)) {
    const running = (groups.get(group) ?? Array.from({ length: cells }, () => [])).map((ends) => {
      return ends.filter((endUs) => endUs > task.startUs);
    });
    groups.set(group, running);
    const cell = running.reduce((least, ends) => (ends.length < least.length ? ends : least));
    const tookUs = ((task.endUs - task.startUs) * slowdown(law, cell.length + 1)) / slowdown(law, atWork);
    cell.push(task.startUs + tookUs);
    if (task.event.status !== 'completed') continue;
    sumUs += tookUs;
    n += 1;
  }
  return sumUs / n / 1_000;
}
