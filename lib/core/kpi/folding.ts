import { accountOf } from '../ledger/account.ts';
import type { FigurePoint } from '../metric/read-points.ts';
import type { Batch } from '../model/batch.ts';
import { batchMark } from '../model/batch-mark.ts';
import type { FleetEvent, TaskEvent, TaskPart } from '../model/event.ts';
import { fingerprint } from '../model/fingerprint.ts';
import { DAY_MINUTES, MINUTE_MS, type Minute, minuteOf, startOfMinute } from '../model/time.ts';
import type { Run, RunPart } from '../trace/assemble-runs.ts';
import { addUsage } from './counters.ts';
import { errorOf } from './error-rollup.ts';
import { countObservation } from './metric-rollup.ts';
import { countPart } from './part-rollup.ts';
import { countHeartbeat, countSample } from './presence-rollup.ts';
import {
  errorRollupIn,
  eventMinute,
  metricRollupIn,
  partRollupIn,
  presenceRollupIn,
  type RollupChunk,
  taskRollupIn,
  workflowRollupIn,
} from './rollup-chunk.ts';
import { countHumanWait, countTask } from './task-rollup.ts';
import { countWorkflow } from './workflow-rollup.ts';

/**
 * How many minutes the tasks of one batch are spread over altogether, at most: a batch of ten thousand that each claim
 * to have run for a day, every one of another agent, would otherwise fill millions of rollups.
 */
const MAX_SPREAD_MINUTES = 30_000;

/** How many minutes back each of some tasks is spread: a day, or less where they would fill too many together. */
export function spreadMinutes(tasks: readonly Pick<TaskEvent, 'serviceUs'>[]): number {
  const wanted = tasks.reduce(
    (sum, { serviceUs = 0 }) => sum + Math.min(DAY_MINUTES, serviceUs / (MINUTE_MS * 1_000)),
    0,
  );
  return wanted <= MAX_SPREAD_MINUTES ? DAY_MINUTES : Math.floor(MAX_SPREAD_MINUTES / tasks.length);
}

/** The chunk for an agent ('' where there is none) and minute, or null where that minute is not wanted. */
export type ChunkAt = (minute: Minute, agent: string) => RollupChunk | null;

/**
 * Counts events in chunks. What a batch brings to a chunk is counted if the chunk did not have the batch when the
 * folding began, and all of it at once: so folding the same batches again, in whatever order and company, changes
 * nothing. Tasks put together from spans of several batches follow the same rule: a task counts with the batch of its
 * run, a part that became known later with whichever batch made it known, and all of these batches are then in the
 * chunk.
 */
export class Folding {
  readonly #chunkAt: ChunkAt;
  readonly #isAnew: (chunk: RollupChunk) => boolean;
  /** Batches that each chunk got in this folding. */
  readonly #added = new Map<RollupChunk, Set<string>>();
  readonly #folded = new Set<string>();
  /** By batch id. */
  readonly #marks = new Map<string, string>();

  /** @param isAnew whether a chunk is computed from nothing: then it has no batch but those that are folded for it */
  constructor(chunkAt: ChunkAt, isAnew: (chunk: RollupChunk) => boolean = () => false) {
    this.#chunkAt = chunkAt;
    this.#isAnew = isAnew;
  }

