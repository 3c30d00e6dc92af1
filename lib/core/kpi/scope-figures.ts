import type { RosterEntry } from '../model/roster.ts';
import { type EpochMs, type Minute, startOfMinute } from '../model/time.ts';
import { poolIn } from './agent-figures.ts';
import { type ChunkColumns, chunkColumns } from './chunk-columns.ts';
import { emptyFigures, type Figures } from './figures.ts';
import type { KpiScope } from './kpi-scope.ts';
import { mergeSketch } from './latency-sketch.ts';
import { MadeOnDemand } from './made-on-demand.ts';
import type { RollupChunk } from './rollup-chunk.ts';
import type { Signs } from './signs.ts';
import { type TaskRollup, taskCounters } from './task-rollup.ts';
import { lazyTasks, RESPONSE, tasksById, tasksIn, tasksOfRows } from './task-table.ts';
import { type Tile, TileBuilder } from './tile.ts';
import type { WorkflowRollup } from './workflow-rollup.ts';
import { sumOfWorkflows, workflowsById } from './workflow-table.ts';

/** The figures of one subject over one window, as its KPIs are computed from them. */
export interface ScopeFigures extends Figures {
  fromMs: EpochMs;
  toMs: EpochMs;
  /** Sum and count of the whole pool's quality, to shrink an agent's small sample to; null where nothing is shrunk. */
  qualityPrior: { count: number; ppm: number } | null;
  /** The figures of an agent's whole pool, to compare it with; null where nothing is compared. */
  pool: ScopeFigures | null;
}

/** What happened in a window, and to whom. */
export interface FleetWindow {
  /** Every chunk of the minutes in [from, to), and of some before, from which signs are taken. */
  chunks: readonly RollupChunk[];
  from: Minute;
  to: Minute;
  /** The agents that were known by the end of the window. */
  entries: readonly RosterEntry[];
}

/** Figures by agent (those of `entries`), by pool and of all together; and the agents' signs by the end of the window. */
export interface FleetFigures {
  agents: MadeOnDemand<ScopeFigures>;
  pools: MadeOnDemand<ScopeFigures>;
  readonly fleet: ScopeFigures;
  signs: Pick<ReadonlyMap<string, Signs>, 'get'>;
}

/**
 * Figures of a pool are the sums of its agents' and of the tasks that were rejected before they reached one; the fleet's
 * are the sums of the pools'.
 * @param only leaves out everything that does not belong to this pool
 */
export function fleetFigures(window: FleetWindow, only?: string): FleetFigures {
  const entries = new Map(window.entries.map((entry) => [entry.agent, entry]));
  return fleetFiguresIn(tileOf(partsOf(window), entries, only), entries);
}

type Minutes = Pick<FleetWindow, 'chunks' | 'from' | 'to'>;

interface TileParts {
  from: Minute;
  to: Minute;
  columns: readonly ChunkColumns[];
  signs?: Pick<ReadonlyMap<string, Signs>, 'get'> | undefined;
}

function partsOf({ from, to, chunks }: Minutes): TileParts {
  return { from, to, columns: chunks.map(chunkColumns) };
}

function tileOf(
  { from, to, columns, signs }: TileParts,
  entries: ReadonlyMap<string, RosterEntry>,
  only?: string,
): Tile {
  const isWantedPool = (pool: string) => only === undefined || pool === only;
  const builder = new TileBuilder(from, to, entries);
  builder.add(columns, signs, {
    isWanted: (agent) => isWantedPool(poolIn(entries, agent)),
    isWantedPool,
  });
  return builder.finish();
}

/**
 * The figures of everyone in a tile, which is not changed any more: they are made from it when they are asked for.
 * @param entries the agents to give figures of
 */
