import { type ChunkColumns, type ChunkTasks, chunkColumns } from '../../core/kpi/chunk-columns.ts';
import { boundErrors, type ErrorRollup, errorRollupKey } from '../../core/kpi/error-rollup.ts';
import type { LatencySketch } from '../../core/kpi/latency-sketch.ts';
import { type MetricRollup, metricRollupKey } from '../../core/kpi/metric-rollup.ts';
import { namedCounters } from '../../core/kpi/packed-counters.ts';
import { partCounters, partRollupKey } from '../../core/kpi/part-rollup.ts';
import { type Beat, presenceCounters } from '../../core/kpi/presence-rollup.ts';
import { emptyRollupChunk, type RollupChunk, taskRollupKey } from '../../core/kpi/rollup-chunk.ts';
import { type TaskCounter, type TaskRollup, taskCounters } from '../../core/kpi/task-rollup.ts';
import { workflowCounters } from '../../core/kpi/workflow-rollup.ts';
import type { Account } from '../../core/ledger/account.ts';
import { batchMark } from '../../core/model/batch-mark.ts';
import { heartbeatStates, type PartKind } from '../../core/model/event.ts';
import type { Minute } from '../../core/model/time.ts';
import {
  type CounterColumns,
  packCounters,
  packSketches,
  packTexts,
  type SketchColumns,
  type TextColumn,
  unpackCounters,
  unpackSketches,
  unpackSketchRows,
  unpackTexts,
} from './columns.ts';

/** Which batches are in a chunk, and whose events: it is read without the figures, too. */
export interface PackedMarks {
  batches: string[];
  stored: [Account, number][];
  copies: [Account, number][];
}

/** The format of chunks that are written. */
export const NEWEST_CHUNK = 5;

export interface PackedChunk extends Partial<PackedMarks> {
  /** 2 has the times of tasks as they are; it and 3 have the marks in them, which lie beside 4; 5 has first bins of sketches apart. */
  v: 2 | 3 | 4 | typeof NEWEST_CHUNK;
  tasks: {
    agent: TextColumn;
    pool: TextColumn;
    type: TextColumn;
    counters: CounterColumns;
    response: SketchColumns;
    service: SketchColumns;
  };
  presence: { agent: TextColumn; counters: CounterColumns; beats: PackedBeat[] };
  parts: { agent: TextColumn; kind: TextColumn; name: TextColumn; counters: CounterColumns };
  metrics: MetricRollup[];
  workflows: { type: TextColumn; counters: CounterColumns; duration: SketchColumns };
  /** Absent where no task ended badly, and of chunks that were saved before errors were counted. */
  errors?: PackedErrors;
}

interface PackedErrors {
  agent: TextColumn;
  pool: TextColumn;
  type: TextColumn;
  signature: TextColumn;
  n: number[];
}

/** Time from the start of the minute, in ms; state by its place among the states; 0 for no heartbeat. */
type PackedBeat = 0 | [atMs: number, state: number, intervalMs: number, progress?: number];

export function packMarks({ batches, storedByAccount, duplicateByAccount }: Marks): PackedMarks {
  return { batches: [...batches].sort(), stored: [...storedByAccount], copies: [...duplicateByAccount] };
}

type Marks = Pick<RollupChunk, 'batches' | 'storedByAccount' | 'duplicateByAccount'>;

export function unpackMarks({ batches, stored, copies }: PackedMarks): Marks {
  return { batches: new Set(batches), storedByAccount: new Map(stored), duplicateByAccount: new Map(copies) };
}