  /**
   * Counts the events of a batch, other than what has to be put together first: spans and points are only noted as
   * received.
   * @param isOriginal whether a span or point is the first of its kind; a copy is noted as a duplicate
   */
  batch(batch: Batch, isOriginal: (event: FleetEvent, batchId: string) => boolean = () => true): void {
    if (this.#folded.has(batch.id)) return;
    this.#folded.add(batch.id);
    const account = accountOf(batch);
    const spread = spreadMinutes(batch.events.filter((event) => event.type === 'task'));
    for (const event of batch.events) {
      const chunk = this.#chunkAt(eventMinute(event, batch), event.agent ?? '');
      if (chunk && this.#isNew(chunk, batch.id)) {
        this.#mark(chunk, batch.id);
        const isAssembled = event.type === 'span' || event.type === 'point';
        const isCopy = isAssembled && !isOriginal(event, batch.id);
        const counts = isCopy ? chunk.duplicateByAccount : chunk.storedByAccount;
        counts.set(account, (counts.get(account) ?? 0) + 1);
        if (!isAssembled) countEvent(chunk, event);
      }
      if (event.type === 'task') {
        this.#spreadBusyTime(event, spread, (within) => {
          const isNew = this.#isNew(within, batch.id);
          this.#mark(within, batch.id);
          return isNew;
        });
      }
    }
  }

  /**
   * Counts a task that was put together from spans.
   * @param spread how many minutes back its run time is added
   */
  run(run: Run, spread: number): void {
    const { task, parts, hasOwnUsage } = run;
    const chunk = this.#chunkAt(run.minute, task.agent ?? '');
    if (chunk) {
      if (this.#isNewRun(chunk, run)) countTaskIn(chunk, task);
      else for (const part of parts) if (this.#isNewPart(chunk, part)) addLatePart(chunk, task, part, hasOwnUsage);
      this.#markRun(chunk, run);
    }
    // When a run that was given up was at work is not known.
    if (run.isGivenUp) return;
    this.#spreadBusyTime(task, spread, (within) => {
      const isNew = this.#isNewRun(within, run);
      this.#markRun(within, run);
      return isNew;
    });
  }

  #isNewRun(chunk: RollupChunk, run: Run): boolean {
    return this.#isNew(chunk, guardOf(run));
  }

  /**
   * Whether a part became known with one of these batches. A batch that is only looked at beside them counted when it
   * was read: what is known by it now may be a copy of what another brought.
   */
  #isNewPart(chunk: RollupChunk, { sources }: RunPart): boolean {
    return sources.some((source) => this.#folded.has(source) && this.#isNew(chunk, source));
  }

  #markRun(chunk: RollupChunk, run: Run): void {
    this.#mark(chunk, run.batchId);
    this.#mark(chunk, guardOf(run));
    for (const { sources } of run.parts) for (const source of sources) this.#mark(chunk, source);
  }

  /** Counts what was read from points. */
  point({ minute, agent, sources, sample, observation }: FigurePoint): void {
    const chunk = this.#chunkAt(minute, agent);
    if (!chunk) return;
    if (sources.some((source) => this.#isNew(chunk, source))) {
      if (sample) countSample(presenceRollupIn(chunk, agent), sample);
      if (observation) countObservation(metricRollupIn(chunk, observation), observation);
    }
    for (const source of sources) this.#mark(chunk, source);
  }

  /**
   * Adds a task's run time to each minute it ran in.
   * @param spread how many minutes back at most
   * @param takeIn marks a chunk, and says whether the task is new there
   */
  #spreadBusyTime(task: TaskEvent, spread: number, takeIn: (chunk: RollupChunk) => boolean): void {
    if (task.serviceUs === undefined || task.agent === undefined) return;
    const endedUs = Math.round(task.endedAtMs * 1_000);
    const startedUs = endedUs - task.serviceUs;
    const last = minuteOf(task.endedAtMs);
    const first = Math.max(minuteOf(startedUs / 1_000), last - spread);
    for (let minute = first; minute <= last; minute++) {
      const startUs = startOfMinute(minute) * 1_000;
      const busyUs = Math.min(endedUs, startUs + MINUTE_MS * 1_000) - Math.max(startedUs, startUs);
      if (busyUs <= 0) continue;
      const chunk = this.#chunkAt(minute, task.agent);
      if (chunk && takeIn(chunk)) taskRollupIn(chunk, task).counters.busyUs += busyUs;
    }
  }

  #isNew(chunk: RollupChunk, batchId: string): boolean {
    if (this.#isAnew(chunk)) return true;
    const mark = this.#markOf(batchId);
    return !chunk.batches.has(mark) || this.#added.get(chunk)?.has(mark) === true;
  }

  #mark(chunk: RollupChunk, batchId: string): void {
    const mark = this.#markOf(batchId);
    if (this.#isAnew(chunk)) {
      chunk.batches.add(mark);
      return;
    }
    if (chunk.batches.has(mark)) return;
    chunk.batches.add(mark);
    const added = this.#added.get(chunk);
    if (added) added.add(mark);
    else this.#added.set(chunk, new Set([mark]));
  }

  #markOf(batchId: string): string {
    const found = this.#marks.get(batchId);
    if (found !== undefined) return found;
    const mark = batchMark(batchId);
    this.#marks.set(batchId, mark);
    return mark;
  }
}

/** Counts the events of one batch, without putting anything together. */
export function foldBatch(batch: Batch, chunkAt: ChunkAt, isAnew?: (chunk: RollupChunk) => boolean): void {
  new Folding(chunkAt, isAnew).batch(batch);
}

/**
 * What tells that a chunk has a run. A span that only stands for the run of its parts becomes one with the first of
 * them, which may come long after its own batch: it has a mark of its own.
 */
function guardOf({ task, batchId, standsIn }: Run): string {
  return standsIn ? `run:${fingerprint(task.task)}` : batchId;
}

function countEvent(chunk: RollupChunk, event: FleetEvent): void {
  if (event.type === 'task') {
    countTaskIn(chunk, event);
    countHumanWait(taskRollupIn(chunk, event), event);
  } else if (event.type === 'sample') countSample(presenceRollupIn(chunk, event.agent), event);
  else if (event.type === 'heartbeat') countHeartbeat(presenceRollupIn(chunk, event.agent), event);
  else if (event.type === 'workflow') countWorkflow(workflowRollupIn(chunk, event.workflowType), event);
  else if (event.type === 'metric') {
    const { agent = '', pool = '', unit = '', ...metric } = event;
    const observation = { ...metric, agent, pool, unit };
    countObservation(metricRollupIn(chunk, observation), observation);
  }
  // agent and change events describe the fleet: they go to the roster and the change log, not into figures.
}

function countTaskIn(chunk: RollupChunk, task: TaskEvent): void {
  countTask(taskRollupIn(chunk, task), task);
  for (const part of task.parts ?? []) countPart(partRollupIn(chunk, task.agent ?? '', part), part);
  const error = errorOf(task);
  if (error) errorRollupIn(chunk, error).n += 1;
}

/** A call that became known after its run was counted: its tokens and cost are added, its time is in the run's. */
function addLatePart(chunk: RollupChunk, task: TaskEvent, part: TaskPart, hasOwnUsage: boolean): void {
  countPart(partRollupIn(chunk, task.agent ?? '', part), part);
  if (hasOwnUsage) return;
  addUsage(taskRollupIn(chunk, task).counters, part);
}
