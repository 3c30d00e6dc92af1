import type { EpochMs } from './time.ts';

/**
 * Events as they are after validation: times in epoch ms, durations and money as integers, so that sums are exact
 * and do not depend on the order in which events arrive.
 */
export type FleetEvent = TaskEvent | SampleEvent | HeartbeatEvent | AgentEvent | ChangeEvent;

export type EventType = FleetEvent['type'];

export const taskStatuses = ['completed', 'failed', 'timeout', 'cancelled', 'rejected'] as const;
export type TaskStatus = (typeof taskStatuses)[number];

export const priorities = ['critical', 'high', 'normal', 'low'] as const;
export type Priority = (typeof priorities)[number];

/** Disjoint buckets: a token is counted in exactly one of them. */
export interface Tokens {
  input: number;
  cachedInput: number;
  cacheWrite: number;
  output: number;
  reasoning: number;
}

export interface TaskEvent {
  type: 'task';
  /** Absent only for a rejected task that reached no agent; then `pool` is given. */
  agent?: string;
  pool?: string;
  task: string;
  taskType: string;
  status: TaskStatus;
  endedAtMs: EpochMs;
  /** Ended minus queued, or minus started where the queueing time is unknown; integer microseconds. */
  responseUs?: number;
  waitUs?: number;
  serviceUs?: number;
  workflow?: string;
  parent?: string;
  delegatedBy?: string;
  attempt: number;
  priority: Priority;
  error?: { type: string; message?: string };
  costNanoUsd?: number;
  tokens?: Tokens;
  model?: string;
  tool?: string;
  /** 0..1,000,000: parts per million of perfect. */
  qualityPpm?: number;
  /** 1,000..5,000: thousandths of a point. */
  csatMilli?: number;
  revenueMicroUsd?: number;
  slaUs?: number;
  version?: string;
  inputHash?: string;
}

export interface SampleEvent {
  type: 'sample';
  agent: string;
  atMs: EpochMs;
  cpuPpm?: number;
  memoryPpm?: number;
  memoryBytes?: number;
  networkRxBps?: number;
  networkTxBps?: number;
  active?: number;
  capacity?: number;
  queued?: number;
}

export const heartbeatStates = ['ready', 'busy', 'draining', 'paused', 'stopped'] as const;
export type HeartbeatState = (typeof heartbeatStates)[number];

export interface HeartbeatEvent {
  type: 'heartbeat';
  agent: string;
  atMs: EpochMs;
  state: HeartbeatState;
  progress?: number;
  intervalMs: number;
}

/** What an agent says of itself and of its pool; the latest `atMs` wins, ties by batch id. */
export interface AgentEvent {
  type: 'agent';
  agent: string;
  pool: string;
  /** When the description took effect; the receipt of its batch where the sender gave no time. */
  atMs?: EpochMs;
  team?: string;
  skills?: Record<string, number>;
  capacity?: number;
  costPerHourUsd?: number;
  version?: string;
  min?: number;
  max?: number;
  backupPool?: string;
  params?: Record<string, string | number | boolean>;
}

export const changeKinds = ['deploy', 'config', 'campaign', 'maintenance'] as const;
export type ChangeKind = (typeof changeKinds)[number];

export interface ChangeEvent {
  type: 'change';
  atMs: EpochMs;
  kind: ChangeKind;
  pool?: string;
  agent?: string;
  version?: string;
  note?: string;
}

/** The moment an event belongs to; null for an `agent` event without one, which then belongs to its batch's receipt. */
export function eventTimeMs(event: FleetEvent): EpochMs | null {
  if (event.type === 'task') return event.endedAtMs;
  return event.atMs ?? null;
}
