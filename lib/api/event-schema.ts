import {
  type AgentEvent,
  type ChangeEvent,
  changeKinds,
  type EventType,
  type FleetEvent,
  type HeartbeatEvent,
  heartbeatStates,
  priorities,
  type SampleEvent,
  type TaskEvent,
  type Tokens,
  taskStatuses,
} from '../core/model/event.ts';
import { redactSecrets } from '../core/model/redact-secrets.ts';
import {
  fixedPointField,
  InvalidField,
  idField,
  integerField,
  isRecord,
  type JsonRecord,
  numberField,
  oneOf,
  optional,
  recordField,
  required,
  textField,
  timeField,
} from './field.ts';

const DAY_MS = 86_400_000;
const durationMs = fixedPointField(0, 30 * DAY_MS, 1_000);
const usd = fixedPointField(0, 1_000_000, 1e9);
const revenueUsd = fixedPointField(0, 1e8, 1e6);
const share = fixedPointField(0, 1, 1e6);
const csat = fixedPointField(1, 5, 1_000);
const count = integerField(0, 1e9);
const slots = numberField(0, 1e6);
const bytes = fixedPointField(0, 1e15, 1);
const shortText = textField(256);
const status = oneOf(taskStatuses);
const priority = oneOf(priorities);
const heartbeatState = oneOf(heartbeatStates);
const changeKind = oneOf(changeKinds);
const attempt = integerField(1, 1_000);
const intervalMs = numberField(1_000, DAY_MS);
const MAX_ERROR_MESSAGE = 256;

const readers: { [Type in EventType]: (record: JsonRecord) => FleetEvent } = {
  task: readTask,
  sample: readSample,
  heartbeat: readHeartbeat,
  agent: readAgent,
  change: readChange,
};

const eventType = oneOf(Object.keys(readers) as EventType[]);

/**
 * Reads one event as senders write it (docs/events.md) into the model: units converted, times in epoch ms, defaults
 * filled in, secrets in error messages redacted. Unknown fields are ignored, so newer senders keep working.
 * @throws InvalidField naming the field and what it must be
 */
export function readEvent(raw: unknown): FleetEvent {
  if (!isRecord(raw)) throw new InvalidField('invalid_field', '', 'the event must be an object');
  return readers[required(raw, 'type', eventType)](raw);
}

function readTask(record: JsonRecord): TaskEvent {
  const agent = optional(record, 'agent', idField);
  const pool = optional(record, 'pool', idField);
  const outcome = required(record, 'status', status);
  if (agent === undefined && !(outcome === 'rejected' && pool !== undefined)) {
    throw new InvalidField(
      'missing_field',
      'agent',
      'agent is required (a rejected task that reached no agent may give pool instead)',
    );
  }
  const error = readError(record);
  const tokens = readTokens(record);
  return {
    type: 'task',
    ...present({ agent, pool }),
    task: required(record, 'task', idField),
    taskType: optional(record, 'taskType', idField) ?? 'default',
    status: outcome,
    ...readTimes(record),
    attempt: optional(record, 'attempt', attempt) ?? 1,
    priority: optional(record, 'priority', priority) ?? 'normal',
    ...present({
      workflow: optional(record, 'workflow', idField),
      parent: optional(record, 'parent', idField),
      delegatedBy: optional(record, 'delegatedBy', idField),
      error,
      costNanoUsd: optional(record, 'costUsd', usd),
      tokens,
      model: optional(record, 'model', idField),
      tool: optional(record, 'tool', idField),
      qualityPpm: optional(record, 'quality', share),
      csatMilli: optional(record, 'csat', csat),
      revenueMicroUsd: optional(record, 'revenueUsd', revenueUsd),
      slaUs: optional(record, 'slaMs', durationMs),
      version: optional(record, 'version', idField),
      inputHash: optional(record, 'inputHash', idField),
    }),
  };
}

type TaskTimes = Pick<TaskEvent, 'endedAtMs' | 'responseUs' | 'waitUs' | 'serviceUs'>;

/** Times come as moments (queuedAt, startedAt) or as durations (queueMs, durationMs); durations win, being exacter. */
function readTimes(record: JsonRecord): TaskTimes {
  const endedAtMs = required(record, 'endedAt', timeField);
  const queuedAtMs = optional(record, 'queuedAt', timeField);
  const startedAtMs = optional(record, 'startedAt', timeField);
  const queueUs = optional(record, 'queueMs', durationMs);
  const durationUs = optional(record, 'durationMs', durationMs);
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
  return { endedAtMs, ...present({ responseUs, waitUs, serviceUs }) };
}

