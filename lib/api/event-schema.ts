import { costOfTokens } from '../core/cost/cost-of-tokens.ts';
import {
  type AgentEvent,
  type ChangeEvent,
  changeKinds,
  type HeartbeatEvent,
  heartbeatStates,
  type MetricEvent,
  metricDirections,
  metricKinds,
  type NativeEvent,
  type NativeEventType,
  partKinds,
  priorities,
  type SampleEvent,
  type TaskEvent,
  type TaskPart,
  type Tokens,
  taskStatuses,
  type WorkflowEvent,
  workflowStatuses,
} from '../core/model/event.ts';
import { MAX_ERROR_MESSAGE } from '../core/model/redact-event.ts';
import { totalCost, totalTokens } from '../core/model/task-parts.ts';
import {
  type Field,
  fixedPointField,
  InvalidField,
  idField,
  integerField,
  isRecord,
  type JsonRecord,
  listOf,
  numberField,
  oneOf,
  required,
  textField,
  timeField,
} from './field.ts';
import { plainText } from './plain-text.ts';
import { mapOf, type RecordFields, type RecordOf, readRecord, recordOf } from './record-fields.ts';

const DAY_MS = 86_400_000;
const MAX_PARTS = 1_000;
/** Skills and parameters of an agent: what is known of it must fit into an item of the roster. */
const MAX_DESCRIBED = 100;
const durationMs = fixedPointField(0, 30 * DAY_MS, 1_000);
const usd = fixedPointField(0, 1_000_000, 1e9);
const share = fixedPointField(0, 1, 1e6);
const count = integerField(0, 1e9);
export const MAX_METRIC = 1e12;
const slots = numberField(0, 1e6);
const bytes = fixedPointField(0, 1e15, 1);
const shortText = textField(256);

const errorMessage: Field<string> = {
  expects: 'text',
  schema: { type: 'string', description: `kept up to ${MAX_ERROR_MESSAGE} characters, without secrets` },
  read: (raw) => (typeof raw === 'string' ? plainText(raw) : undefined),
};

const tokenCounts = recordOf({
  required: {},
  optional: { input: count, cachedInput: count, cacheWrite: count, output: count, reasoning: count },
});

const paramValue: Field<string | number | boolean> = {
  expects: 'a number, true, false or text of at most 256 characters',
  schema: { anyOf: [{ type: 'string', maxLength: 256 }, { type: 'number' }, { type: 'boolean' }] },
  read: (raw) => {
    if (typeof raw === 'string') return raw.length <= 256 ? plainText(raw) : undefined;
    return typeof raw === 'number' || typeof raw === 'boolean' ? raw : undefined;
  },
};

/** The fields of every event type: they validate what is sent, and /openapi.json describes them. */
export const eventFields = {
  task: {
    required: { task: idField, status: oneOf(taskStatuses), endedAt: timeField },
    optional: {
      agent: idField,
      pool: idField,
      taskType: idField,
      queuedAt: timeField,
      startedAt: timeField,
      queueMs: durationMs,
      durationMs,
      attempt: integerField(1, 1_000),
      priority: oneOf(priorities),
      workflow: idField,
      parent: idField,
      delegatedBy: idField,
      error: recordOf({ required: { type: shortText }, optional: { message: errorMessage } }),
      costUsd: usd,
      tokens: tokenCounts,
      model: idField,
      tool: idField,
      quality: share,
      csat: fixedPointField(1, 5, 1_000),
      revenueUsd: fixedPointField(0, 1e8, 1e6),
      slaMs: durationMs,
      version: idField,
      inputHash: idField,
      parts: listOf(
        recordOf({
          required: { kind: oneOf(partKinds), name: idField, durationMs },
          optional: { status: oneOf(taskStatuses), tokens: tokenCounts, costUsd: usd },
        }),
        MAX_PARTS,
      ),
    },
  },
  sample: {
    required: { agent: idField, at: timeField },
    optional: {
      cpu: share,
      memory: share,
      memoryBytes: bytes,
      networkRxBps: bytes,
      networkTxBps: bytes,
      active: slots,
      capacity: slots,
      queued: count,
    },
  },
  heartbeat: {
    required: { agent: idField, at: timeField },
    optional: {
      state: oneOf(heartbeatStates),
      intervalMs: numberField(1_000, DAY_MS),
      progress: numberField(0, Number.MAX_SAFE_INTEGER),
    },
  },
  agent: {
    required: { agent: idField, pool: idField },
    optional: {
      at: timeField,
      team: idField,
      skills: mapOf(idField, numberField(0, 1), MAX_DESCRIBED),
      capacity: slots,
      costPerHourUsd: numberField(0, 1e6),
      version: idField,
      min: count,
      max: count,
      backupPool: idField,
      params: mapOf(shortText, paramValue, MAX_DESCRIBED),
    },
  },
  workflow: {
    required: { workflow: idField, status: oneOf(workflowStatuses), startedAt: timeField, endedAt: timeField },
    optional: {
      workflowType: idField,
      csat: fixedPointField(1, 5, 1_000),
      revenueUsd: fixedPointField(0, 1e8, 1e6),
      slaMs: durationMs,
    },
  },
  metric: {
    required: { name: idField, value: numberField(-MAX_METRIC, MAX_METRIC), at: timeField },
    optional: {
      agent: idField,
      pool: idField,
      unit: textField(64),
      kind: oneOf(metricKinds),
      direction: oneOf(metricDirections),
    },
  },
  change: {
    required: { at: timeField, kind: oneOf(changeKinds) },
    optional: { pool: idField, agent: idField, version: idField, note: shortText },
  },
} as const satisfies Record<NativeEventType, RecordFields>;

