import type { TaskEvent } from '../model/event.ts';
import { skewUs } from './clock-skew.ts';
import { byStart, type WorkflowTask, workflowTask } from './workflow-task.ts';

export interface Lineage {
  /** In order of their starts. */
  tasks: WorkflowTask[];
  /** Tasks that name a parent which is not known, or which they would be their own ancestor by; they have none then. */
  orphans: number;
}

/**
 * The tree of one workflow's tasks: a function of the set of events, whatever order they come in.
 *
 * A task that is told twice (task, attempt, agent and end are the same) is one. A parent is the task of that id;
 * of several (attempts, or the same id used by several agents) one by the agent that `delegatedBy` names, and of those
 * the last that had started when the child could begin. Without `parent`, it is the last task that the agent in
 * `delegatedBy` had started before. Circles are cut at their earliest task. Time and memory grow with n log n.
 */
export function lineageOf(events: readonly TaskEvent[], poolOf: (event: TaskEvent) => string): Lineage {
  const [first] = events;
  // Many workflows are of one task, which can be nobody's child.
  if (first && events.length === 1) {
    return { tasks: [workflowTask(first, poolOf(first))], orphans: first.parent === undefined ? 0 : 1 };
  }
  const tasks = onlyOnce(events).map((event) => workflowTask(event, poolOf(event)));
  tasks.sort(byStart);
  const byTask = Map.groupBy(tasks, ({ event }) => event.task);
  for (const attempts of byTask.values()) if (attempts.length > 1) waitForEarlierAttempts(attempts);
  const byAgent = Map.groupBy(tasks, ({ event }) => event.agent ?? '');
  const byTaskAndAgent = Map.groupBy(tasks, ({ event }) => `${event.task}\n${event.agent ?? ''}`);

  let orphans = 0;
  for (const task of tasks) {
    const { task: own, parent: named, delegatedBy, agent } = task.event;
    if (named !== undefined) {
      const ofAgent = byTaskAndAgent.get(`${named}\n${delegatedBy}`);
      const found = named === own ? undefined : (ofAgent ?? byTask.get(named));
      if (found) task.parent = lastStarted(found, task.readyUs) ?? found[0] ?? null;
      else orphans += 1;
    } else if (delegatedBy !== undefined && delegatedBy !== agent) {
      task.parent = lastStarted(byAgent.get(delegatedBy) ?? [], task.readyUs);
    }
  }
  orphans += cutCircles(tasks);
  setDepths(tasks);
  return { tasks, orphans };
}

function onlyOnce(events: readonly TaskEvent[]): TaskEvent[] {
  const told = new Map<string, TaskEvent>();
  for (const event of events) {
    const { task, attempt, agent, pool, endedAtMs } = event;
    const key = `${task}\n${attempt}\n${agent ?? ''}\n${agent === undefined ? pool : ''}\n${endedAtMs}`;
    const before = told.get(key);
    if (!before || JSON.stringify(event) < JSON.stringify(before)) told.set(key, event);
  }
  return [...told.values()];
}

/** An attempt was not ready before the one before it had failed, even where it tells when the task was first queued. */
function waitForEarlierAttempts(attempts: readonly WorkflowTask[]): void {
  const inOrder = [...attempts].sort((a, b) => a.event.attempt - b.event.attempt || a.endUs - b.endUs);
  let failed = Number.NEGATIVE_INFINITY;
  let newest: WorkflowTask | undefined;
  for (const attempt of inOrder) {
    if (newest && newest.event.attempt < attempt.event.attempt) failed = newest.endUs;
    newest = attempt;
    if (failed <= attempt.startUs + skewUs(attempt)) {
      attempt.readyUs = Math.min(attempt.startUs, Math.max(attempt.readyUs, failed));
    }
  }
}

/** @param tasks in order of their starts */
function lastStarted(tasks: readonly WorkflowTask[], atUs: number): WorkflowTask | null {
  let low = 0;
  let high = tasks.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((tasks[middle]?.startUs ?? 0) <= atUs) low = middle + 1;
    else high = middle;
  }
  return tasks[low - 1] ?? null;
}

/** @returns how many parents were taken away */
function cutCircles(tasks: readonly WorkflowTask[]): number {
  const walkOf = new Map<WorkflowTask, number>();
  let cut = 0;
  // In order of starts, a walk comes upon each circle for the first time from somewhere; the cut is at its earliest task.
  for (const [walk, task] of tasks.entries()) {
    let at: WorkflowTask | null = task;
    while (at && !walkOf.has(at)) {
      walkOf.set(at, walk);
      at = at.parent;
    }
    if (!at || walkOf.get(at) !== walk) continue;
    let earliest = at;
    for (let other = at.parent; other && other !== at; other = other.parent) {
      if (byStart(other, earliest) < 0) earliest = other;
    }
    earliest.parent = null;
    cut += 1;
  }
  return cut;
}

function setDepths(tasks: readonly WorkflowTask[]): void {
  const known = new Set<WorkflowTask>();
  for (const task of tasks) {
    const chain: WorkflowTask[] = [];
    let at: WorkflowTask | null = task;
    for (; at && !known.has(at); at = at.parent) chain.push(at);
    let depth = at?.depth ?? 0;
    for (const below of chain.reverse()) {
      depth += 1;
      below.depth = depth;
      known.add(below);
    }
  }
}

/** The tasks of a tree, each followed by those below it, siblings in order of their starts. */
export function inTreeOrder(tasks: readonly WorkflowTask[]): WorkflowTask[] {
  const below = Map.groupBy(tasks, ({ parent }) => parent);
  const ordered: WorkflowTask[] = [];
  const left = [...(below.get(null) ?? [])].reverse();
  for (let task = left.pop(); task; task = left.pop()) {
    ordered.push(task);
    for (const child of (below.get(task) ?? []).toReversed()) left.push(child);
  }
  return ordered;
}
