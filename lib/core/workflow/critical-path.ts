import { skewUs } from './clock-skew.ts';
import type { WorkflowTask } from './workflow-task.ts';

/** A stretch of a workflow's time, and the task that it depended on. */
export interface PathSegment {
  /** Who worked, or who was waited for to begin; null for the time after the last task. */
  task: WorkflowTask | null;
  kind: 'work' | 'wait';
  /** Whole microseconds since 1970. */
  fromUs: number;
  toUs: number;
}

/** Longer ways up through tasks that run inside each other are taken for cut off. */
const MAX_DEPTH = 256;

/**
 * The critical path: for each moment of a workflow the one task that its end-to-end time depended on, as far as times and
 * lineage tell.
 *
 * It is found from the end backwards, as for traces (Jaeger, Uber's CRISP), with two differences that come from what
 * tasks tell: they may go on after their parent has ended, and they say when they were queued.
 *
 * A task lies *inside* the nearest task above it in the lineage that was running when it became ready; without one,
 * inside the workflow. Where it ends later than that one, it is followed further out whether it ended inside.
 * From the end of the workflow, again and again:
 * 1. Inside the task that is being looked at, the one that finished last before the moment reached is on the path.
 *    What lies between is the outer task's own work; inside the workflow itself, it is waiting of the later task.
 * 2. When none is left, the time back to the start of the task is its own work, the time from its queueing to its start
 *    is waiting, and the path goes on in the task around it at the moment when it became ready. What finished before
 *    then is what it may have waited for: a task that was queued while another still ran did not wait for that one.
 *
 * Clocks of hosts differ: what ends up to 10 ms (and a tenth of a task) too late for it still counts as finished before,
 * where nothing else fits; what sticks out of the task around it, or of the workflow, is cut off. Where no task finished
 * shortly before the workflow's end but one goes on beyond it, the path begins in that one, the earliest if there are several.
 *
 * @param tasks in order of their starts, with parents that make no circle
 * @returns segments in order of time that cover start to end without gap or overlap; none when the workflow took no
 * time. Time and memory grow with n log n.
 * @see Zhang et al.: CRISP: Critical Path Analysis of Large-Scale Microservice Architectures, USENIX ATC 2022
 */
export function criticalPath(
  tasks: readonly WorkflowTask[],
  { startUs, endUs }: { startUs: number; endUs: number },
): PathSegment[] {
  const { around, finishers } = nest(tasks);
  const backwards: PathSegment[] = [];
  let atUs = endUs;
  const cover = (task: WorkflowTask | null, kind: PathSegment['kind'], downToUs: number) => {
    const fromUs = Math.max(downToUs, startUs);
    if (fromUs >= atUs) return;
    const later = backwards.at(-1);
    if (later?.task === task && later.kind === kind) later.fromUs = fromUs;
    else backwards.push({ task, kind, fromUs, toUs: atUs });
    atUs = fromUs;
  };

  let slackUs = skewUs({ readyUs: startUs, endUs });
  let waiting: WorkflowTask | null = null;
  let inside = runningBeyond(finishers.get(null), endUs, slackUs);
  if (inside) slackUs = skewUs(inside);
  while (atUs > startUs) {
    const before = finishers.get(inside)?.takeLast(atUs, slackUs);
    if (before) {
      cover(inside ?? waiting, inside ? 'work' : 'wait', before.endUs);
      slackUs = skewUs(before);
      inside = before;
    } else if (inside) {
      const outer: WorkflowTask | null = around.get(inside) ?? null;
      const floorUs = outer?.startUs ?? startUs;
      cover(inside, 'work', Math.max(inside.startUs, floorUs));
      cover(inside, 'wait', Math.max(inside.readyUs, floorUs));
      slackUs = skewUs(inside);
      waiting = inside;
      inside = outer;
    } else {
      cover(waiting, 'wait', startUs);
      break;
    }
  }
  return backwards.reverse();
}

/** Only where nothing that finished explains the end of the workflow. */
function runningBeyond(outermost: Finishers | undefined, endUs: number, slackUs: number): WorkflowTask | null {
  const all = outermost?.tasks ?? [];
  let earliest: WorkflowTask | null = null;
  for (const task of all) {
    if (task.endUs >= endUs - slackUs && task.endUs <= endUs + slackUs) return null;
    if (task.endUs <= endUs || task.readyUs >= endUs) continue;
    if (!earliest || task.readyUs < earliest.readyUs) earliest = task;
  }
  return earliest;
}

interface Nest {
  /** The task that each was ready inside; without one, inside the workflow. */
  around: Map<WorkflowTask, WorkflowTask>;
  /** By the innermost task that they ended inside, null for the workflow. */
  finishers: Map<WorkflowTask | null, Finishers>;
}

function nest(tasks: readonly WorkflowTask[]): Nest {
  const around = new Map<WorkflowTask, WorkflowTask>();
  const ended = new Map<WorkflowTask | null, WorkflowTask[]>();
  // Of parents before those of their children, because these follow from them.
  for (const task of [...tasks].sort((a, b) => a.depth - b.depth)) {
    let readyIn = task.parent;
    for (let depth = 0; readyIn && !wasReadyInside(task, readyIn); depth++) {
      readyIn = depth < MAX_DEPTH ? (around.get(readyIn) ?? null) : null;
    }
    if (readyIn) around.set(task, readyIn);
    let endedIn = readyIn;
    for (let depth = 0; endedIn && task.endUs > endedIn.endUs + skewUs(task); depth++) {
      endedIn = depth < MAX_DEPTH ? (around.get(endedIn) ?? null) : null;
    }
    const siblings = ended.get(endedIn);
    if (siblings) siblings.push(task);
    else ended.set(endedIn, [task]);
  }
  return { around, finishers: new Map([...ended].map(([outer, inner]) => [outer, new Finishers(inner)])) };
}

/** Also one that seems to have been ready before the outer one started: clocks differ. */
function wasReadyInside(task: WorkflowTask, outer: WorkflowTask): boolean {
  return task.readyUs < outer.endUs && task.endUs > outer.startUs;
}

/** Tasks in order of their ends, of which the last before a moment is taken; moments only go back. */
class Finishers {
  readonly tasks: readonly WorkflowTask[];
  /** Those from here on were taken, or ended too late for the moments that are left. */
  #left: number;

  constructor(tasks: WorkflowTask[]) {
    // Of those that end together the longest is the last.
    this.tasks = tasks.sort((a, b) => a.endUs - b.endUs || b.readyUs - a.readyUs);
    this.#left = tasks.length;
  }

  /** The last that ended before a moment, or not more than the slack after it if none did within the slack before. */
  takeLast(atUs: number, slackUs: number): WorkflowTask | null {
    while (this.#endAt(this.#left - 1) > atUs + slackUs) this.#left -= 1;
    let late = -1;
    let at = this.#left - 1;
    for (; this.#endAt(at) > atUs; at--) if ((this.tasks[at]?.readyUs ?? 0) < atUs) late = at;
    const taken = late >= 0 && this.#endAt(at) < atUs - slackUs ? late : at;
    if (taken < 0) return null;
    this.#left = taken;
    return this.tasks[taken] ?? null;
  }

  #endAt(place: number): number {
    return this.tasks[place]?.endUs ?? Number.NEGATIVE_INFINITY;
  }
}
