import type { AgentFigures } from '../../core/kpi/agent-figures.ts';
import { emptyFigures, type Load, useCounters } from '../../core/kpi/figures.ts';
import type { MetricRollup } from '../../core/kpi/metric-rollup.ts';
import { presenceCounters } from '../../core/kpi/presence-rollup.ts';
import { noSigns, type Signs } from '../../core/kpi/signs.ts';
import { type TaskRollup, taskCounters } from '../../core/kpi/task-rollup.ts';
import type { Tile } from '../../core/kpi/tile.ts';
import { workflowCounters } from '../../core/kpi/workflow-rollup.ts';
import {
  type CounterColumns,
  packCounters,
  packSketches,
  type SketchColumns,
  unpackCounters,
  unpackSketches,
} from './columns.ts';

/** Some agents of a tile, or everything in it that is not of agents. */
export interface PackedTile {
  agents?: PackedAgents;
  /** Only of the shortest tiles: the signs by the end of a longer one are those by the end of its last short one. */
  signs?: PackedSigns;
  scopes?: PackedScopes;
}

interface PackedAgents {
  ids: string[];
  tasks: CounterColumns;
  response: SketchColumns;
  service: SketchColumns;
  presence: CounterColumns;
  use: CounterColumns;
  /** First minute of the queue span from the start of the tile, and its length; null without one. */
  queue: ([number, number] | null)[];
}

/** By field of signs: its own fields, where it has any, and the values of each agent. */
type PackedSigns = { [Field in keyof Signs]: { fields: string[] | null; values: unknown[] } };

interface PackedTasks {
  ids: string[];
  counters: CounterColumns;
  response: SketchColumns;
  service: SketchColumns;
}

interface PackedScopes {
  rejected: PackedTasks;
  taskTypes: PackedTasks;
  workflowTypes: { ids: string[]; counters: CounterColumns; duration: SketchColumns };
  metrics: [string, MetricRollup][];
  loads: [scope: string, levels: [level: number, minutes: number, completed: number, busyMilli: number][]][];
}

/** @param agents those of the tile that go into this group */
export function packAgents(tile: Tile, agents: readonly [string, AgentFigures][], withSigns: boolean): PackedTile {
  const figures = agents.map(([, of]) => of.figures);
  const packed: PackedAgents = {
    ids: agents.map(([id]) => id),
    tasks: packCounters(
      taskCounters,
      figures.map(({ tasks }) => tasks.counters),
    ),
    response: packSketches(figures.map(({ tasks }) => tasks.response)),
    service: packSketches(figures.map(({ tasks }) => tasks.service)),
    presence: packCounters(
      presenceCounters,
      figures.map(({ presence }) => presence.counters),
    ),
    use: packCounters(
      useCounters,
      figures.map(({ use }) => use),
    ),
    queue: figures.map(({ queueSpan }) => queueSpan && [queueSpan.from - tile.from, queueSpan.to - queueSpan.from]),
  };
  return withSigns ? { agents: packed, signs: packSigns(agents.map(([, { signs }]) => signs)) } : { agents: packed };
}

export function packScopes({ rejected, taskTypes, workflowTypes, metrics, loads }: Tile): PackedScopes {
  const workflows = [...workflowTypes.values()];
  return {
    rejected: packTasks(rejected),
    taskTypes: packTasks(taskTypes),
    workflowTypes: {
      ids: [...workflowTypes.keys()],
      counters: packCounters(
        workflowCounters,
        workflows.map(({ counters }) => counters),
      ),
      duration: packSketches(workflows.map(({ duration }) => duration)),
    },
    metrics: [...metrics],
    loads: [...loads].map(([scope, levels]) => [
      scope,
      [...levels].map(([level, { minutes, completed, busyMilli }]) => [level, minutes, completed, busyMilli]),
    ]),
  };
}

/** Adds what a group holds to a tile, in place. */
export function enterGroup(tile: Tile, { agents, signs, scopes }: PackedTile): void {
  if (agents) enterAgents(tile, agents, signs ? unpackSigns(signs, agents.ids.length) : null);
  if (scopes) enterScopes(tile, scopes);
}

function enterAgents(tile: Tile, agents: PackedAgents, signs: readonly Signs[] | null): void {
  const count = agents.ids.length;
  const tasks = unpackCounters(taskCounters, agents.tasks, count);
  const presence = unpackCounters(presenceCounters, agents.presence, count);
  const use = unpackCounters(useCounters, agents.use, count);
  const [responses, services] = [unpackSketches(agents.response), unpackSketches(agents.service)];
  for (const [i, id] of agents.ids.entries()) {
    const figures = emptyFigures();
    figures.tasks.counters = tasks[i] ?? figures.tasks.counters;
    figures.tasks.response = responses[i] ?? figures.tasks.response;
    figures.tasks.service = services[i] ?? figures.tasks.service;
    figures.presence.counters = presence[i] ?? figures.presence.counters;
    figures.use = use[i] ?? figures.use;
    const queue = agents.queue[i];
    if (queue) figures.queueSpan = { from: tile.from + queue[0], to: tile.from + queue[0] + queue[1] };
    tile.agents.set(id, { figures, signs: signs?.[i] ?? noSigns });
  }
}

function enterScopes(tile: Tile, scopes: PackedScopes): void {
  for (const [id, rollup] of unpackTasks(scopes.rejected)) tile.rejected.set(id, rollup);
  for (const [id, rollup] of unpackTasks(scopes.taskTypes)) tile.taskTypes.set(id, rollup);
  const { ids, counters, duration } = scopes.workflowTypes;
  const [counts, durations] = [unpackCounters(workflowCounters, counters, ids.length), unpackSketches(duration)];
  for (const [i, id] of ids.entries()) {
    const [of, sketch] = [counts[i], durations[i]];
    if (of && sketch) tile.workflowTypes.set(id, { workflowType: id, counters: of, duration: sketch });
  }
  for (const [key, rollup] of scopes.metrics) tile.metrics.set(key, rollup);
  for (const [scope, levels] of scopes.loads) {
    const loads = new Map<number, Load>();
    for (const [level, minutes, completed, busyMilli] of levels) loads.set(level, { minutes, completed, busyMilli });
    tile.loads.set(scope, loads);
  }
}

function packTasks(rollups: ReadonlyMap<string, TaskRollup>): PackedTasks {
  const all = [...rollups.values()];
  return {
    ids: [...rollups.keys()],
    counters: packCounters(
      taskCounters,
      all.map(({ counters }) => counters),
    ),
    response: packSketches(all.map(({ response }) => response)),
    service: packSketches(all.map(({ service }) => service)),
  };
}

function unpackTasks({ ids, counters, response, service }: PackedTasks): [string, TaskRollup][] {
  const counts = unpackCounters(taskCounters, counters, ids.length);
  const [responses, services] = [unpackSketches(response), unpackSketches(service)];
  return ids.flatMap((id, i): [string, TaskRollup][] => {
    const [of, answered, served] = [counts[i], responses[i], services[i]];
    if (!of || !answered || !served) return [];
    return [[id, { agent: '', pool: '', taskType: '', counters: of, response: answered, service: served }]];
  });
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
    for (const [i, signs] of all.entries()) {
      const value = values[i] ?? null;
      const isRecord = fields !== null && value !== null;
      signs[field] = isRecord ? Object.fromEntries(fields.map((name, at) => [name, (value as unknown[])[at]])) : value;
    }
  }
  return all as unknown as Signs[];
}
