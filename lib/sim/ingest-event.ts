/**
 * What a fleet sends to `POST /v1/events`: the wire format (docs: API, events), of the kinds that tell of agents and what
 * they do. Times are epoch ms, fractional to the microsecond; durations ms; money US dollars.
 */
export type IngestEvent = IngestAgent | IngestHeartbeat | IngestSample | IngestTask;

/** With what a fleet of workflows reports beside that. */
export type FleetEvent = IngestEvent | IngestWorkflow | IngestMetric | IngestChange;

export interface IngestAgent {
  type: 'agent';
  /** When it was so; as of its arrival where absent. */
  at?: number;
  agent: string;
  pool: string;
  team?: string;
  /** Task type → proficiency, 0..1. */
  skills?: Record<string, number>;
  capacity?: number;
  costPerHourUsd?: number;
  version?: string;
  /** Of its pool: agents that scaling may not leave, and where its work goes when it fails. */
  min?: number;
  max?: number;
  backupPool?: string;
  params?: Record<string, string | number | boolean>;
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
  /** Task that called for this one, and the agent that did it. */
  parent?: string;
  delegatedBy?: string;
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
  /** Calls of tools and models that its time went into. */
  parts?: IngestPart[];
}

export interface IngestPart {
  kind: 'tool' | 'model' | 'wait';
  name: string;
  durationMs: number;
  status?: IngestTask['status'];
  tokens?: NonNullable<IngestTask['tokens']>;
  costUsd?: number;
}

export interface IngestWorkflow {
  type: 'workflow';
  workflow: string;
  workflowType?: string;
  status: 'completed' | 'failed' | 'timeout' | 'cancelled';
  startedAt: number;
  endedAt: number;
  revenueUsd?: number;
  slaMs?: number;
}

/** A figure of the fleet's own: of a pool, or of the system. */
export interface IngestMetric {
  type: 'metric';
  name: string;
  value: number;
  at: number;
  pool?: string;
  unit?: string;
  direction?: 'higher' | 'lower' | 'none';
}

export interface IngestChange {
  type: 'change';
  at: number;
  kind: 'deploy' | 'config' | 'campaign' | 'maintenance';
  pool?: string;
  agent?: string;
  version?: string;
  note?: string;
}
