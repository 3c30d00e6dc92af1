/**
 * What a fleet sends to `POST /v1/events`: the wire format (docs: API, events), of the kinds that the simulated fleet
 * reports. Times are epoch ms, fractional to the microsecond; durations ms; money US dollars.
 */
export type IngestEvent = IngestAgent | IngestHeartbeat | IngestSample | IngestTask;

export interface IngestAgent {
  type: 'agent';
  agent: string;
  pool: string;
  team?: string;
  /** Task type → proficiency, 0..1. */
  skills?: Record<string, number>;
  capacity?: number;
  costPerHourUsd?: number;
  version?: string;
}

export interface IngestHeartbeat {
  type: 'heartbeat';
  agent: string;
  at: number;
  state?: 'ready' | 'busy' | 'draining' | 'paused' | 'stopped';
  /** Never falls: the tasks completed since the start. */
  progress?: number;
  intervalMs?: number;
}

export interface IngestSample {
  type: 'sample';
  agent: string;
  at: number;
  /** 0..1 */
  cpu?: number;
  /** 0..1 */
  memory?: number;
  active?: number;
  capacity?: number;
  queued?: number;
}

export interface IngestTask {
  type: 'task';
  /** Absent only for a rejected task that reached no agent; then `pool` is given. */
  agent?: string;
  pool?: string;
  /** The same in every attempt at one request. */
  task: string;
  status: 'completed' | 'failed' | 'timeout' | 'cancelled' | 'rejected';
  endedAt: number;
  taskType?: string;
  queuedAt?: number;
  startedAt?: number;
  queueMs?: number;
  durationMs?: number;
  workflow?: string;
  attempt?: number;
  priority?: 'critical' | 'high' | 'normal' | 'low';
  error?: { type: string; message?: string };
  costUsd?: number;
  tokens?: { input?: number; cachedInput?: number; cacheWrite?: number; output?: number; reasoning?: number };
  model?: string;
  /** 0..1 */
  quality?: number;
  /** 1..5 */
  csat?: number;
  revenueUsd?: number;
  slaMs?: number;
  version?: string;
}
