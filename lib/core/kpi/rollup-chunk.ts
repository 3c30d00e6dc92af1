import type { Account } from '../ledger/account.ts';
import type { Batch } from '../model/batch.ts';
import { eventTimeMs, type FleetEvent, type TaskEvent, type TaskPart } from '../model/event.ts';
import { type Minute, minuteOf } from '../model/time.ts';
import { type ErrorRollup, errorRollupKey } from './error-rollup.ts';
import { copyOfSketch } from './latency-sketch.ts';
import { emptyMetricRollup, type MetricRollup, metricRollupKey, type Observation } from './metric-rollup.ts';
import { emptyPartRollup, type PartRollup, partRollupKey } from './part-rollup.ts';
import { emptyPresenceRollup, type PresenceRollup } from './presence-rollup.ts';
import { emptyTaskRollup, type TaskRollup } from './task-rollup.ts';
import { emptyWorkflowRollup, type WorkflowRollup } from './workflow-rollup.ts';

/**
 * The rollups of some of the fleet's agents for one minute, and which batches are in them. The batch ids travel in
 * the same record as the counts, so a batch is counted in a chunk either wholly or not at all, and never twice.
 */
export interface RollupChunk {
  minute: Minute;
  /** Which of `chunks` this is; an agent's chunk is chunkIndex(agent, chunks). */
  index: number;
  chunks: number;
  /**
   * Whether it has what came when the minute was closed, to be added to what the chunk of the same index had by then. So
   * what comes late is stored without writing all the rest anew.
   */
  isLate: boolean;
  /** Their marks; of a late chunk also those of the batches that were on time. */
  batches: Set<string>;
  /** Account → events counted here: the ledger's `stored`, taken from where the figures are. */
  storedByAccount: Map<Account, number>;
  /** Account → spans and points that were known from another batch already. */
  duplicateByAccount: Map<Account, number>;
  tasks: Map<string, TaskRollup>;
  parts: Map<string, PartRollup>;
  presence: Map<string, PresenceRollup>;
  metrics: Map<string, MetricRollup>;
  workflows: Map<string, WorkflowRollup>;
  /** Of tasks that ended badly. Every signature until the chunk is stored; of stored ones those that boundErrors keeps. */
  errors: Map<string, ErrorRollup>;
}

export function emptyRollupChunk(minute: Minute, index: number, chunks: number, isLate = false): RollupChunk {
  return {
    minute,
    index,
    chunks,
    isLate,
    batches: new Set(),
    storedByAccount: new Map(),
    duplicateByAccount: new Map(),
    tasks: new Map(),
    parts: new Map(),
    presence: new Map(),
    metrics: new Map(),
    workflows: new Map(),
    errors: new Map(),
  };
}

/** A chunk that can be added to without changing the first. */
export function copyOfChunk(chunk: RollupChunk): RollupChunk {
  const copies = <Rollup>(rollups: ReadonlyMap<string, Rollup>, copy: (rollup: Rollup) => Rollup) =>
    new Map([...rollups].map(([key, rollup]) => [key, copy(rollup)] as const));
  const counted = <Rollup extends { counters: object }>(rollup: Rollup) => ({
    ...rollup,
    counters: { ...rollup.counters },
  });
  return {
    ...chunk,
    batches: new Set(chunk.batches),
    storedByAccount: new Map(chunk.storedByAccount),
    duplicateByAccount: new Map(chunk.duplicateByAccount),
    tasks: copies(chunk.tasks, (rollup) => ({
      ...counted(rollup),
      response: copyOfSketch(rollup.response),
      service: copyOfSketch(rollup.service),
    })),
    parts: copies(chunk.parts, counted),
    presence: copies(chunk.presence, counted),
    metrics: copies(chunk.metrics, (rollup) => ({ ...rollup })),
    workflows: copies(chunk.workflows, (rollup) => ({
      ...counted(rollup),
      duration: copyOfSketch(rollup.duration),
    })),
    errors: copies(chunk.errors, (rollup) => ({ ...rollup })),
  };
}

