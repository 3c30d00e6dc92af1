import type { Attempt } from './attempt.ts';
import type { IngestAgent, IngestHeartbeat, IngestSample } from './ingest-event.ts';
import type { Pool } from './pool.ts';
import { createRandom, type Random } from './random.ts';

/** How often an agent sends a heartbeat and a sample. */
export const REPORT_INTERVAL_MS = 15_000;

/** What a simulated agent is doing. */
export interface SimulatedAgent {
  id: string;
  pool: Pool;
  slots: number;
  /** Factor on its service times, 0.9..1.1: no two machines are the same. */
  serviceTimeFactor: number;
  /** Share of its memory in use when idle. */
  idleMemory: number;
  /** In order of arrival. */
  queue: Set<Attempt>;
  running: Set<Attempt>;
  /** Queued or running, as the dispatcher counts it. */
  outstanding: number;
  completed: number;
  dead: boolean;
  sampling: Random;
}

export function createAgent(id: string, pool: Pool, seed: number): SimulatedAgent {
  const build = createRandom(seed, `agent/${id}/build`);
  return {
    id,
    pool,
    slots: pool.slots,
    serviceTimeFactor: build.uniform(0.9, 1.1),
    idleMemory: build.uniform(0.3, 0.4),
    queue: new Set(),
    running: new Set(),
    outstanding: 0,
    completed: 0,
    dead: false,
    sampling: createRandom(seed, `agent/${id}/sampling`),
  };
}

export function agentEvent({ id, pool }: SimulatedAgent): IngestAgent {
  return {
    type: 'agent',
    agent: id,
    pool: pool.pool,
    team: pool.team,
    skills: { [pool.taskType]: 0.95 },
    capacity: pool.slots,
    costPerHourUsd: pool.costPerHourUsd,
    version: pool.version,
  };
}

export function heartbeatEvent(agent: SimulatedAgent, atMs: number): IngestHeartbeat {
  return {
    type: 'heartbeat',
    agent: agent.id,
    at: atMs,
    state: agent.running.size > 0 ? 'busy' : 'ready',
    progress: agent.completed,
    intervalMs: REPORT_INTERVAL_MS,
  };
}

/** CPU follows the busy slots; memory follows the tasks held, because each keeps its context. Both with some noise. */
export function sampleEvent(agent: SimulatedAgent, atMs: number): IngestSample {
  const busyShare = agent.running.size / agent.slots;
  const held = Math.min(1, agent.queue.size / 20);
  return {
    type: 'sample',
    agent: agent.id,
    at: atMs,
    cpu: ratio(0.05 + 0.75 * busyShare + agent.sampling.normal(0, 0.03)),
    memory: ratio(agent.idleMemory + 0.3 * busyShare + 0.1 * held + agent.sampling.normal(0, 0.01)),
    active: agent.running.size,
    capacity: agent.slots,
    queued: agent.queue.size,
  };
}

function ratio(value: number): number {
  return Math.round(Math.min(1, Math.max(0, value)) * 1_000) / 1_000;
}