export function packChunk(chunk: RollupChunk): PackedChunk {
  // One after the other, names have most in common, and those of presence are nearly those of tasks.
  const tasks = [...chunk.tasks.values()].sort(byAgent);
  const presence = [...chunk.presence.values()].sort(byAgent);
  const parts = [...chunk.parts.values()];
  const workflows = [...chunk.workflows.values()];
  const startMs = chunk.minute * 60_000;
  return {
    v: NEWEST_CHUNK,
    tasks: {
      agent: packTexts(tasks.map(({ agent }) => agent)),
      pool: packTexts(tasks.map(({ pool }) => pool)),
      type: packTexts(tasks.map(({ taskType }) => taskType)),
      counters: packCounters(taskCounters, tasks.map(withoutSums)),
      response: packSketches(tasks.map(({ response }) => response)),
      service: packSketches(tasks.map(({ service }) => service)),
    },
    presence: {
      agent: packTexts(presence.map(({ agent }) => agent)),
      counters: packCounters(presenceCounters, presence.map(countersOf)),
      beats: presence.map(({ beat }) => packBeat(beat, startMs)),
    },
    parts: {
      agent: packTexts(parts.map(({ agent }) => agent)),
      kind: packTexts(parts.map(({ kind }) => kind)),
      name: packTexts(parts.map(({ name }) => name)),
      counters: packCounters(partCounters, parts.map(countersOf)),
    },
    metrics: [...chunk.metrics.values()],
    workflows: {
      type: packTexts(workflows.map(({ workflowType }) => workflowType)),
      counters: packCounters(workflowCounters, workflows.map(countersOf)),
      duration: packSketches(workflows.map(({ duration }) => duration)),
    },
    ...(chunk.errors.size > 0 && { errors: packErrors(boundErrors(chunk.errors.values())) }),
  };
}

function byAgent({ agent: a }: { agent: string }, { agent: b }: { agent: string }): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function packErrors(errors: readonly ErrorRollup[]): PackedErrors {
  return {
    agent: packTexts(errors.map(({ agent }) => agent)),
    pool: packTexts(errors.map(({ pool }) => pool)),
    type: packTexts(errors.map(({ taskType }) => taskType)),
    signature: packTexts(errors.map(({ signature }) => signature)),
    n: errors.map(({ n }) => n),
  };
}

function unpackErrors(packed: PackedErrors | undefined): ErrorRollup[] {
  if (!packed) return [];
  const [agents, pools] = [unpackTexts(packed.agent), unpackTexts(packed.pool)];
  const [types, signatures] = [unpackTexts(packed.type), unpackTexts(packed.signature)];
  return packed.n.map((n, i) => {
    return {
      agent: agents[i] ?? '',
      pool: pools[i] ?? '',
      taskType: types[i] ?? '',
      signature: signatures[i] ?? '',
      n,
    };
  });
}

function countersOf<Counters>({ counters }: { counters: Counters }): Counters {
  return counters;
}

type TaskCounters = TaskRollup['counters'];

/** Service is response less waiting, and run time falls into its minute, but for a few tasks: what is left is mostly 0. */
function withoutSums({ counters }: TaskRollup): TaskCounters {
  const { responseUs, waitUs, serviceUs, busyUs } = counters;
  return { ...counters, serviceUs: responseUs - waitUs - serviceUs, busyUs: busyUs - serviceUs };
}

/** The columns of task counters with these sums back in them. */
function taskColumns({ v, tasks }: Pick<PackedChunk, 'v' | 'tasks'>, rows: number): CounterColumns {
  if (v === 2) return tasks.counters;
  const column = (name: TaskCounter) => tasks.counters[taskCounters.indexOf(name)] ?? [];
  const [response, wait, left, rest] = [column('responseUs'), column('waitUs'), column('serviceUs'), column('busyUs')];
  const service = Array.from({ length: rows }, (_, i) => (response[i] ?? 0) - (wait[i] ?? 0) - (left[i] ?? 0));
  const whole = taskCounters.map((_, i) => tasks.counters[i] ?? []);
  whole[taskCounters.indexOf('serviceUs')] = service;
  whole[taskCounters.indexOf('busyUs')] = service.map((us, i) => us + (rest[i] ?? 0));
  return whole;
}

function packBeat(beat: Beat | null, startMs: number): PackedBeat {
  if (beat === null) return 0;
  const { atMs, state, intervalMs, progress } = beat;
  const fields = [atMs - startMs, heartbeatStates.indexOf(state), intervalMs] as const;
  return progress === null ? [...fields] : [...fields, progress];
}

