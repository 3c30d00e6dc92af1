import type { PartKind } from '../model/event.ts';
import type { ErrorRollup } from './error-rollup.ts';
import type { MetricRollup } from './metric-rollup.ts';
import { partCounters } from './part-rollup.ts';
import { type Beat, presenceCounters } from './presence-rollup.ts';
import type { RollupChunk } from './rollup-chunk.ts';
import type { Columns } from './rollup-table.ts';
import { type SketchRows, sketchRowsOf } from './sketch-rows.ts';
import { taskCounters } from './task-rollup.ts';
import { workflowCounters } from './workflow-rollup.ts';

/** What figures are made from, of the rollups of a chunk: side by side, as they are stored. */
export interface ChunkColumns extends Pick<RollupChunk, 'minute' | 'index' | 'chunks'> {
  tasks: {
    /** By row; see TaskRollup. */
    agents: readonly string[];
    pools: readonly string[];
    types: readonly string[];
    counters: Columns;
    response: SketchRows;
    service: SketchRows;
  };
  presence: { agents: readonly string[]; counters: Columns; beats: readonly (Beat | null)[] };
  workflows: { types: readonly string[]; counters: Columns; duration: SketchRows };
  metrics: readonly MetricRollup[];
  /** By row; see PartRollup. */
  parts: { agents: readonly string[]; kinds: readonly PartKind[]; names: readonly string[]; counters: Columns };
  errors: readonly ErrorRollup[];
}

/** The tasks of a chunk without how long they took each. */
export interface ChunkTasks extends Pick<ChunkColumns, 'minute'> {
  tasks: Omit<ChunkColumns['tasks'], 'response' | 'service'>;
}

export function chunkColumns(chunk: RollupChunk): ChunkColumns {
  const { minute, index, chunks, metrics } = chunk;
  const tasks = [...chunk.tasks.values()];
  const presence = [...chunk.presence.values()];
  const workflows = [...chunk.workflows.values()];
  const parts = [...chunk.parts.values()];
  return {
    ...{ minute, index, chunks },
    tasks: {
      agents: tasks.map(({ agent }) => agent),
      pools: tasks.map(({ pool }) => pool),
      types: tasks.map(({ taskType }) => taskType),
      counters: columnsOf(taskCounters, tasks),
      response: sketchRowsOf(tasks.map(({ response }) => response)),
      service: sketchRowsOf(tasks.map(({ service }) => service)),
    },
    presence: {
      agents: presence.map(({ agent }) => agent),
      counters: columnsOf(presenceCounters, presence),
      beats: presence.map(({ beat }) => beat),
    },
    workflows: {
      types: workflows.map(({ workflowType }) => workflowType),
      counters: columnsOf(workflowCounters, workflows),
      duration: sketchRowsOf(workflows.map(({ duration }) => duration)),
    },
    metrics: [...metrics.values()],
    parts: {
      agents: parts.map(({ agent }) => agent),
      kinds: parts.map(({ kind }) => kind),
      names: parts.map(({ name }) => name),
      counters: columnsOf(partCounters, parts),
    },
    errors: [...chunk.errors.values()],
  };
}

/** About how much memory they take. */
export function chunkBytes({ tasks, presence, metrics, parts, errors }: ChunkColumns): number {
  const { response, service } = tasks;
  const values = [...tasks.counters, ...presence.counters, ...parts.counters].reduce(
    (sum, column) => sum + column.length,
    0,
  );
  const entries = response.bins.length + service.bins.length;
  const rows = [tasks.agents, presence.agents, metrics, parts.agents, errors].reduce(
    (sum, { length }) => sum + length,
    0,
  );
  return values * 8 + entries * 4 + rows * BYTES_PER_ROW;
}

/** Of ids, heartbeats, metrics and errors. */
const BYTES_PER_ROW = 200;

function columnsOf<Name extends string>(
  names: readonly Name[],
  rollups: readonly { counters: Record<Name, number> }[],
): Columns {
  return names.map((name) => rollups.map(({ counters }) => counters[name]));
}
