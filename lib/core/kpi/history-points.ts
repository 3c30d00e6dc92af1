import type { RosterEntry } from '../model/roster.ts';
import type { Minute } from '../model/time.ts';
import { poolIn } from './agent-figures.ts';
import type { AgentTable } from './agent-table.ts';
import { emptyFigures, type Figures, mergeFigures } from './figures.ts';
import { type HistoryPoint, historyGroup } from './history-point.ts';
import { emptyMetricRollup, type MetricRollup, mergeMetricRollup } from './metric-rollup.ts';
import { mergeTaskRollup } from './task-rollup.ts';
import { tasksById } from './task-table.ts';
import type { Tile } from './tile.ts';
import { sumOfWorkflows, workflowsById } from './workflow-table.ts';

/** What history keeps of each of some agents in some times, of those that were there. */
export function agentPoints(agents: Iterable<string>, times: readonly AgentTime[]): HistoryPoint[] {
  const points: HistoryPoint[] = [];
  for (const agent of agents) {
    for (const { at, table } of times) {
      const row = table.find(agent);
      if (row === undefined || !table.wasThere(row)) continue;
      points.push({ scope: `agent:${agent}`, at, figures: table.sum([row]), metric: null });
    }
  }
  return points;
}

export interface AgentTime {
  at: Minute;
  table: AgentTable;
}

/**
 * Divides agents so that no more than some are at work together, and those that history stores together stay so.
 * @param most of the groups of history, in each part
 */
export function agentsByGroups(agents: Iterable<string>, most: number): string[][] {
  const groups = [...Map.groupBy(agents, (agent) => historyGroup(`agent:${agent}`)).values()];
  const parts: string[][] = [];
  for (let i = 0; i < groups.length; i += most) parts.push(groups.slice(i, i + most).flat());
  return parts;
}

/** Adds the figures of agents to those of their pools, in place. */
export function addToPools(
  pools: Map<string, Figures>,
  agents: AgentTable,
  entries: ReadonlyMap<string, RosterEntry>,
): void {
  const there = [...agents.ids.keys()].filter((row) => agents.wasThere(row));
  for (const [pool, rows] of Map.groupBy(there, (row) => poolIn(entries, agents.ids[row] as string))) {
    const sum = pools.get(pool) ?? emptyFigures();
    pools.set(pool, sum);
    mergeFigures(sum, agents.sum(rows));
  }
}

/**
 * What history keeps of everything but agents.
 * @param pools sums of their agents; changed in place
 */
export function scopePoints(at: Minute, tile: Tile, pools: Map<string, Figures>): HistoryPoint[] {
  const fleet = emptyFigures();
  for (const [pool, rejected] of tasksById(tile.rejected)) {
    const sum = pools.get(pool) ?? emptyFigures();
    pools.set(pool, sum);
    mergeTaskRollup(sum.tasks, rejected);
  }
  for (const [pool, sum] of pools) {
    mergeFigures(fleet, sum);
    sum.loads = tile.loads.get(`pool:${pool}`) ?? new Map();
  }
  fleet.workflows = sumOfWorkflows(tile.workflowTypes);
  fleet.loads = tile.loads.get('fleet') ?? new Map();
  const point = (scope: string, figures: Figures): HistoryPoint => ({ scope, at, figures, metric: null });
  return [
    ...[...pools].map(([pool, sum]) => point(`pool:${pool}`, sum)),
    ...[...tasksById(tile.taskTypes)].map(([type, tasks]) => point(`taskType:${type}`, { ...emptyFigures(), tasks })),
    ...[...workflowsById(tile.workflowTypes)].map(([type, workflows]) =>
      point(`workflowType:${type}`, { ...emptyFigures(), workflows }),
    ),
    ...metricPoints(at, tile.metrics.values()),
    ...(isAnything(fleet) || tile.workflowTypes.size > 0 ? [point('fleet', fleet)] : []),
  ];
}

function isAnything({ use, tasks: { counters }, presence }: Figures): boolean {
  const { completed, failed, timeout, cancelled, rejected, busyUs } = counters;
  const ended = completed + failed + timeout + cancelled + rejected;
  return use.thereMinutes + ended + busyUs + presence.counters.samples + presence.counters.beats > 0;
}

/** Of all agents and pools together. */
function metricPoints(at: Minute, rollups: Iterable<MetricRollup>): HistoryPoint[] {
  const byName = new Map<string, MetricRollup>();
  for (const rollup of rollups) {
    const sum = byName.get(rollup.name) ?? emptyMetricRollup({ ...rollup, agent: '', pool: '' });
    byName.set(rollup.name, sum);
    mergeMetricRollup(sum, rollup);
  }
  return [...byName].map(([name, metric]) => ({ scope: `metric:${name}`, at, figures: null, metric }));
}
