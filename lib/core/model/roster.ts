import { type Beat, laterBeat } from '../kpi/presence-rollup.ts';
import type { Batch } from './batch.ts';
import { batchMark } from './batch-mark.ts';
import type { AgentEvent, FleetEvent, TaskEvent } from './event.ts';
import { eventTimeMs } from './event.ts';
import { type Forgotten, nobodyForgotten } from './forgotten-agent.ts';
import { lagAfter, type ReportLag } from './report-lag.ts';
import { type EpochMs, startOfMinute } from './time.ts';
import { markHeartbeat, markSample, markTask, noMarks, type WorkMarks } from './work-marks.ts';

export const DEFAULT_POOL = 'default';

/** What is known of one agent, from everything it ever reported. */
export interface RosterEntry {
  agent: string;
  firstSeenMs: EpochMs;
  /** Time of the newest event that names the agent. */
  lastSeenMs: EpochMs;
  firstBeatMs: EpochMs | null;
  lastBeat: Beat | null;
  /** How late its heartbeats arrive; absent before the first. */
  lag?: ReportLag;
  /** Absent where none of its events told of work. */
  work?: WorkMarks;
  /** The description in force, and the key that decides which description is the newest. */
  description: AgentEvent | null;
  describedBy: Describing | null;
  /** When it was forgotten: entries in force do not have it, only those that past figures are told by. */
  forgottenMs?: EpochMs;
}

interface Describing {
  atMs: EpochMs;
  /** Of the batch, which decides where times are the same; absent in what was saved when it was the id. */
  mark?: string;
}

export type Roster = Map<string, RosterEntry>;

export function poolOf(entry: RosterEntry | undefined): string {
  return entry?.description?.pool ?? DEFAULT_POOL;
}

/**
 * Enters what a batch says about agents, in place. Every field is a minimum, a maximum or a latest-wins, so the order
 * of batches does not matter and entering one twice changes nothing.
 * @param forgotten agents that only what came after brings back
 */
export function enterBatch(roster: Roster, batch: Batch, forgotten: Forgotten = nobodyForgotten): void {
  const bucketMs = startOfMinute(batch.bucket);
  for (const event of batch.events) {
    if (event.agent === undefined || !tellsOfAgent(event)) continue;
    const atMs = eventTimeMs(event) ?? bucketMs;
    const goneMs = forgotten.get(event.agent)?.atMs ?? Number.NEGATIVE_INFINITY;
    if ((eventTimeMs(event) ?? newestMoment(batch)) <= goneMs) continue;
    const entry = seeAgent(roster, event.agent, Math.max(atMs, goneMs + 1));
    if (event.type === 'heartbeat') {
      entry.lag = lagAfter(entry.lag, atMs, batch.receivedAtMs);
      entry.firstBeatMs = Math.min(entry.firstBeatMs ?? atMs, atMs);
      const { state, intervalMs } = event;
      entry.lastBeat = laterBeat(entry.lastBeat, { atMs, state, intervalMs, progress: event.progress ?? null });
      entry.work = markHeartbeat(entry.work ?? noMarks, event);
    }
    if (event.type === 'sample') entry.work = markSample(entry.work ?? noMarks, event);
    if (event.type === 'task') entry.work = markTask(entry.work ?? noMarks, event);
    if (event.type === 'agent') describe(entry, event, atMs, batch);
  }
}

/** Enters who ran a task that was put together from spans, in place. When a run that was given up ended is not known. */
export function enterTask(
  roster: Roster,
  { task, isGivenUp }: { task: TaskEvent; isGivenUp: boolean },
  forgotten: Forgotten = nobodyForgotten,
): void {
  const { agent, endedAtMs } = task;
  if (agent === undefined || endedAtMs <= (forgotten.get(agent)?.atMs ?? Number.NEGATIVE_INFINITY)) return;
  const entry = seeAgent(roster, agent, endedAtMs);
  if (!isGivenUp) entry.work = markTask(entry.work ?? noMarks, task);
}

/** What a description without a time is of, where minutes are not fine enough: the newest event beside it. */
function newestMoment({ events, receivedAtMs }: Batch): EpochMs {
  const newest = events.reduce((max, event) => Math.max(max, eventTimeMs(event) ?? max), Number.NEGATIVE_INFINITY);
  return newest === Number.NEGATIVE_INFINITY ? receivedAtMs : newest;
}

/** A change is not a sign of life; a span inside a run may name no more than the service. */
function tellsOfAgent(event: FleetEvent): boolean {
  if (event.type === 'span') return event.role === 'agent' || event.role === 'workflow';
  return event.type !== 'change';
}

function seeAgent(roster: Roster, agent: string, atMs: EpochMs): RosterEntry {
  const entry = roster.get(agent) ?? unknownAgent(agent, atMs);
  roster.set(agent, entry);
  entry.firstSeenMs = Math.min(entry.firstSeenMs, atMs);
  entry.lastSeenMs = Math.max(entry.lastSeenMs, atMs);
  return entry;
}

function unknownAgent(agent: string, atMs: EpochMs): RosterEntry {
  return {
    agent,
    firstSeenMs: atMs,
    lastSeenMs: atMs,
    firstBeatMs: null,
    lastBeat: null,
    description: null,
    describedBy: null,
  };
}

function describe(entry: RosterEntry, event: AgentEvent, saidMs: EpochMs, batch: Batch): void {
  const current = entry.describedBy;
  // A sender's clock, or a minute that has not come, must not keep what is said later from counting.
  const atMs = Math.min(saidMs, batch.receivedAtMs);
  if (current && atMs < current.atMs) return;
  const mark = batchMark(batch.id);
  if (current && atMs === current.atMs && mark < (current.mark ?? '')) return;
  entry.description = event;
  entry.describedBy = { atMs, mark };
}