function microseconds(fromMs: number, toMs: number): number {
  return Math.round((toMs - fromMs) * 1_000);
}

function readError(record: JsonRecord): TaskEvent['error'] {
  const error = optional(record, 'error', recordField);
  if (!error) return undefined;
  const raw = error['message'];
  if (raw !== undefined && raw !== null && typeof raw !== 'string') {
    throw new InvalidField('invalid_field', 'error.message', 'error.message must be text');
  }
  return {
    type: required(error, 'type', shortText, 'error.type'),
    ...(raw ? { message: redactSecrets(raw).slice(0, MAX_ERROR_MESSAGE) } : {}),
  };
}

function readTokens(record: JsonRecord): Tokens | undefined {
  const tokens = optional(record, 'tokens', recordField);
  if (!tokens) return undefined;
  const bucket = (name: keyof Tokens): number => optional(tokens, name, count, `tokens.${name}`) ?? 0;
  return {
    input: bucket('input'),
    cachedInput: bucket('cachedInput'),
    cacheWrite: bucket('cacheWrite'),
    output: bucket('output'),
    reasoning: bucket('reasoning'),
  };
}

function readSample(record: JsonRecord): SampleEvent {
  return {
    type: 'sample',
    agent: required(record, 'agent', idField),
    atMs: required(record, 'at', timeField),
    ...present({
      cpuPpm: optional(record, 'cpu', share),
      memoryPpm: optional(record, 'memory', share),
      memoryBytes: optional(record, 'memoryBytes', bytes),
      networkRxBps: optional(record, 'networkRxBps', bytes),
      networkTxBps: optional(record, 'networkTxBps', bytes),
      active: optional(record, 'active', slots),
      capacity: optional(record, 'capacity', slots),
      queued: optional(record, 'queued', count),
    }),
  };
}

function readHeartbeat(record: JsonRecord): HeartbeatEvent {
  return {
    type: 'heartbeat',
    agent: required(record, 'agent', idField),
    atMs: required(record, 'at', timeField),
    state: optional(record, 'state', heartbeatState) ?? 'ready',
    intervalMs: optional(record, 'intervalMs', intervalMs) ?? 60_000,
    ...present({ progress: optional(record, 'progress', numberField(0, Number.MAX_SAFE_INTEGER)) }),
  };
}

function readAgent(record: JsonRecord): AgentEvent {
  return {
    type: 'agent',
    agent: required(record, 'agent', idField),
    pool: required(record, 'pool', idField),
    ...present({
      atMs: optional(record, 'at', timeField),
      team: optional(record, 'team', idField),
      skills: readSkills(record),
      capacity: optional(record, 'capacity', slots),
      costPerHourUsd: optional(record, 'costPerHourUsd', numberField(0, 1e6)),
      version: optional(record, 'version', idField),
      min: optional(record, 'min', count),
      max: optional(record, 'max', count),
      backupPool: optional(record, 'backupPool', idField),
      params: readParams(record),
    }),
  };
}

function readSkills(record: JsonRecord): Record<string, number> | undefined {
  const skills = optional(record, 'skills', recordField);
  if (!skills) return undefined;
  const proficiency = numberField(0, 1);
  const names = Object.keys(skills);
  for (const name of names) {
    if (idField.read(name, `skills.${name}`) === undefined) {
      throw new InvalidField('invalid_field', `skills.${name}`, `a task type in skills must be ${idField.expects}`);
    }
  }
  return Object.fromEntries(names.map((name) => [name, required(skills, name, proficiency, `skills.${name}`)]));
}

function readParams(record: JsonRecord): AgentEvent['params'] {
  const params = optional(record, 'params', recordField);
  if (!params) return undefined;
  const entries = Object.entries(params).map(([name, value]): [string, string | number | boolean] => {
    if (typeof value === 'string' ? value.length <= 256 : typeof value === 'number' || typeof value === 'boolean') {
      return [name, value as string | number | boolean];
    }
    throw new InvalidField(
      'invalid_field',
      `params.${name}`,
      `params.${name} must be a number, true, false or text of at most 256 characters`,
    );
  });
  return Object.fromEntries(entries);
}

function readChange(record: JsonRecord): ChangeEvent {
  return {
    type: 'change',
    atMs: required(record, 'at', timeField),
    kind: required(record, 'kind', changeKind),
    ...present({
      pool: optional(record, 'pool', idField),
      agent: optional(record, 'agent', idField),
      version: optional(record, 'version', idField),
      note: optional(record, 'note', shortText),
    }),
  };
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
