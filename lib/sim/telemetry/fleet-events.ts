import type { AnnouncedChange } from '../engine/facts.ts';
import type { FleetAgent } from '../engine/fleet-agent.ts';
import type { SimTime } from '../engine/sim-time.ts';
import type { Attempt, Workflow } from '../engine/work.ts';
import type {
  IngestAgent,
  IngestChange,
  IngestHeartbeat,
  IngestMetric,
  IngestPart,
  IngestSample,
  IngestTask,
  IngestWorkflow,
} from '../ingest-event.ts';
import type { Random } from '../random.ts';
import type { PoolSpec } from '../scenario/scenario.ts';
import type { BusinessFigure } from './business-metrics.ts';

/** Epoch ms of a time of the simulation, on the clock of whoever reports. */
export type Clock = (at: SimTime) => number;

/**
 * What is reported of an attempt that has ended. Cost and tokens are those spent, of which the dispatcher knows nothing
 * when it gives up. Revenue stands on the last attempt only, because it is earned or lost once. An attempt that found
 * no agent in time was rejected, as far as anybody can tell.
 */
export function taskEvent(attempt: Attempt, clock: Clock): IngestTask {
  const { task, agent, status, startedAt, endedAt, error, version, quality, csat } = attempt;
  const { type, workflow, parent, delegatedBy } = task;
  const isKnown = status === 'completed' || status === 'failed';
  return {
    type: 'task',
    ...(agent ? { agent: agent.id } : { pool: type.pool }),
    task: task.id,
    taskType: type.taskType,
    status: status === null || !agent ? 'rejected' : status,
    queuedAt: clock(attempt.queuedAt),
    ...(startedAt === null ? {} : { startedAt: clock(startedAt) }),
    endedAt: clock(endedAt ?? attempt.queuedAt),
    workflow: workflow.id,
    ...(parent ? { parent: parent.id } : {}),
    ...(delegatedBy === null ? {} : { delegatedBy }),
    attempt: attempt.number,
    priority: type.priority,
    ...callsOf(attempt),
    ...(version === null ? {} : { version }),
    slaMs: type.slaS * 1_000,
    ...(isKnown && startedAt !== null ? { tokens: attempt.tokens, costUsd: attempt.costUsd } : {}),
    ...(attempt.isFinal ? { revenueUsd: type.revenueUsd } : {}),
    ...(error ? { error } : {}),
    ...(quality === null ? {} : { quality }),
    ...(csat === null ? {} : { csat }),
  };
}

/**
 * The model, and the calls that its time went into: of tools their shares, of the model the rest. Whether they were answered the
 * dispatcher does not know of an attempt that it gave up or that was broken off.
 */
function callsOf({ task, status, error, startedAt, endedAt, fate, tokens, costUsd }: Attempt) {
  const model = task.type.model ?? fate?.model?.model;
  const named = model === undefined ? {} : { model };
  const isBrokenOff = status === 'timeout' || error?.type === 'agent_restarted';
  if (isBrokenOff || !fate || startedAt === null || endedAt === null) return named;
  const workMs = (endedAt - startedAt) / 1_000;
  const parts: IngestPart[] = fate.tools.map(({ tool, share }) => {
    return { kind: 'tool', name: tool, durationMs: inMicroseconds(share * workMs), status: 'completed' };
  });
  if (fate.model) {
    const inTools = parts.reduce((sum, { durationMs }) => sum + durationMs, 0);
    parts.push({
      kind: 'model',
      name: fate.model.model,
      durationMs: Math.max(0, inMicroseconds(workMs - inTools)),
      status: fate.isModelError ? 'failed' : 'completed',
      ...{ tokens, costUsd },
    });
  }
  return parts.length === 0 ? named : { ...named, parts };
}

function inMicroseconds(ms: number): number {
  return Math.round(ms * 1_000) / 1_000;
}