function unpackBeat(packed: PackedBeat, startMs: number): Beat | null {
  if (packed === 0) return null;
  const [atMs, state, intervalMs, progress = null] = packed;
  return { atMs: startMs + atMs, state: heartbeatStates[state] ?? 'ready', intervalMs, progress };
}

/** As packChunk makes it, or as chunks were saved before there were columns. */
export type StoredChunk = PackedChunk | RowsOfChunk;

/** Of the tasks of a chunk, all but how long they took each. */
export function unpackTasks(packed: StoredChunk, { minute, index, chunks, isLate }: ChunkName): ChunkTasks {
  if (!('v' in packed)) return chunkColumns(unpackChunk(packed, { minute, index, chunks, isLate }));
  return { minute, tasks: tasksIn(packed) };
}

function tasksIn({ v, tasks }: PackedChunk): ChunkTasks['tasks'] {
  const agents = unpackTexts(tasks.agent);
  const counters = taskColumns({ v, tasks }, agents.length);
  return { agents, pools: unpackTexts(tasks.pool), types: unpackTexts(tasks.type), counters };
}

/** What figures are made from, of a chunk. */
export function unpackColumns(packed: StoredChunk, { minute, index, chunks, isLate }: ChunkName): ChunkColumns {
  const of = { minute, index, chunks };
  if (!('v' in packed)) return chunkColumns(unpackChunk(packed, { ...of, isLate }));
  const { tasks, presence, workflows, metrics, parts } = packed;
  const startMs = of.minute * 60_000;
  return {
    ...of,
    tasks: {
      ...tasksIn(packed),
      response: unpackSketchRows(tasks.response),
      service: unpackSketchRows(tasks.service),
    },
    presence: {
      agents: unpackTexts(presence.agent),
      counters: presence.counters,
      beats: presence.beats.map((beat) => unpackBeat(beat, startMs)),
    },
    workflows: {
      types: unpackTexts(workflows.type),
      counters: workflows.counters,
      duration: unpackSketchRows(workflows.duration),
    },
    metrics,
    parts: {
      agents: unpackTexts(parts.agent),
      kinds: unpackTexts(parts.kind) as PartKind[],
      names: unpackTexts(parts.name),
      counters: parts.counters,
    },
    errors: unpackErrors(packed.errors),
  };
}

export type ChunkName = Pick<RollupChunk, 'minute' | 'index' | 'chunks' | 'isLate'>;

/** Without its marks, where these lie beside it. */
export function unpackChunk(packed: StoredChunk, { minute, index, chunks, isLate }: ChunkName): RollupChunk {
  const chunk = emptyRollupChunk(minute, index, chunks, isLate);
  if ('v' in packed) enterColumns(chunk, packed);
  else enterRows(chunk, packed);
  return chunk;
}

