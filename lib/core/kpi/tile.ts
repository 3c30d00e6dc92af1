import type { RosterEntry } from '../model/roster.ts';
import type { Minute } from '../model/time.ts';
import { type AgentFigures, agentFigures, poolIn } from './agent-figures.ts';
import { addLoad, emptyFigures, type Load, loadLevel, mergeFigures } from './figures.ts';
import { longestTaskByPool } from './longest-task.ts';
import { type MetricRollup, mergeMetricRollup, metricRollupKey } from './metric-rollup.ts';
import type { RollupChunk } from './rollup-chunk.ts';
import type { Signs } from './signs.ts';
import { emptyTaskRollup, mergeTaskRollup, type TaskRollup } from './task-rollup.ts';
import { emptyWorkflowRollup, mergeWorkflowRollup, type WorkflowRollup } from './workflow-rollup.ts';

/** Lengths of the stretches that are kept summed up, in minutes; each divides the next, and starts at a multiple of itself. */
export const tileLengths = [10, 60, 1_440] as const;
export type TileLength = (typeof tileLengths)[number];

/** What a fleet did in one stretch of time, of all its minutes together: any window is put together from a few of these. */
export interface Tile {
  from: Minute;
  /** The first minute after it. */
  to: Minute;
  /** Their figures, and their signs by the end. */
  agents: Map<string, AgentFigures>;
  /** By pool: tasks that were rejected before they reached an agent. */
  rejected: Map<string, TaskRollup>;
  /** By `pool:ID` and `fleet`: see Figures.loads. */
  loads: Map<string, Map<number, Load>>;
  taskTypes: Map<string, TaskRollup>;
  workflowTypes: Map<string, WorkflowRollup>;
  metrics: Map<string, MetricRollup>;
}

export function emptyTile(from: Minute, to: Minute): Tile {
  return {
    ...{ from, to, agents: new Map(), rejected: new Map(), loads: new Map() },
    ...{ taskTypes: new Map(), workflowTypes: new Map(), metrics: new Map() },
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
    chunks: readonly RollupChunk[],
    signs: ReadonlyMap<string, Signs> | undefined,
    { isWanted = () => true, isWantedPool = () => isWanted('') }: Wanted = {},
  ): void {
    const { from, to } = this.tile;
    const stretch = { from, to, chunks, entries: this.#entries, longest: this.#longest, ...(signs && { signs }) };
    const count = (agent: string, minute: Minute, busySlotUs: number, completed: number) => {
      this.#count(`pool:${poolIn(this.#entries, agent)}`, minute, busySlotUs, completed);
      this.#count('fleet', minute, busySlotUs, completed);
    };
    for (const [agent, figures] of agentFigures(stretch, isWanted, count)) this.tile.agents.set(agent, figures);
    for (const chunk of chunks) if (chunk.minute >= from) this.#addScopes(chunk, isWanted, isWantedPool);
  }

  /** @returns the tile, complete */
  finish(): Tile {
    enterLoads(this.tile, this.#activity);
    return this.tile;
  }

  #count(scope: string, minute: Minute, busySlotUs: number, completed: number): void {
    const minutes = this.#activity.get(scope) ?? new Map<Minute, Activity>();
    this.#activity.set(scope, minutes);
    const activity = minutes.get(minute) ?? { busySlotUs: 0, completed: 0 };
    minutes.set(minute, activity);
    activity.busySlotUs += busySlotUs;
    activity.completed += completed;
  }

  #addScopes(chunk: RollupChunk, isWanted: (agent: string) => boolean, isWantedPool: (pool: string) => boolean): void {
    const { rejected, taskTypes, workflowTypes, metrics } = this.tile;
    for (const rollup of chunk.tasks.values()) {
      if (rollup.agent === '' ? !isWantedPool(rollup.pool) : !isWanted(rollup.agent)) continue;
      if (rollup.agent === '') addTasks(rejected, rollup.pool, rollup);
      addTasks(taskTypes, rollup.taskType, rollup);
    }
    if (isWanted('')) {
      for (const rollup of chunk.workflows.values()) addWorkflows(workflowTypes, rollup.workflowType, rollup);
    }
    for (const rollup of chunk.metrics.values()) if (isWanted(rollup.agent)) addMetric(metrics, rollup);
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
  for (const [agent, { figures, signs }] of next.agents) {
    const found = tile.agents.get(agent) ?? { figures: emptyFigures(), signs };
    tile.agents.set(agent, found);
    mergeFigures(found.figures, figures);
    found.signs = signs;
  }
  for (const [pool, rollup] of next.rejected) addTasks(tile.rejected, pool, rollup);
  for (const [type, rollup] of next.taskTypes) addTasks(tile.taskTypes, type, rollup);
  for (const [type, rollup] of next.workflowTypes) addWorkflows(tile.workflowTypes, type, rollup);
  for (const rollup of next.metrics.values()) addMetric(tile.metrics, rollup);
  for (const [scope, loads] of next.loads) {
    const figures = { loads: tile.loads.get(scope) ?? new Map<number, Load>() };
    tile.loads.set(scope, figures.loads);
    for (const [level, load] of loads) addLoad(figures, level, load);
  }
}

/** What an agent's signs are by the end of a tile. */
export function signsIn(tile: Tile): Map<string, Signs> {
  return new Map([...tile.agents].map(([agent, { signs }]) => [agent, signs]));
}

function addTasks(by: Map<string, TaskRollup>, key: string, rollup: TaskRollup): void {
  const found = by.get(key) ?? emptyTaskRollup('', '', '');
  by.set(key, found);
  mergeTaskRollup(found, rollup);
}

function addWorkflows(by: Map<string, WorkflowRollup>, type: string, rollup: WorkflowRollup): void {
  const found = by.get(type) ?? emptyWorkflowRollup(type);
  by.set(type, found);
  mergeWorkflowRollup(found, rollup);
}

function addMetric(by: Map<string, MetricRollup>, rollup: MetricRollup): void {
  const key = metricRollupKey(rollup);
  const found = by.get(key);
  if (found) mergeMetricRollup(found, rollup);
  else by.set(key, { ...rollup });
}