/** Durations instead of moments, in seconds where milliseconds are meant: a thousand times too short. */
export function inWrongUnit(event: IngestTask): IngestTask {
  const { queuedAt, startedAt, parts, ...rest } = event;
  if (queuedAt === undefined || startedAt === undefined) return event;
  const toSeconds = (ms: number) => Math.round(Math.max(0, ms)) / 1_000;
  return {
    ...rest,
    ...{ queueMs: toSeconds(startedAt - queuedAt), durationMs: toSeconds(event.endedAt - startedAt) },
    ...(parts && { parts: parts.map((part) => ({ ...part, durationMs: toSeconds(part.durationMs) })) }),
  };
}

export function workflowEvent({ id, spec, status, startedAt, endedAt }: Workflow, clock: Clock): IngestWorkflow {
  return {
    type: 'workflow',
    workflow: id,
    workflowType: spec.workflowType,
    status: status === 'open' ? 'cancelled' : status,
    startedAt: clock(startedAt),
    endedAt: clock(endedAt ?? startedAt),
    slaMs: spec.slaS * 1_000,
  };
}

/**
 * @param at when it was so, by its host's clock: of what arrives late the newest holds
 * @param model that agents of the pool call until they are tuned; undefined where no task type has any
 */
export function agentEvent(agent: FleetAgent, at: number, spec: PoolSpec, model: string | undefined): IngestAgent {
  const params = paramsOf(agent, spec, model);
  return {
    type: 'agent',
    at,
    agent: agent.id,
    pool: agent.pool,
    team: spec.team,
    skills: Object.fromEntries([...agent.skills].map((skill) => [skill, 0.95])),
    capacity: agent.slots,
    costPerHourUsd: spec.costPerHourUsd,
    version: agent.version,
    min: spec.min,
    max: spec.max,
    ...(spec.backupPool === undefined ? {} : { backupPool: spec.backupPool }),
    ...(Object.keys(params).length === 0 ? {} : { params }),
  };
}

/**
 * What it works with unless a directive says otherwise, where it can be tuned, and whom it works for if not for its own pool. Who
 * declared what a directive tries would have adopted it.
 */
function paramsOf({ lentTo }: FleetAgent, { contention }: PoolSpec, model: string | undefined) {
  return {
    ...(contention && { concurrency: contention.concurrency }),
    ...(model !== undefined && { model }),
    ...(lentTo && { lentTo: lentTo.name }),
  };
}

export function heartbeatEvent(agent: FleetAgent, at: number, intervalS: number): IngestHeartbeat {
  const isDraining = agent.state === 'draining';
  return {
    type: 'heartbeat',
    agent: agent.id,
    at,
    state: isDraining ? 'draining' : agent.running > 0 ? 'busy' : 'ready',
    progress: agent.completedTasks,
    intervalMs: intervalS * 1_000,
  };
}

/** CPU follows the busy slots, memory what the agent holds and leaks; both with some noise. */
export function sampleEvent(
  agent: FleetAgent,
  { at, queued }: { at: SimTime; queued: number },
  clock: Clock,
  random: Random,
): IngestSample {
  return {
    type: 'sample',
    agent: agent.id,
    at: clock(at),
    cpu: ratio(0.05 + 0.75 * (agent.running / agent.slots) + random.normal(0, 0.03)),
    memory: ratio(agent.memoryAt(at) + random.normal(0, 0.01)),
    active: agent.running,
    capacity: agent.slots,
    queued,
  };
}

/** @param at by the clock of whoever reports */
export function metricEvent({ spec, value }: BusinessFigure, at: number): IngestMetric {
  const { name, unit, direction, pool } = spec;
  return { type: 'metric', name, value, at, ...(pool === undefined ? {} : { pool }), unit, direction };
}

export function changeEvent({ kind, pool, version, note }: AnnouncedChange, at: number): IngestChange {
  return {
    type: 'change',
    at,
    kind,
    ...(pool === null ? {} : { pool }),
    ...(version === null ? {} : { version }),
    note,
  };
}

function ratio(value: number): number {
  return Math.round(Math.min(1, Math.max(0, value)) * 1_000) / 1_000;
}