export function fleetFiguresIn(tile: Tile, entries: ReadonlyMap<string, RosterEntry>): FleetFigures {
  const { agents: table, rejected } = tile;
  const all = [...table.ids.keys()];
  const members = Map.groupBy(all, (row) => poolIn(entries, table.ids[row] as string));
  const sumOf = (rows: readonly number[], turnedAway: TaskRollup, scope: string) => {
    const figures = inWindow(table.sum(rows), tile);
    figures.tasks = withTasks(figures.tasks, turnedAway);
    figures.loads = tile.loads.get(scope) ?? new Map();
    return figures;
  };
  const pools = new MadeOnDemand([...members.keys(), ...rejected.ids], (pool) =>
    sumOf(members.get(pool) ?? [], tasksIn(rejected, pool), `pool:${pool}`),
  );
  const ids = table.ids.filter((agent) => entries.has(agent));
  const agents = new MadeOnDemand(ids, (agent) => {
    const figures = inWindow(table.sum([table.find(agent) as number]), tile);
    const pool = pools.get(poolIn(entries, agent)) as ScopeFigures;
    const { qualityCount, qualityPpm } = pool.tasks.counters;
    figures.qualityPrior = { count: qualityCount, ppm: qualityPpm };
    figures.pool = pool;
    return figures;
  });
  let fleet: ScopeFigures | undefined;
  return {
    agents,
    pools,
    get fleet() {
      fleet ??= {
        ...sumOf(all, tasksOfRows(rejected, [...rejected.ids.keys()]), 'fleet'),
        workflows: sumOfWorkflows(tile.workflowTypes),
      };
      return fleet;
    },
    signs: { get: (agent) => table.signs[table.find(agent) ?? -1] },
  };
}

/** Sketches stay what is put together when somebody looks at it. */
function withTasks(tasks: TaskRollup, more: TaskRollup): TaskRollup {
  const both = lazyTasks(tasks.counters, (sketch) => {
    const [a, b] = sketch === RESPONSE ? [tasks.response, more.response] : [tasks.service, more.service];
    mergeSketch(a, b);
    return a;
  });
  for (const name of taskCounters) both.counters[name] += more.counters[name];
  return both;
}

/** Figures by task type. Samples, heartbeats, capacity and hourly cost belong to agents: here there are none. */
export function taskTypeFigures(window: Minutes): Map<string, ScopeFigures> {
  return taskTypeFiguresIn(tileOf(partsOf(window), new Map()));
}

export function taskTypeFiguresIn(tile: Tile): Map<string, ScopeFigures> {
  const of = ([type, tasks]: [string, TaskRollup]) => [type, inWindow({ ...emptyFigures(), tasks }, tile)] as const;
  return new Map([...tasksById(tile.taskTypes)].map(of));
}

/** Figures by workflow type: of its runs alone. */
export function workflowTypeFigures(window: Minutes): Map<string, ScopeFigures> {
  return workflowTypeFiguresIn(tileOf(partsOf(window), new Map()));
}

export function workflowTypeFiguresIn(tile: Tile): Map<string, ScopeFigures> {
  const of = ([type, workflows]: [string, WorkflowRollup]) =>
    [type, inWindow({ ...emptyFigures(), workflows }, tile)] as const;
  return new Map([...workflowsById(tile.workflowTypes)].map(of));
}

/** The figures of one scope; those of nothing where it does not exist. */
export function figuresOf(scope: KpiScope, window: FleetWindow): ScopeFigures {
  const entries = new Map(window.entries.map((entry) => [entry.agent, entry]));
  return figuresIn(scope, tileOfScope(scope, partsOf(window), entries), entries);
}

/**
 * What is needed of a window for the figures of a scope, summed up.
 * @param columns of the minutes in [from, to), and of some before, from which signs are taken
 * @param signs of agents before the first of the columns, where they are known
 */
export function tileOfScope(
  scope: KpiScope,
  { from, to, columns, signs }: TileParts,
  entries: ReadonlyMap<string, RosterEntry>,
): Tile {
  // Of an agent the whole pool is needed: its quality is shrunk to the pool's.
  const only = scope.kind === 'pool' ? scope.id : scope.kind === 'agent' ? poolIn(entries, scope.id) : undefined;
  return tileOf({ from, to, columns, signs }, entries, only);
}

/** The same of a tile, which is not used any more afterwards. */
export function figuresIn(scope: KpiScope, tile: Tile, entries: ReadonlyMap<string, RosterEntry>): ScopeFigures {
  const nothing = () => inWindow(emptyFigures(), tile);
  if (scope.kind === 'taskType') return taskTypeFiguresIn(tile).get(scope.id) ?? nothing();
  if (scope.kind === 'workflowType') return workflowTypeFiguresIn(tile).get(scope.id) ?? nothing();
  const figures = fleetFiguresIn(tile, entries);
  if (scope.kind === 'fleet') return figures.fleet;
  return (scope.kind === 'agent' ? figures.agents : figures.pools).get(scope.id) ?? nothing();
}

/** Figures with the window that they are of. */
export function inWindow(figures: Figures, { from, to }: { from: Minute; to: Minute }): ScopeFigures {
  return { ...figures, fromMs: startOfMinute(from), toMs: startOfMinute(to), qualityPrior: null, pool: null };
}
