import type { RosterEntry } from '../model/roster.ts';
import { type EpochMs, MINUTE_MS, type Minute, startOfMinute } from '../model/time.ts';
import { type AgentFigures, agentFigures, poolIn } from './agent-figures.ts';
import { addLoad, emptyFigures, type Figures, loadLevel, mergeFigures } from './figures.ts';
import type { KpiScope } from './kpi-scope.ts';
import type { RollupChunk } from './rollup-chunk.ts';
import type { Signs } from './signs.ts';
import { emptyTaskRollup, mergeTaskRollup, type TaskRollup } from './task-rollup.ts';
import { mergeWorkflowRollup } from './workflow-rollup.ts';

/** The figures of one subject over one window, as its KPIs are computed from them. */
export interface ScopeFigures extends Figures {
  fromMs: EpochMs;
  toMs: EpochMs;
  /** Sum and count of the whole pool's quality, to shrink an agent's small sample to; null where nothing is shrunk. */
  qualityPrior: { count: number; ppm: number } | null;
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
  const isWanted = (pool: string): boolean => only === undefined || pool === only;
  const loads = new Map<string, Map<Minute, { busySlotUs: number; completed: number }>>();
  const agents = agentFigures(
    { ...window, entries },
    (agent) => isWanted(poolIn(entries, agent)),
    (agent, minute, busySlotUs, completed) => {
      for (const scope of [`pool:${poolIn(entries, agent)}`, 'fleet']) {
        const ofScope = loads.get(scope) ?? new Map<Minute, { busySlotUs: number; completed: number }>();
        loads.set(scope, ofScope);
        const sum = ofScope.get(minute) ?? { busySlotUs: 0, completed: 0 };
        ofScope.set(minute, sum);
        sum.busySlotUs += busySlotUs;
        sum.completed += completed;
      }
    },
  );
  const rejectedByPool = new Map<string, TaskRollup>();
  const fleetOnly = emptyFigures();
  for (const { minute, tasks, workflows } of window.chunks) {
    if (minute < window.from) continue;
    for (const rollup of tasks.values()) {
      if (rollup.agent !== '' || !isWanted(rollup.pool)) continue;
      const rejected = rejectedByPool.get(rollup.pool) ?? emptyTaskRollup('', rollup.pool, '');
      rejectedByPool.set(rollup.pool, rejected);
      mergeTaskRollup(rejected, rollup);
    }
    for (const rollup of workflows.values()) mergeWorkflowRollup(fleetOnly.workflows, rollup);
  }
  return sumByPool(window, { agents, entries, rejectedByPool, fleetOnly, loads });
}

interface Parts {
  agents: ReadonlyMap<string, AgentFigures>;
  entries: ReadonlyMap<string, RosterEntry>;
  rejectedByPool: ReadonlyMap<string, TaskRollup>;
  /** What belongs to no pool. */
  fleetOnly: Figures;
  /** By `pool:ID` and `fleet`. */
  loads: ReadonlyMap<string, ReadonlyMap<Minute, { busySlotUs: number; completed: number }>>;
}

function sumByPool(window: { from: Minute; to: Minute }, parts: Parts): FleetFigures {
  const byPool = new Map<string, ScopeFigures[]>();
  const agents = new Map<string, ScopeFigures>();
  for (const [agent, { figures }] of parts.agents) {
    const scoped = inWindow(figures, window);
    if (parts.entries.has(agent)) agents.set(agent, scoped);
    const pool = poolIn(parts.entries, agent);
    const members = byPool.get(pool) ?? [];
    byPool.set(pool, members);
    members.push(scoped);
  }
  for (const pool of parts.rejectedByPool.keys()) if (!byPool.has(pool)) byPool.set(pool, []);
  const pools = new Map<string, ScopeFigures>();
  const fleet = inWindow(parts.fleetOnly, window);
  for (const [pool, members] of byPool) {
    const figures = inWindow(emptyFigures(), window);
    pools.set(pool, figures);
    const rejected = parts.rejectedByPool.get(pool);
    if (rejected) mergeTaskRollup(figures.tasks, rejected);
    for (const member of members) mergeFigures(figures, member);
    mergeFigures(fleet, figures);
    enterLoads(figures, parts.loads.get(`pool:${pool}`));
    const { qualityCount, qualityPpm } = figures.tasks.counters;
    for (const member of members) member.qualityPrior = { count: qualityCount, ppm: qualityPpm };
  }
  enterLoads(fleet, parts.loads.get('fleet'));
  const signs = new Map([...parts.agents].map(([agent, of]) => [agent, of.signs] as const));
  return { agents, pools, fleet, signs };
}

function enterLoads(
  figures: Figures,
  loads: Parts['loads'] extends ReadonlyMap<string, infer Of> ? Of | undefined : never,
) {
  for (const { busySlotUs, completed } of loads?.values() ?? []) {
    const busyMilli = Math.round(busySlotUs / MINUTE_MS);
    addLoad(figures, loadLevel(busyMilli / 1_000), { minutes: 1, completed, busyMilli });
  }
}

/** Figures by task type. Samples, heartbeats, capacity and hourly cost belong to agents: here there are none. */
export function taskTypeFigures(window: Pick<FleetWindow, 'chunks' | 'from' | 'to'>) {
  const types = new Map<string, ScopeFigures>();
  for (const { minute, tasks } of window.chunks) {
    if (minute < window.from) continue;
    for (const rollup of tasks.values()) {
      const figures = types.get(rollup.taskType) ?? inWindow(emptyFigures(), window);
      types.set(rollup.taskType, figures);
      mergeTaskRollup(figures.tasks, rollup);
    }
  }
  return types;
}

/** Figures by workflow type: of its runs alone. */
export function workflowTypeFigures(window: Pick<FleetWindow, 'chunks' | 'from' | 'to'>) {
  const types = new Map<string, ScopeFigures>();
  for (const { minute, workflows } of window.chunks) {
    if (minute < window.from) continue;
    for (const rollup of workflows.values()) {
      const figures = types.get(rollup.workflowType) ?? inWindow(emptyFigures(), window);
      types.set(rollup.workflowType, figures);
      mergeWorkflowRollup(figures.workflows, rollup);
    }
  }
  return types;
}

/** The figures of one scope; those of nothing where it does not exist. */
export function figuresOf(scope: KpiScope, window: FleetWindow): ScopeFigures {
  const nothing = () => inWindow(emptyFigures(), window);
  if (scope.kind === 'taskType') return taskTypeFigures(window).get(scope.id) ?? nothing();
  if (scope.kind === 'workflowType') return workflowTypeFigures(window).get(scope.id) ?? nothing();
  if (scope.kind === 'fleet') return fleetFigures(window).fleet;
  // Of an agent the whole pool is needed: its quality is shrunk to the pool's.
  const entries = new Map(window.entries.map((entry) => [entry.agent, entry]));
  const { agents, pools } = fleetFigures(window, scope.kind === 'pool' ? scope.id : poolIn(entries, scope.id));
  return (scope.kind === 'agent' ? agents : pools).get(scope.id) ?? nothing();
}

/** Figures with the window that they are of. */
export function inWindow(figures: Figures, { from, to }: { from: Minute; to: Minute }): ScopeFigures {
  return { ...figures, fromMs: startOfMinute(from), toMs: startOfMinute(to), qualityPrior: null };
}
