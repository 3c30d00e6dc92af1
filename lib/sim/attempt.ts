import type { Arrival } from './arrival.ts';
import type { IngestTask } from './ingest-event.ts';
import type { Pool } from './pool.ts';
import type { TaskLuck } from './task-luck.ts';

/** One attempt of one agent at one task, from the moment it was dispatched. */
export interface Attempt {
  task: string;
  arrival: Arrival;
  pool: Pool;
  agent: string;
  /** 1 for the first. */
  number: number;
  luck: TaskLuck;
  queuedAtMs: number;
  /** null while it waits. */
  startedAtMs: number | null;
  ended: boolean;
}

export type Outcome =
  | { status: 'completed' }
  | { status: 'failed'; afterShare: number; error: { type: string; message: string } }
  /** `retried`: another attempt follows, so nothing is lost yet. */
  | { status: 'timeout'; retried: boolean };

/**
 * What is reported of an attempt that has ended. Cost and tokens are those spent: a failed task has read all of its
 * input and written part of its output; of a timed-out one the dispatcher cannot know. Revenue stands on the last
 * attempt only, because it is earned or lost once.
 */
export function taskEvent(attempt: Attempt, endedAtMs: number, outcome: Outcome): IngestTask {
  const { pool, arrival, luck } = attempt;
  const final = outcome.status !== 'timeout' || !outcome.retried;
  return {
    type: 'task',
    agent: attempt.agent,
    task: attempt.task,
    taskType: pool.taskType,
    status: outcome.status,
    queuedAt: attempt.queuedAtMs,
    ...(attempt.startedAtMs === null ? {} : { startedAt: attempt.startedAtMs }),
    endedAt: endedAtMs,
    workflow: `request-${attempt.task}`,
    attempt: attempt.number,
    priority: luck.priority,
    model: pool.model,
    version: pool.version,
    slaMs: pool.slaMs,
    ...(outcome.status === 'timeout' ? {} : spent(pool, arrival, outcome)),
    ...(final ? { revenueUsd: pool.revenuePerTaskUsd } : {}),
    ...errorOf(outcome),
    ...(outcome.status === 'completed' && luck.quality !== null ? { quality: luck.quality } : {}),
    ...(outcome.status === 'completed' && luck.csat !== null ? { csat: luck.csat } : {}),
  };
}

function spent(
  pool: Pool,
  { inputTokens, outputTokens }: Arrival,
  outcome: Exclude<Outcome, { status: 'timeout' }>,
): Pick<IngestTask, 'tokens' | 'costUsd'> {
  const output = outcome.status === 'failed' ? Math.floor(outputTokens * outcome.afterShare) : outputTokens;
  const nanoUsd = inputTokens * pool.nanoUsdPerInputToken + output * pool.nanoUsdPerOutputToken;
  return { tokens: { input: inputTokens, output }, costUsd: nanoUsd / 1e9 };
}

function errorOf(outcome: Outcome): Pick<IngestTask, 'error'> {
  if (outcome.status === 'completed') return {};
  if (outcome.status === 'failed') return { error: outcome.error };
  return { error: { type: 'timeout', message: 'no answer within the time limit of the dispatcher' } };
}
