import type { RosterEntry } from '../model/roster.ts';
import type { Minute } from '../model/time.ts';
import { agentFigures, poolIn } from './agent-figures.ts';
import { AgentTable } from './agent-table.ts';
import type { ChunkColumns } from './chunk-columns.ts';
import { addLoad, type Load, loadLevel } from './figures.ts';
import { longestTaskByPool } from './longest-task.ts';
import { type MetricRollup, mergeMetricRollup, metricRollupKey } from './metric-rollup.ts';
import type { MinuteUse } from './minute-use.ts';
import type { Signs } from './signs.ts';
import { emptyTaskTable, RESPONSE, SERVICE, type TaskTable } from './task-table.ts';
import { emptyWorkflowTable, type WorkflowTable } from './workflow-table.ts';

/** Lengths of the stretches that are kept summed up, in minutes; each divides the next, and starts at a multiple of itself. */
export const tileLengths = [10, 60, 1_440] as const;
export type TileLength = (typeof tileLengths)[number];

/** What a fleet did in one stretch of time, of all its minutes together: any window is put together from a few of these. */
export interface Tile {
  from: Minute;
  /** The first minute after it. */
  to: Minute;
  /** Their figures, and their signs by the end. */
  agents: AgentTable;
  /** By pool: tasks that were rejected before they reached an agent. */
  rejected: TaskTable;
  /** By `pool:ID` and `fleet`: see Figures.loads. */
  loads: Map<string, Map<number, Load>>;
  taskTypes: TaskTable;
  workflowTypes: WorkflowTable;
  metrics: Map<string, MetricRollup>;
}

export function emptyTile(from: Minute, to: Minute): Tile {
  return {
    ...{ from, to, agents: new AgentTable(), rejected: emptyTaskTable(), loads: new Map() },
    ...{ taskTypes: emptyTaskTable(), workflowTypes: emptyWorkflowTable(), metrics: new Map() },
  };
}

/** Slots at work and tasks completed in one minute. */
interface Activity {
  busySlotUs: number;
  completed: number;
}

/** By `pool:ID` and `fleet`, and by minute. */
export type Activities = Map<string, Map<Minute, Activity>>;

/** Sums up the minutes of a stretch, of some agents after the others. */
export class TileBuilder {
  readonly tile: Tile;
  readonly #entries: ReadonlyMap<string, RosterEntry>;
  readonly #longest: ReadonlyMap<string, number>;
  readonly #activity: Activities;

  /**
   * @param entries the agents that were known by its end
   * @param shared by builders of parts of a stretch: what longestTaskByPool gives, and activity, of which enterLoads then
   *   makes the loads of the whole
   */
  constructor(
    from: Minute,
    to: Minute,
    entries: ReadonlyMap<string, RosterEntry>,
    shared: { longest?: ReadonlyMap<string, number>; activity?: Activities } = {},
  ) {
    this.tile = emptyTile(from, to);
    this.#entries = entries;
    this.#longest = shared.longest ?? longestTaskByPool(entries.values());
    this.#activity = shared.activity ?? new Map();
  }

