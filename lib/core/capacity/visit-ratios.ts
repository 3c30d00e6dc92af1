import type { Workflow } from '../workflow/assemble-workflows.ts';

/** Of each class of work that arrives, how many tasks of each type one of it brings: V in operational analysis. */
export type VisitRatios = ReadonlyMap<string, ReadonlyMap<string, number>>;

/**
 * Tasks of each type that a workflow of each type took, retries included: mean of those that are over and were seen whole.
 * Lineage tells them, so that a changed mix of workflows can be told apart from a changed rate.
 */
export function visitRatios(workflows: Iterable<Pick<Workflow, 'workflowType' | 'status' | 'isTruncated' | 'tasks'>>): {
  visits: VisitRatios;
  /** Workflows that they are of, by type. */
  counted: ReadonlyMap<string, number>;
} {
  const sums = new Map<string, Map<string, number>>();
  const counted = new Map<string, number>();
  for (const { workflowType, status, isTruncated, tasks } of workflows) {
    if (status === 'open' || isTruncated) continue;
    const sum = sums.get(workflowType) ?? new Map<string, number>();
    sums.set(workflowType, sum);
    counted.set(workflowType, (counted.get(workflowType) ?? 0) + 1);
    for (const { event } of tasks) sum.set(event.taskType, (sum.get(event.taskType) ?? 0) + 1);
  }
  const visits = [...sums].map(([type, sum]): [string, Map<string, number>] => {
    const n = counted.get(type) as number;
    return [type, new Map([...sum].map(([taskType, tasks]) => [taskType, tasks / n]))];
  });
  return { visits: new Map(visits), counted };
}

/** Where what arrives is told by task type: each brings itself. */
export function visitsOfTaskTypes(taskTypes: Iterable<string>): VisitRatios {
  return new Map([...taskTypes].map((type) => [type, new Map([[type, 1]])]));
}
