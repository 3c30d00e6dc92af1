import type { Workflow } from './assemble-workflows.ts';

/** Tasks that came to one pool from another. */
export interface HandOff {
  /** The pool of the task that caused them; '' where a workflow begins, and where that pool is not known. */
  from: string;
  to: string;
  /** Every attempt is one. */
  tasks: number;
  /** Of these workflows. */
  workflows: number;
}

/** Which pool hands how much work to which, by the parents of tasks; most tasks first. Tasks of unknown pools are left out. */
export function handOffs(workflows: readonly Pick<Workflow, 'tasks'>[]): HandOff[] {
  const found = new Map<string, HandOff>();
  for (const { tasks } of workflows) {
    const ofThis = new Set<HandOff>();
    for (const { pool: to, parent } of tasks) {
      if (to === '') continue;
      const from = parent?.pool ?? '';
      const key = `${from}\n${to}`;
      const handOff = found.get(key) ?? { from, to, tasks: 0, workflows: 0 };
      found.set(key, handOff);
      handOff.tasks += 1;
      if (!ofThis.has(handOff)) handOff.workflows += 1;
      ofThis.add(handOff);
    }
  }
  return [...found]
    .sort(([a, its], [b, other]) => other.tasks - its.tasks || (a < b ? -1 : 1))
    .map(([, handOff]) => handOff);
}