type Given<Type extends NativeEventType> = RecordOf<(typeof eventFields)[Type]>;

const readers: { [Type in NativeEventType]: (record: JsonRecord) => NativeEvent } = {
  task: (record) => taskEvent(readRecord(record, eventFields.task)),
  sample: (record) => sampleEvent(readRecord(record, eventFields.sample)),
  heartbeat: (record) => heartbeatEvent(readRecord(record, eventFields.heartbeat)),
  agent: (record) => agentEvent(readRecord(record, eventFields.agent)),
  workflow: (record) => workflowEvent(readRecord(record, eventFields.workflow)),
  metric: (record) => metricEvent(readRecord(record, eventFields.metric)),
  change: (record) => changeEvent(readRecord(record, eventFields.change)),
};

const eventType = oneOf(Object.keys(readers) as NativeEventType[]);

/**
 * Reads one event as senders write it (docs/events.md) into the model: units converted, times in epoch ms, defaults
 * filled in. Unknown fields are ignored, so newer senders keep working.
 * @throws InvalidField naming the field and what it must be
 */
export function readEvent(raw: unknown): NativeEvent {
  if (!isRecord(raw)) throw new InvalidField('invalid_field', '', 'the event must be an object');
  return readers[required(raw, 'type', eventType)](raw);
}

function taskEvent(given: Given<'task'>): TaskEvent {
  const { agent, pool, task, taskType, status, attempt, priority } = given;
  if (agent === undefined && !(status === 'rejected' && pool !== undefined)) {
    throw new InvalidField(
      'missing_field',
      'agent',
      'agent is required (a rejected task that reached no agent may give pool instead)',
    );
  }
  const parts = given.parts?.map(taskPart);
  // A total that is not given is that of the parts.
  const tokens = given.tokens ? disjointBuckets(given.tokens) : parts && totalTokens(parts);
  const event: TaskEvent = {
    type: 'task',
    task,
    taskType: taskType ?? 'default',
    status,
    endedAtMs: given.endedAt,
    attempt: attempt ?? 1,
    priority: priority ?? 'normal',
  };
  addTimes(event, given);
  const costNanoUsd = given.costUsd ?? costOf(tokens, given.model) ?? (parts && totalCost(parts));
  // One by one, and not from a list of names: most of what is received are tasks.
  if (agent !== undefined) event.agent = agent;
  if (pool !== undefined) event.pool = pool;
  if (given.workflow !== undefined) event.workflow = given.workflow;
  if (given.parent !== undefined) event.parent = given.parent;
  if (given.delegatedBy !== undefined) event.delegatedBy = given.delegatedBy;
  if (given.error !== undefined) event.error = given.error;
  if (costNanoUsd !== undefined) event.costNanoUsd = costNanoUsd;
  if (tokens !== undefined) event.tokens = tokens;
  if (given.model !== undefined) event.model = given.model;
  if (given.tool !== undefined) event.tool = given.tool;
  if (given.quality !== undefined) event.qualityPpm = given.quality;
  if (given.csat !== undefined) event.csatMilli = given.csat;
  if (given.revenueUsd !== undefined) event.revenueMicroUsd = given.revenueUsd;
  if (given.slaMs !== undefined) event.slaUs = given.slaMs;
  if (given.version !== undefined) event.version = given.version;
  if (given.inputHash !== undefined) event.inputHash = given.inputHash;
  if (parts !== undefined) event.parts = parts;
  return event;
}

type GivenPart = NonNullable<Given<'task'>['parts']>[number];

function taskPart({ kind, name, durationMs: durationUs, status, tokens: given, costUsd }: GivenPart): TaskPart {
  const tokens = given && disjointBuckets(given);
  const costNanoUsd = costUsd ?? costOf(tokens, kind === 'model' ? name : undefined);
  return { kind, name, durationUs, status: status ?? 'completed', ...present({ tokens, costNanoUsd }) };
}

