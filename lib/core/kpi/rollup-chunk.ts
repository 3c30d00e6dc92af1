import type { Batch } from '../model/batch.ts';
import { eventTimeMs, type FleetEvent, type TaskEvent } from '../model/event.ts';
import { DAY_MINUTES, MINUTE_MS, type Minute, minuteOf, startOfMinute } from '../model/time.ts';
import { countHeartbeat, countSample, emptyPresenceRollup, type PresenceRollup } from './presence-rollup.ts';
import { countTask, emptyTaskRollup, type TaskRollup } from './task-rollup.ts';

/**
 * The rollups of some of the fleet's agents for one minute, and which batches are in them. The batch ids travel in
 * the same record as the counts, so a batch is counted in a chunk either wholly or not at all, and never twice.
 */
export interface RollupChunk {
  minute: Minute;
  /** Which of `chunks` this is; an agent's chunk is chunkIndex(agent, chunks). */
  index: number;
  chunks: number;
  batches: Set<string>;
  /** Minute of receipt → events counted here: the ledger's `stored`, taken from where the figures are. */
  storedByReceipt: Map<Minute, number>;
  tasks: Map<string, TaskRollup>;
  presence: Map<string, PresenceRollup>;
}

export function emptyRollupChunk(minute: Minute, index: number, chunks: number): RollupChunk {
  return {
    minute,
    index,
    chunks,
    batches: new Set(),
    storedByReceipt: new Map(),
    tasks: new Map(),
    presence: new Map(),
  };
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

/**
 * Counts every event of a batch in the chunks that `chunkAt` names. Folding the same batch again changes nothing, and
 * the order in which batches are folded does not matter.
 * @param chunkAt the chunk for an agent ('' where there is none) and minute, or null where that minute is not wanted
 */
export function foldBatch(batch: Batch, chunkAt: (minute: Minute, agent: string) => RollupChunk | null): void {
  const isNew = new Map<RollupChunk, boolean>();
  const openFor = (minute: Minute, agent: string): RollupChunk | null => {
    const chunk = chunkAt(minute, agent);
    if (!chunk) return null;
    const known = isNew.get(chunk);
    if (known !== undefined) return known ? chunk : null;
    const absent = !chunk.batches.has(batch.id);
    isNew.set(chunk, absent);
    if (!absent) return null;
    chunk.batches.add(batch.id);
    return chunk;
  };

  const receipt = minuteOf(batch.receivedAtMs);
  for (const event of batch.events) {
    const agent = event.agent ?? '';
    const chunk = openFor(eventMinute(event, batch), agent);
    if (chunk) {
      chunk.storedByReceipt.set(receipt, (chunk.storedByReceipt.get(receipt) ?? 0) + 1);
      countEvent(chunk, event);
    }
    if (event.type === 'task') spreadBusyTime(event, openFor);
  }
}

function countEvent(chunk: RollupChunk, event: FleetEvent): void {
  if (event.type === 'task') countTask(taskRollupIn(chunk, event), event);
  else if (event.type === 'sample') countSample(presenceRollupIn(chunk, event.agent), event);
  else if (event.type === 'heartbeat') countHeartbeat(presenceRollupIn(chunk, event.agent), event);
  // agent and change events describe the fleet: they go to the roster and the change log, not into figures.
}

/** Adds a task's run time to each minute it ran in, at most a day back. */
function spreadBusyTime(task: TaskEvent, openFor: (minute: Minute, agent: string) => RollupChunk | null): void {
  if (task.serviceUs === undefined || task.agent === undefined) return;
  const endedUs = Math.round(task.endedAtMs * 1_000);
  const startedUs = endedUs - task.serviceUs;
  const last = minuteOf(task.endedAtMs);
  const first = Math.max(minuteOf(startedUs / 1_000), last - DAY_MINUTES);
  for (let minute = first; minute <= last; minute++) {
    const startUs = startOfMinute(minute) * 1_000;
    const busyUs = Math.min(endedUs, startUs + MINUTE_MS * 1_000) - Math.max(startedUs, startUs);
    if (busyUs <= 0) continue;
    const chunk = openFor(minute, task.agent);
    if (chunk) taskRollupIn(chunk, task).counters.busyUs += busyUs;
  }
}

function taskRollupIn(chunk: RollupChunk, task: TaskEvent): TaskRollup {
  const agent = task.agent ?? '';
  const pool = task.pool ?? '';
  const key = taskRollupKey(agent, pool, task.taskType);
  const found = chunk.tasks.get(key);
  if (found) return found;
  const created = emptyTaskRollup(agent, agent === '' ? pool : '', task.taskType);
  chunk.tasks.set(key, created);
  return created;
}

function presenceRollupIn(chunk: RollupChunk, agent: string): PresenceRollup {
  const found = chunk.presence.get(agent);
  if (found) return found;
  const created = emptyPresenceRollup(agent);
  chunk.presence.set(agent, created);
  return created;
}
