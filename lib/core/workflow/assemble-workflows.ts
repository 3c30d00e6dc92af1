import { type TaskEvent, type Tokens, type WorkflowEvent, workflowStatuses } from '../model/event.ts';
import { totalCost, totalTokens } from '../model/task-parts.ts';
import type { EpochMs } from '../model/time.ts';
import { criticalPath, type PathSegment } from './critical-path.ts';
import { inTreeOrder, lineageOf } from './lineage.ts';
import type { WorkflowTask } from './workflow-task.ts';

/** A workflow that nobody has told the end of is open until none of its tasks has ended for this long. */
export const OPEN_MS = 5 * 60_000;

export const workflowStates = ['open', ...workflowStatuses] as const;
export type WorkflowState = (typeof workflowStates)[number];

/** What the tasks that serve one request did together. Times are whole microseconds since 1970. */
export interface Workflow {
  workflow: string;
  /** As its event says; else the task type of its root task, or of all without a parent; "default" where they differ. */
  workflowType: string;
  status: WorkflowState;
  /** Nobody told the status: it follows from the tasks. */
  isDerived: boolean;
  startUs: number;
  /** Of an open one, the end of its newest task. */
  endUs: number;
  /** It may have begun before what was read: tasks may be missing, and without an event its start is not known. */
  isTruncated: boolean;
  /** Each followed by those below it. */
  tasks: WorkflowTask[];
  /** Tasks that name a parent which is not among them. */
  orphans: number;
  /** Of all attempts, each once; null where none tells it. */
  costNanoUsd: number | null;
  tokens: Tokens | null;
  /** Attempts after the first, and what they cost: a part of the sums above. */
  retries: { count: number; costNanoUsd: number | null };
  /** Who took part, in order of their names. */
  agents: string[];
  pools: string[];
  /** Levels of the tree; 0 without tasks. */
  depth: number;
  path: PathSegment[];
}

export interface WorkflowInput {
  /** As reported and as put together from spans; those that name no workflow belong to none. */
  tasks: readonly TaskEvent[];
  /** Ends that were told; of several for one workflow the latest counts. */
  ends: readonly WorkflowEvent[];
  /** '' where it is not known. */
  poolOf: (task: TaskEvent) => string;
  /** Tasks that ended before are not among those given. */
  readFromMs: EpochMs;
  nowMs: EpochMs;
}

/**
 * Puts workflows together from their tasks and from what was told of their ends, in no particular order.
 *
 * Without a `workflow` event a workflow is over when its root task is (the one whose id is the workflow's, as spans have
 * it), else when no task of it has ended for {@link OPEN_MS}. It is completed then, unless the root task, or without one
 * the last attempt at any task without a parent, did something else than that: then it failed.
 */
export function assembleWorkflows({ tasks, ends, poolOf, readFromMs, nowMs }: WorkflowInput): Workflow[] {
  const tasksOf = new Map<string, TaskEvent[]>();
  for (const task of tasks) {
    if (task.workflow === undefined) continue;
    const others = tasksOf.get(task.workflow);
    if (others) others.push(task);
    else tasksOf.set(task.workflow, [task]);
  }
  const endOf = new Map<string, WorkflowEvent>();
  for (const end of ends) {
    const before = endOf.get(end.workflow);
    if (!before || isLater(end, before)) endOf.set(end.workflow, end);
  }
  const ids = new Set([...tasksOf.keys(), ...endOf.keys()]);
  return [...ids].map((id) => {
    const lineage = lineageOf(tasksOf.get(id) ?? [], poolOf);
    return workflowOf(id, lineage, endOf.get(id), { readFromMs, nowMs });
  });
}

function isLater(end: WorkflowEvent, before: WorkflowEvent): boolean {
  if (end.endedAtMs !== before.endedAtMs) return end.endedAtMs > before.endedAtMs;
  return JSON.stringify(end) > JSON.stringify(before);
}

function workflowOf(
  id: string,
  { tasks, orphans }: ReturnType<typeof lineageOf>,
  end: WorkflowEvent | undefined,
  { readFromMs, nowMs }: { readFromMs: EpochMs; nowMs: EpochMs },
): Workflow {
  const roots = tasks.filter(({ parent }) => parent === null);
  const root = rootOf(id, roots);
  const firstUs = tasks.reduce((first, { readyUs }) => Math.min(first, readyUs), Number.POSITIVE_INFINITY);
  const lastUs = tasks.reduce((last, { endUs }) => Math.max(last, endUs), Number.NEGATIVE_INFINITY);
  const interval = end
    ? { startUs: Math.round(end.startedAtMs * 1_000), endUs: Math.round(end.endedAtMs * 1_000) }
    : { startUs: firstUs, endUs: lastUs };
  const isOpen = !end && !root && lastUs > (nowMs - OPEN_MS) * 1_000;
  const retries = tasks.flatMap(({ event }) => (event.attempt > 1 ? event : []));
  const events = tasks.map(({ event }) => event);
  return {
    workflow: id,
    workflowType: end?.workflowType ?? typeOf(root, roots),
    status: end?.status ?? (isOpen ? 'open' : derivedStatus(root, roots)),
    isDerived: !end && !isOpen,
    ...interval,
    // Where the start is not told, a task that ended before what was read may have kept it open until the first one.
    isTruncated: interval.startUs < (end || root ? readFromMs : readFromMs + OPEN_MS) * 1_000,
    tasks: inTreeOrder(tasks),
    orphans,
    costNanoUsd: totalCost(events) ?? null,
    tokens: totalTokens(events) ?? null,
    retries: { count: retries.length, costNanoUsd: totalCost(retries) ?? null },
    agents: namesIn(events.map(({ agent }) => agent ?? '')),
    pools: namesIn(tasks.map(({ pool }) => pool)),
    depth: tasks.reduce((deepest, { depth }) => Math.max(deepest, depth), 0),
    path: criticalPath(tasks, interval),
  };
}

/** The last attempt at the task that is the workflow itself; null where there is none. */
function rootOf(id: string, roots: readonly WorkflowTask[]): WorkflowTask | null {
  return roots.findLast(({ event }) => event.task === id) ?? null;
}

function typeOf(root: WorkflowTask | null, roots: readonly WorkflowTask[]): string {
  const types = new Set((root ? [root] : roots).map(({ event }) => event.taskType));
  const [only] = types;
  return types.size === 1 && only !== undefined ? only : 'default';
}

function derivedStatus(root: WorkflowTask | null, roots: readonly WorkflowTask[]): 'completed' | 'failed' {
  const lastAttempts = new Map<string, WorkflowTask>();
  for (const task of root ? [root] : roots) {
    const before = lastAttempts.get(task.event.task);
    if (!before || task.event.attempt >= before.event.attempt) lastAttempts.set(task.event.task, task);
  }
  return [...lastAttempts.values()].every(({ event }) => event.status === 'completed') ? 'completed' : 'failed';
}

function namesIn(names: readonly string[]): string[] {
  return [...new Set(names)].filter((name) => name !== '').sort();
}