  /**
   * @param chunks of the minutes of the stretch, and of minutes before it from which signs are taken; all that has to do
   *   with the agents
   * @param isWanted which agents, and rejected tasks of pools without an agent
   * @param signs of agents before the first of the chunks
   */
  add(
    chunks: readonly ChunkColumns[],
    signs: Pick<ReadonlyMap<string, Signs>, 'get'> | undefined,
    { isWanted = () => true, isWantedPool = () => isWanted('') }: Wanted = {},
  ): void {
    const { from, to } = this.tile;
    const stretch = { from, to, chunks, entries: this.#entries, longest: this.#longest, ...(signs && { signs }) };
    const ofFleet = this.#activityOf('fleet');
    const ofPools: Map<Minute, Activity>[] = [];
    const count = (agent: string, row: number, minute: Minute, { busySlotUs }: MinuteUse, completed: number) => {
      const ofPool = ofPools[row] ?? this.#activityOf(`pool:${poolIn(this.#entries, agent)}`);
      ofPools[row] = ofPool;
      addActivity(ofPool, minute, busySlotUs, completed);
      addActivity(ofFleet, minute, busySlotUs, completed);
    };
    this.tile.agents.append(agentFigures(stretch, isWanted, count));
    for (const chunk of chunks) if (chunk.minute >= from) this.#addScopes(chunk, isWanted, isWantedPool);
  }

  /** @returns the tile, complete */
  finish(): Tile {
    enterLoads(this.tile, this.#activity);
    return this.tile;
  }

  #activityOf(scope: string): Map<Minute, Activity> {
    const found = this.#activity.get(scope) ?? new Map<Minute, Activity>();
    this.#activity.set(scope, found);
    return found;
  }

  #addScopes(
    { tasks, workflows, metrics }: ChunkColumns,
    isWanted: (agent: string) => boolean,
    isWantedPool: (pool: string) => boolean,
  ): void {
    const { rejected, taskTypes, workflowTypes } = this.tile;
    const isRejected = (row: number) => tasks.agents[row] === '';
    const isOf = (row: number) =>
      isRejected(row) ? isWantedPool(tasks.pools[row] ?? '') : isWanted(tasks.agents[row] ?? '');
    const addTasks = (table: TaskTable, rows: Int32Array) => {
      table.addColumns(rows, tasks.counters);
      table.addSketches(RESPONSE, rows, tasks.response);
      table.addSketches(SERVICE, rows, tasks.service);
    };
    addTasks(
      taskTypes,
      Int32Array.from(tasks.types, (type, row) => (isOf(row) ? taskTypes.enter(type) : -1)),
    );
    if (tasks.agents.includes('')) {
      const rows = Int32Array.from(tasks.pools, (pool, row) =>
        isRejected(row) && isOf(row) ? rejected.enter(pool) : -1,
      );
      addTasks(rejected, rows);
    }
    if (isWanted('')) {
      const rows = Int32Array.from(workflows.types, (type) => workflowTypes.enter(type));
      workflowTypes.addColumns(rows, workflows.counters);
      workflowTypes.addSketches(0, rows, workflows.duration);
    }
    for (const rollup of metrics) if (isWanted(rollup.agent)) addMetric(this.tile.metrics, rollup);
  }
}

function addActivity(activity: Map<Minute, Activity>, minute: Minute, busySlotUs: number, completed: number): void {
  const found = activity.get(minute);
  if (!found) activity.set(minute, { busySlotUs, completed });
  else {
    found.busySlotUs += busySlotUs;
    found.completed += completed;
  }
}

/** Takes the minutes in which about as many tasks were at work together. */
export function enterLoads(tile: Tile, activity: Activities): void {
  for (const [scope, minutes] of activity) {
    const figures = { loads: new Map<number, Load>() };
    for (const { busySlotUs, completed } of minutes.values()) {
      const busyMilli = Math.round(busySlotUs / 60_000);
      addLoad(figures, loadLevel(busyMilli / 1_000), { minutes: 1, completed, busyMilli });
    }
    tile.loads.set(scope, figures.loads);
  }
}

interface Wanted {
  isWanted?: (agent: string) => boolean;
  isWantedPool?: (pool: string) => boolean;
}

/** Adds a tile that lies after it, in place. */
export function appendTile(tile: Tile, next: Tile): void {
  tile.from = Math.min(tile.from, next.from);
  tile.to = Math.max(tile.to, next.to);
  tile.agents.append(next.agents);
  tile.rejected.append(next.rejected);
  tile.taskTypes.append(next.taskTypes);
  tile.workflowTypes.append(next.workflowTypes);
  for (const rollup of next.metrics.values()) addMetric(tile.metrics, rollup);
  for (const [scope, loads] of next.loads) {
    const figures = { loads: tile.loads.get(scope) ?? new Map<number, Load>() };
    tile.loads.set(scope, figures.loads);
    for (const [level, load] of loads) addLoad(figures, level, load);
  }
}

/** What agents' signs are by the end of a tile. */
export function signsIn({ agents }: Tile): Map<string, Signs> {
  return new Map(agents.ids.map((agent, row) => [agent, agents.signs[row] as Signs]));
}

/** About how much memory a tile takes. */
export function tileBytes({ agents, rejected, taskTypes, workflowTypes, metrics, loads }: Tile): number {
  const tables = agents.bytes + rejected.bytes + taskTypes.bytes + workflowTypes.bytes;
  const levels = [...loads.values()].reduce((sum, of) => sum + of.size, 0);
  return tables + (metrics.size + levels) * BYTES_PER_OBJECT;
}

const BYTES_PER_OBJECT = 300;

function addMetric(by: Map<string, MetricRollup>, rollup: MetricRollup): void {
  const key = metricRollupKey(rollup);
  const found = by.get(key);
  if (found) mergeMetricRollup(found, rollup);
  else by.set(key, { ...rollup });
}
