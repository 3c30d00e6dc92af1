import { FIRST_PRESENCE, FIRST_USE } from '../../core/kpi/agent-table.ts';
import { type Load, useCounters } from '../../core/kpi/figures.ts';
import type { MetricRollup } from '../../core/kpi/metric-rollup.ts';
import type { RollupTable } from '../../core/kpi/rollup-table.ts';
import { noSigns, type Signs } from '../../core/kpi/signs.ts';
import { taskCounters } from '../../core/kpi/task-rollup.ts';
import type { Tile } from '../../core/kpi/tile.ts';
import { workflowCounters } from '../../core/kpi/workflow-rollup.ts';
import { ByteReader, ByteWriter, readTable, writeTable } from './column-bytes.ts';

/** A group of a tile: what it is of, as JSON, and the counters and sketches of that, in bytes. */
export interface PackedTile {
  head: { agents: AgentsHead } | { scopes: ScopesHead };
  columns: Uint8Array;
}

interface AgentsHead {
  ids: string[];
  /** First minute of the queue span from the start of the tile, and its length; null without one. */
  queue: ([number, number] | null)[];
  /** Only of the shortest tiles: the signs by the end of a longer one are those by the end of its last short one. */
  signs?: PackedSigns;
}

/** By field of signs: its own fields, where it has any, and the values of each agent. */
type PackedSigns = { [Field in keyof Signs]: { fields: string[] | null; values: unknown[] } };

/** Everything in a tile that is not of agents: ids of tables, and what is in none. */
interface ScopesHead {
  rejected: string[];
  taskTypes: string[];
  workflowTypes: string[];
  metrics: [string, MetricRollup][];
  loads: [scope: string, levels: [level: number, minutes: number, completed: number, busyMilli: number][]][];
}

const AGENT_KINDS = [FIRST_PRESENCE, FIRST_USE - FIRST_PRESENCE, useCounters.length];
const TASK_KINDS = [taskCounters.length];
const WORKFLOW_KINDS = [workflowCounters.length];

/** @param rows the agents of the tile that go into this group */
export function packAgents({ from, agents }: Tile, rows: readonly number[], withSigns: boolean): PackedTile {
  const columns = new ByteWriter();
  writeTable(columns, agents.rollups, AGENT_KINDS, rows);
  const queue = rows.map((row): [number, number] | null => {
    const span = agents.queueSpans[row] ?? null;
    return span && [span.from - from, span.to - span.from];
  });
  const signs = withSigns && { signs: packSigns(rows.map((row) => agents.signs[row] as Signs)) };
  return {
    head: { agents: { ids: rows.map((row) => agents.ids[row] as string), queue, ...signs } },
    columns: columns.finish(),
  };
}

export function packScopes({ rejected, taskTypes, workflowTypes, metrics, loads }: Tile): PackedTile {
  const columns = new ByteWriter();
  writeTable(columns, rejected, TASK_KINDS);
  writeTable(columns, taskTypes, TASK_KINDS);
  writeTable(columns, workflowTypes, WORKFLOW_KINDS);
  const scopes: ScopesHead = {
    ...{ rejected: rejected.ids, taskTypes: taskTypes.ids, workflowTypes: workflowTypes.ids },
    metrics: [...metrics],
    loads: [...loads].map(([scope, levels]) => [
      scope,
      [...levels].map(([level, { minutes, completed, busyMilli }]) => [level, minutes, completed, busyMilli]),
    ]),
  };
  return { head: { scopes }, columns: columns.finish() };
}

/** Adds what a group holds to a tile, in place. */
export function enterGroup(tile: Tile, { head, columns }: PackedTile): void {
  const bytes = new ByteReader(columns);
  if ('agents' in head) enterAgents(tile, head.agents, bytes);
  else enterScopes(tile, head.scopes, bytes);
}

function enterAgents({ from, agents }: Tile, { ids, queue, signs }: AgentsHead, bytes: ByteReader): void {
  const unpacked = signs && unpackSigns(signs, ids.length);
  const rows = Int32Array.from(ids, (agent, i) => agents.enter(agent, unpacked?.[i] ?? noSigns));
  readTable(bytes, agents.rollups, AGENT_KINDS, rows);
  for (const [i, span] of queue.entries()) {
    if (span) agents.addQueueSpan(rows[i] as number, from + span[0], from + span[0] + span[1]);
  }
}

function enterScopes(
  tile: Tile,
  { rejected, taskTypes, workflowTypes, metrics, loads }: ScopesHead,
  bytes: ByteReader,
) {
  enterTable(tile.rejected, rejected, TASK_KINDS, bytes);
  enterTable(tile.taskTypes, taskTypes, TASK_KINDS, bytes);
  enterTable(tile.workflowTypes, workflowTypes, WORKFLOW_KINDS, bytes);
  for (const [key, rollup] of metrics) tile.metrics.set(key, rollup);
  for (const [scope, levels] of loads) {
    const byLevel = new Map<number, Load>();
    for (const [level, minutes, completed, busyMilli] of levels) byLevel.set(level, { minutes, completed, busyMilli });
    tile.loads.set(scope, byLevel);
  }
}

function enterTable(table: RollupTable, ids: readonly string[], kinds: readonly number[], bytes: ByteReader): void {
  const rows = Int32Array.from(ids, (id) => table.enter(id));
  readTable(bytes, table, kinds, rows);
}

function packSigns(signs: readonly Signs[]): PackedSigns {
  const column = (field: keyof Signs) => {
    const values = signs.map((one) => one[field]);
    const some = values.find((value) => typeof value === 'object' && value !== null);
    if (some === undefined) return { fields: null, values };
    return { fields: Object.keys(some as object), values: values.map((value) => value && Object.values(value)) };
  };
  return Object.fromEntries(
    (Object.keys(noSigns) as (keyof Signs)[]).map((field) => [field, column(field)]),
  ) as PackedSigns;
}

function unpackSigns(packed: PackedSigns, count: number): Signs[] {
  const all = Array.from({ length: count }, () => ({ ...noSigns }) as Record<string, unknown>);
  for (const [field, { fields, values }] of Object.entries(packed)) {
    for (let i = 0; i < count; i++) {
      const value = values[i] ?? null;
      (all[i] as Record<string, unknown>)[field] = fields && value ? recordOf(fields, value as unknown[]) : value;
    }
  }
  return all as unknown as Signs[];
}

function recordOf(fields: readonly string[], values: readonly unknown[]): Record<string, unknown> {
  const record: Record<string, unknown> = {};
  for (let at = 0; at < fields.length; at++) record[fields[at] as string] = values[at];
  return record;
}