/** By the price table, where the model is known and was not free of use. */
function costOf(tokens: Tokens | undefined, model: string | undefined): number | undefined {
  return tokens === undefined || model === undefined ? undefined : (costOfTokens(tokens, model) ?? undefined);
}

function disjointBuckets({ input, cachedInput, cacheWrite, output, reasoning }: Partial<Tokens>): Tokens {
  return {
    input: input ?? 0,
    cachedInput: cachedInput ?? 0,
    cacheWrite: cacheWrite ?? 0,
    output: output ?? 0,
    reasoning: reasoning ?? 0,
  };
}

/** Times come as moments (queuedAt, startedAt) or as durations (queueMs, durationMs); durations win, being exacter. */
function addTimes(event: TaskEvent, given: Given<'task'>): void {
  const { endedAt: endedAtMs, queuedAt: queuedAtMs, startedAt: startedAtMs } = given;
  const { queueMs: queueUs, durationMs: durationUs } = given;
  if (startedAtMs !== undefined && startedAtMs > endedAtMs) {
    throw new InvalidField('inconsistent_fields', 'startedAt', 'startedAt must not be later than endedAt');
  }
  if (queuedAtMs !== undefined && queuedAtMs > endedAtMs) {
    throw new InvalidField('inconsistent_fields', 'queuedAt', 'queuedAt must not be later than endedAt');
  }
  const serviceUs = durationUs ?? (startedAtMs === undefined ? undefined : microseconds(startedAtMs, endedAtMs));
  const sinceQueuedUs = queuedAtMs === undefined ? undefined : microseconds(queuedAtMs, endedAtMs);
  // The clocks of dispatcher and agent differ a little: a start before the queueing is a wait of 0.
  const waitUs =
    queueUs ??
    (sinceQueuedUs === undefined || serviceUs === undefined ? undefined : Math.max(0, sinceQueuedUs - serviceUs));
  const responseUs = serviceUs === undefined ? sinceQueuedUs : serviceUs + (waitUs ?? 0);
  if (responseUs !== undefined) event.responseUs = responseUs;
  if (waitUs !== undefined) event.waitUs = waitUs;
  if (serviceUs !== undefined) event.serviceUs = serviceUs;
}

function microseconds(fromMs: number, toMs: number): number {
  return Math.round((toMs - fromMs) * 1_000);
}

function workflowEvent(given: Given<'workflow'>): WorkflowEvent {
  const { workflow, workflowType, status, startedAt: startedAtMs, endedAt: endedAtMs } = given;
  if (startedAtMs > endedAtMs) {
    throw new InvalidField('inconsistent_fields', 'startedAt', 'startedAt must not be later than endedAt');
  }
  const { csat: csatMilli, revenueUsd: revenueMicroUsd, slaMs: slaUs } = given;
  return {
    type: 'workflow',
    workflow,
    workflowType: workflowType ?? 'default',
    status,
    startedAtMs,
    endedAtMs,
    ...present({ csatMilli, revenueMicroUsd, slaUs }),
  };
}

function metricEvent({ name, value, at, kind, direction, ...about }: Given<'metric'>): MetricEvent {
  return {
    type: 'metric',
    name,
    value,
    atMs: at,
    kind: kind ?? 'gauge',
    direction: direction ?? 'none',
    ...about,
  };
}

function sampleEvent({ agent, at, cpu, memory, ...figures }: Given<'sample'>): SampleEvent {
  return { type: 'sample', agent, atMs: at, ...present({ cpuPpm: cpu, memoryPpm: memory }), ...figures };
}

function heartbeatEvent({ agent, at, state, intervalMs, progress }: Given<'heartbeat'>): HeartbeatEvent {
  return {
    type: 'heartbeat',
    agent,
    atMs: at,
    state: state ?? 'ready',
    intervalMs: intervalMs ?? 60_000,
    ...present({ progress }),
  };
}

function agentEvent({ agent, pool, at, ...description }: Given<'agent'>): AgentEvent {
  return { type: 'agent', agent, pool, ...present({ atMs: at }), ...description };
}

function changeEvent({ at, kind, ...about }: Given<'change'>): ChangeEvent {
  return { type: 'change', atMs: at, kind, ...about };
}

type Present<Fields> = { [Name in keyof Fields]?: Exclude<Fields[Name], undefined> };

/** Leaves out what was not said, so that it takes no room in the journal. */
function present<Fields extends Record<string, unknown>>(fields: Fields): Present<Fields> {
  const kept: Present<Fields> = {};
  for (const name in fields) {
    if (fields[name] !== undefined) kept[name] = fields[name] as Exclude<Fields[typeof name], undefined>;
  }
  return kept;
}
