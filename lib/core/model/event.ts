import type { EpochMs } from './time.ts';

/**
 * Events as they are after validation: times in epoch ms, durations and money as integers, so that sums are exact
 * and do not depend on the order in which events arrive.
 */
export type FleetEvent = NativeEvent | SpanEvent | PointEvent;

/** What agents report by themselves, in the format of docs/events.md. */
export type NativeEvent =
  | TaskEvent
  | SampleEvent
  | HeartbeatEvent
  | AgentEvent
  | WorkflowEvent
  | MetricEvent
  | ChangeEvent;

export type EventType = FleetEvent['type'];
export type NativeEventType = NativeEvent['type'];

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

export const partKinds = ['tool', 'model', 'wait'] as const;
export type PartKind = (typeof partKinds)[number];

/** What a part of a task's time went into. */
export interface TaskPart {
  kind: PartKind;
  /** Of the tool, of the model, or of what was waited for. */
  name: string;
  durationUs: number;
  status: TaskStatus;
  tokens?: Tokens;
  costNanoUsd?: number;
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
  /** Each with its own share of time, tokens and cost; the task's tokens and cost are totals that include them. */
  parts?: TaskPart[];
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

export const workflowStatuses = ['completed', 'failed', 'timeout', 'cancelled'] as const;
export type WorkflowStatus = (typeof workflowStatuses)[number];

/** One run of several tasks towards one result. */
export interface WorkflowEvent {
  type: 'workflow';
  /** Never given: a workflow is nobody's in particular. */
  agent?: undefined;
  workflow: string;
  workflowType: string;
  status: WorkflowStatus;
  startedAtMs: EpochMs;
  endedAtMs: EpochMs;
  csatMilli?: number;
  revenueMicroUsd?: number;
  slaUs?: number;
}

export const metricKinds = ['gauge', 'counter'] as const;
export type MetricKind = (typeof metricKinds)[number];
export const metricDirections = ['higher', 'lower', 'none'] as const;
export type MetricDirection = (typeof metricDirections)[number];

/** One observation of a figure that is not built in: a gauge's value, or by how much a counter grew. */
export interface MetricEvent {
  type: 'metric';
  agent?: string;
  pool?: string;
  name: string;
  /** -1e12..1e12, in `unit`; kept to a millionth. */
  value: number;
  atMs: EpochMs;
  unit?: string;
  kind: MetricKind;
  direction: MetricDirection;
}

/**
 * What a span stands for. Runs (agent, workflow) become tasks; tool and model calls are parts of the run they happened
 * in; the rest only leads from parts to their run.
 */
export const spanRoles = ['agent', 'workflow', 'tool', 'model', 'other'] as const;
export type SpanRole = (typeof spanRoles)[number];

/** One span of a trace, reduced to what tasks are put together from. Identity: (trace, span). */
export interface SpanEvent {
  type: 'span';
  role: SpanRole;
  /** The agent as far as the span itself tells, "service/name"; the service where it names none. */
  agent: string;
  /** 32 and 16 hexadecimal digits, lower case. */
  trace: string;
  span: string;
  parentSpan?: string;
  /** "trace:span" of the producer whose message started this. */
  follows?: string;
  /** It serves a request or a message of another process: what lies above it happened elsewhere. */
  entry?: true;
  /** Whole microseconds exactly, as milliseconds. */
  startedAtMs: EpochMs;
  endedAtMs: EpochMs;
  durationUs: number;
  status: TaskStatus;
  error?: { type: string; message?: string };
  /** Of a run the task type, of a call the name of tool or model; '' for role other. */
  name: string;
  /** The task id that the instrumentation gave; else a run's is "trace:span". */
  task?: string;
  attempt?: number;
  version?: string;
  /** Of model calls; of runs only where the run itself sums them up. */
  tokens?: Tokens;
  /** As the instrumentation said, or by the price table. */
  costNanoUsd?: number;
}

export interface ExplicitBuckets {
  /** Ascending upper bounds; bucket i holds (bounds[i-1], bounds[i]]. */
  bounds: number[];
  /** One more than bounds. */
  counts: number[];
}

export interface ExponentialBuckets {
  /** Base 2 ** (2 ** -scale); bucket i holds (base ** i, base ** (i + 1)]. */
  scale: number;
  zeroCount: number;
  positive: { offset: number; counts: number[] };
  negative: { offset: number; counts: number[] };
}

export interface Distribution {
  count: number;
  sum: number;
  min?: number;
  max?: number;
  buckets?: ExplicitBuckets | ExponentialBuckets;
}

/** One point of an OpenTelemetry metric. Identity: (series, startMs, atMs). */
export interface PointEvent {
  type: 'point';
  /** "service/agent" where the point names one, else the service. */
  agent: string;
  name: string;
  unit?: string;
  /** Fingerprint of resource, scope, name and attributes. */
  series: string;
  /** How the value is to be read: as it stands, as what came since the point before, or as a running total. */
  temporality: 'gauge' | 'delta' | 'cumulative';
  /** A total may only grow; a sum that may also fall (queue length, memory) is read as it stands. */
  monotonic: boolean;
  /** Start of what a delta or total covers; absent where the sender gave none. */
  startMs?: EpochMs;
  atMs: EpochMs;
  /** Exactly one of both. */
  value?: number;
  distribution?: Distribution;
  /** What resource metrics are told apart by, such as {"cpu.mode": "user"}; only the attributes that matter for them. */
  of?: Record<string, string>;
}

/** The moment an event belongs to; null for an `agent` event without one, which then belongs to its batch's receipt. */
export function eventTimeMs(event: FleetEvent): EpochMs | null {
  return 'endedAtMs' in event ? event.endedAtMs : (event.atMs ?? null);
}