/** Tells the chunks of a system apart. */
export function chunkKey({ minute, index, isLate }: Pick<RollupChunk, 'minute' | 'index' | 'isLate'>): string {
  return `${minute}#${index}${isLate ? '#late' : ''}`;
}

/** What a chunk is made from, without its figures. */
export type ChunkMarks = Pick<
  RollupChunk,
  'minute' | 'index' | 'chunks' | 'batches' | 'storedByAccount' | 'duplicateByAccount'
>;

/** A chunk that was on time and is no longer changed: what is needed of it to add what comes late. */
export interface ClosedChunk extends ChunkMarks {
  /** What came late; null before anything did. */
  late: RollupChunk | null;
}

/** The chunks of a minute by index, those that were on time and those that are late together. */
export function closedChunks(onTime: Iterable<ChunkMarks>, late: Iterable<RollupChunk>): ClosedChunk[] {
  const byIndex = new Map<number, ClosedChunk>();
  for (const { minute, index, chunks, batches, storedByAccount, duplicateByAccount } of onTime) {
    byIndex.set(index, { minute, index, chunks, batches, storedByAccount, duplicateByAccount, late: null });
  }
  for (const chunk of late) {
    const { minute, index, chunks } = chunk;
    byIndex.set(index, { ...(byIndex.get(index) ?? noMarks(minute, index, chunks)), late: chunk });
  }
  return [...byIndex.values()];
}

/** Of a chunk to which nothing came on time. */
export function noMarks(minute: Minute, index: number, chunks: number): ClosedChunk {
  const nothing = { batches: new Set<string>(), storedByAccount: new Map(), duplicateByAccount: new Map() };
  return { minute, index, chunks, ...nothing, late: null };
}

/** Stable assignment of agents to chunks (FNV-1a, 32 bit). */
export function chunkIndex(agent: string, chunks: number): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < agent.length; i++) hash = Math.imul(hash ^ agent.charCodeAt(i), 0x01000193);
  return (hash >>> 0) % chunks;
}

export function taskRollupKey(agent: string, pool: string, taskType: string): string {
  return `${agent}\n${agent === '' ? pool : ''}\n${taskType}`;
}

/** An event belongs to its own minute; an `agent` event without a time belongs to the newest minute of its batch. */
export function eventMinute(event: FleetEvent, batch: Batch): Minute {
  const atMs = eventTimeMs(event);
  return atMs === null ? batch.bucket : minuteOf(atMs);
}

export function taskRollupIn(chunk: RollupChunk, { agent = '', pool = '', taskType }: TaskEvent): TaskRollup {
  const make = () => emptyTaskRollup(agent, agent === '' ? pool : '', taskType);
  return rollupIn(chunk.tasks, taskRollupKey(agent, pool, taskType), make);
}

export function presenceRollupIn(chunk: RollupChunk, agent: string): PresenceRollup {
  return rollupIn(chunk.presence, agent, () => emptyPresenceRollup(agent));
}

export function partRollupIn(chunk: RollupChunk, agent: string, { kind, name }: TaskPart): PartRollup {
  return rollupIn(chunk.parts, partRollupKey(agent, kind, name), () => emptyPartRollup(agent, kind, name));
}

export function metricRollupIn(chunk: RollupChunk, of: Observation): MetricRollup {
  return rollupIn(chunk.metrics, metricRollupKey(of), () => emptyMetricRollup(of));
}

export function workflowRollupIn(chunk: RollupChunk, workflowType: string): WorkflowRollup {
  return rollupIn(chunk.workflows, workflowType, () => emptyWorkflowRollup(workflowType));
}

export function errorRollupIn(chunk: RollupChunk, of: Omit<ErrorRollup, 'n'>): ErrorRollup {
  return rollupIn(chunk.errors, errorRollupKey(of), () => ({ ...of, n: 0 }));
}

/** The rollup under a key, which is made where there is none yet. */
function rollupIn<Rollup>(rollups: Map<string, Rollup>, key: string, make: () => Rollup): Rollup {
  const found = rollups.get(key);
  if (found) return found;
  const made = make();
  rollups.set(key, made);
  return made;
}