function enterColumns(chunk: RollupChunk, { batches = [], stored = [], copies = [], ...packed }: PackedChunk): void {
  Object.assign(chunk, unpackMarks({ batches, stored, copies }));
  const { tasks, presence, parts, workflows } = packed;
  const taskAgents = unpackTexts(tasks.agent);
  const [pools, types] = [unpackTexts(tasks.pool), unpackTexts(tasks.type)];
  const taskCounts = unpackCounters(taskCounters, taskColumns(packed, taskAgents.length), taskAgents.length);
  const [responses, services] = [unpackSketches(tasks.response), unpackSketches(tasks.service)];
  for (const [i, counters] of taskCounts.entries()) {
    const [agent, pool, taskType] = [taskAgents[i] ?? '', pools[i] ?? '', types[i] ?? ''];
    const [response, service] = [responses[i], services[i]];
    if (!response || !service) continue;
    chunk.tasks.set(taskRollupKey(agent, pool, taskType), { agent, pool, taskType, counters, response, service });
  }
  const presenceAgents = unpackTexts(presence.agent);
  for (const [i, counters] of unpackCounters(presenceCounters, presence.counters, presenceAgents.length).entries()) {
    const agent = presenceAgents[i] ?? '';
    chunk.presence.set(agent, { agent, counters, beat: unpackBeat(presence.beats[i] ?? 0, chunk.minute * 60_000) });
  }
  const partAgents = unpackTexts(parts.agent);
  const [kinds, names] = [unpackTexts(parts.kind), unpackTexts(parts.name)];
  for (const [i, counters] of unpackCounters(partCounters, parts.counters, partAgents.length).entries()) {
    const [agent, kind, name] = [partAgents[i] ?? '', (kinds[i] ?? 'tool') as PartKind, names[i] ?? ''];
    chunk.parts.set(partRollupKey(agent, kind, name), { agent, kind, name, counters });
  }
  for (const rollup of packed.metrics) chunk.metrics.set(metricRollupKey(rollup), rollup);
  for (const rollup of unpackErrors(packed.errors)) chunk.errors.set(errorRollupKey(rollup), rollup);
  const workflowTypes = unpackTexts(workflows.type);
  const durations = unpackSketches(workflows.duration);
  for (const [i, counters] of unpackCounters(workflowCounters, workflows.counters, workflowTypes.length).entries()) {
    const [workflowType, duration] = [workflowTypes[i] ?? '', durations[i]];
    if (duration) chunk.workflows.set(workflowType, { workflowType, counters, duration });
  }
}

/** Counters without their trailing zeros; sketches as [zeros, bin, count, bin, count, ...] in order of bins. */
interface RowsOfChunk {
  /** Ids. */
  batches: string[];
  /** Chunks that were saved before senders were noted have the minute of receipt alone. */
  stored: [Account | Minute, number][];
  tasks: [agent: string, pool: string, taskType: string, counters: number[], response: number[], service: number[]][];
  presence: [agent: string, counters: number[], beat: Beat | null][];
  copies?: [Account, number][];
  parts?: [agent: string, kind: PartKind, name: string, counters: number[]][];
  metrics?: MetricRollup[];
  workflows?: [workflowType: string, counters: number[], duration: number[]][];
}

function enterRows(chunk: RollupChunk, packed: RowsOfChunk): void {
  for (const id of packed.batches) chunk.batches.add(batchMark(id));
  for (const [account, count] of packed.stored) {
    chunk.storedByAccount.set(typeof account === 'number' ? `${account} ` : account, count);
  }
  for (const [agent, pool, taskType, counts, response, service] of packed.tasks) {
    const counters = namedCounters(taskCounters, counts);
    const sketches = { response: sketchOf(response), service: sketchOf(service) };
    chunk.tasks.set(taskRollupKey(agent, pool, taskType), { agent, pool, taskType, counters, ...sketches });
  }
  for (const [agent, counts, beat] of packed.presence) {
    chunk.presence.set(agent, { agent, counters: namedCounters(presenceCounters, counts), beat });
  }
  for (const [account, count] of packed.copies ?? []) chunk.duplicateByAccount.set(account, count);
  for (const [agent, kind, name, counts] of packed.parts ?? []) {
    const counters = namedCounters(partCounters, counts);
    chunk.parts.set(partRollupKey(agent, kind, name), { agent, kind, name, counters });
  }
  for (const rollup of packed.metrics ?? []) chunk.metrics.set(metricRollupKey(rollup), rollup);
  for (const [workflowType, counts, duration] of packed.workflows ?? []) {
    const counters = namedCounters(workflowCounters, counts);
    chunk.workflows.set(workflowType, { workflowType, counters, duration: sketchOf(duration) });
  }
}

function sketchOf([zeros = 0, ...pairs]: readonly number[]): LatencySketch {
  const bins = new Map<number, number>();
  for (let i = 0; i < pairs.length; i += 2) bins.set(pairs[i] ?? 0, pairs[i + 1] ?? 0);
  return { zeros, bins };
}
