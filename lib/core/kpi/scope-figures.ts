import type { RosterEntry } from '../model/roster.ts';
import { type EpochMs, type Minute, startOfMinute } from '../model/time.ts';
import { poolIn } from './agent-figures.ts';
import { emptyFigures, type Figures, mergeFigures } from './figures.ts';
import type { KpiScope } from './kpi-scope.ts';
import type { RollupChunk } from './rollup-chunk.ts';
import type { Signs } from './signs.ts';
import { mergeTaskRollup, type TaskRollup } from './task-rollup.ts';
import { type Tile, TileBuilder } from './tile.ts';
import { mergeWorkflowRollup, type WorkflowRollup } from './workflow-rollup.ts';

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
  agents: Map<string, ScopeFigures>;
  pools: Map<string, ScopeFigures>;
  fleet: ScopeFigures;
  signs: Map<string, Signs>;
}

/**
 * Figures of a pool are the sums of its agents' and of the tasks that were rejected before they reached one; the fleet's
 * are the sums of the pools'.
 * @param only leaves out everything that does not belong to this pool
 */
export function fleetFigures(window: FleetWindow, only?: string): FleetFigures {
  const entries = new Map(window.entries.map((entry) => [entry.agent, entry]));
  return fleetFiguresIn(tileOf(window, entries, only), entries);
}

type Minutes = Pick<FleetWindow, 'chunks' | 'from' | 'to'>;

function tileOf(window: Minutes, entries: ReadonlyMap<string, RosterEntry>, only?: string): Tile {
  const isWantedPool = (pool: string) => only === undefined || pool === only;
  const builder = new TileBuilder(window.from, window.to, entries);
  builder.add(window.chunks, undefined, {
    isWanted: (agent) => isWantedPool(poolIn(entries, agent)),
    isWantedPool,
  });
  return builder.finish();
}

/**
 * The figures of everyone in a tile. They share its parts: a tile is not used any more afterwards.
 * @param entries the agents to give figures of, in their order
 */
export function fleetFiguresIn(tile: Tile, entries: ReadonlyMap<string, RosterEntry>): FleetFigures {
  const byPool = new Map<string, ScopeFigures[]>();
  const agents = new Map<string, ScopeFigures>();
  for (const [agent, { figures }] of tile.agents) {
    const scoped = inWindow(figures, tile);
    if (entries.has(agent)) agents.set(agent, scoped);
    const pool = poolIn(entries, agent);
    const members = byPool.get(pool) ?? [];
    byPool.set(pool, members);
    members.push(scoped);
  }
  for (const pool of tile.rejected.keys()) if (!byPool.has(pool)) byPool.set(pool, []);
  const pools = new Map<string, ScopeFigures>();
  const fleet = inWindow(emptyFigures(), tile);
  for (const [pool, members] of byPool) {
    const figures = inWindow(emptyFigures(), tile);
    pools.set(pool, figures);
    const rejected = tile.rejected.get(pool);
    if (rejected) mergeTaskRollup(figures.tasks, rejected);
    for (const member of members) mergeFigures(figures, member);
    mergeFigures(fleet, figures);
    figures.loads = tile.loads.get(`pool:${pool}`) ?? new Map();
    const { qualityCount, qualityPpm } = figures.tasks.counters;
    for (const member of members) {
      member.qualityPrior = { count: qualityCount, ppm: qualityPpm };
      member.pool = figures;
    }
  }
  fleet.loads = tile.loads.get('fleet') ?? new Map();
  for (const rollup of tile.workflowTypes.values()) mergeWorkflowRollup(fleet.workflows, rollup);
  const signs = new Map([...tile.agents].map(([agent, of]) => [agent, of.signs] as const));
  return { agents, pools, fleet, signs };
}

/** Figures by task type. Samples, heartbeats, capacity and hourly cost belong to agents: here there are none. */
export function taskTypeFigures(window: Minutes): Map<string, ScopeFigures> {
  return taskTypeFiguresIn(tileOf(window, new Map()));
}

export function taskTypeFiguresIn(tile: Tile): Map<string, ScopeFigures> {
  const of = ([type, tasks]: [string, TaskRollup]) => [type, inWindow({ ...emptyFigures(), tasks }, tile)] as const;
  return new Map([...tile.taskTypes].map(of));
}

/** Figures by workflow type: of its runs alone. */
export function workflowTypeFigures(window: Minutes): Map<string, ScopeFigures> {
  return workflowTypeFiguresIn(tileOf(window, new Map()));
}

export function workflowTypeFiguresIn(tile: Tile): Map<string, ScopeFigures> {
  const of = ([type, workflows]: [string, WorkflowRollup]) =>
    [type, inWindow({ ...emptyFigures(), workflows }, tile)] as const;
  return new Map([...tile.workflowTypes].map(of));
}

/** The figures of one scope; those of nothing where it does not exist. */
export function figuresOf(scope: KpiScope, window: FleetWindow): ScopeFigures {
  const entries = new Map(window.entries.map((entry) => [entry.agent, entry]));
  // Of an agent the whole pool is needed: its quality is shrunk to the pool's.
  const only = scope.kind === 'pool' ? scope.id : scope.kind === 'agent' ? poolIn(entries, scope.id) : undefined;
  return figuresIn(scope, tileOf(window, entries, only), entries);
}

/** The same of a tile, which is not used any more afterwards. */
export function figuresIn(scope: KpiScope, tile: Tile, entries: ReadonlyMap<string, RosterEntry>): ScopeFigures {
  const nothing = () => inWindow(emptyFigures(), tile);
  if (scope.kind === 'taskType') return taskTypeFiguresIn(tile).get(scope.id) ?? nothing();
  if (scope.kind === 'workflowType') return workflowTypeFiguresIn(tile).get(scope.id) ?? nothing();
  const { agents, pools, fleet } = fleetFiguresIn(tile, entries);
  if (scope.kind === 'fleet') return fleet;
  return (scope.kind === 'agent' ? agents : pools).get(scope.id) ?? nothing();
}

/** Figures with the window that they are of. */
export function inWindow(figures: Figures, { from, to }: { from: Minute; to: Minute }): ScopeFigures {
  return { ...figures, fromMs: startOfMinute(from), toMs: startOfMinute(to), qualityPrior: null, pool: null };
}
