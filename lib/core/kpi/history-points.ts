import type { RosterEntry } from '../model/roster.ts';
import type { Minute } from '../model/time.ts';
import { type AgentFigures, poolIn } from './agent-figures.ts';
import { emptyFigures, type Figures, mergeFigures } from './figures.ts';
import type { HistoryPoint } from './history-point.ts';
import { emptyMetricRollup, type MetricRollup, mergeMetricRollup } from './metric-rollup.ts';
import { mergeTaskRollup } from './task-rollup.ts';
import type { Tile } from './tile.ts';
import { mergeWorkflowRollup } from './workflow-rollup.ts';

/** What history keeps of each agent that was there. */
export function agentPoints(at: Minute, agents: ReadonlyMap<string, AgentFigures>): HistoryPoint[] {
  return [...agents]
    .filter(([, { figures }]) => wasThere(figures))
    .map(([agent, { figures }]) => ({ scope: `agent:${agent}`, at, figures, metric: null }));
}

/** Whether anything is known of an agent in the time of its figures: of one that left nothing is kept. */
export function wasThere({ use, tasks: { counters }, presence }: Figures): boolean {
  const { completed, failed, timeout, cancelled, rejected, busyUs } = counters;
  const ended = completed + failed + timeout + cancelled + rejected;
  return use.thereMinutes + ended + busyUs + presence.counters.samples + presence.counters.beats > 0;
}

/** Adds the figures of agents to those of their pools, in place. */
export function addToPools(
  pools: Map<string, Figures>,
  agents: ReadonlyMap<string, AgentFigures>,
  entries: ReadonlyMap<string, RosterEntry>,
): void {
  for (const [agent, { figures }] of agents) {
    if (!wasThere(figures)) continue;
    const pool = poolIn(entries, agent);
    const sum = pools.get(pool) ?? emptyFigures();
    pools.set(pool, sum);
    mergeFigures(sum, figures);
  }
}

/**
 * What history keeps of everything but agents.
 * @param pools sums of their agents; changed in place
 */
export function scopePoints(at: Minute, tile: Tile, pools: Map<string, Figures>): HistoryPoint[] {
  const fleet = emptyFigures();
  for (const [pool, rejected] of tile.rejected) {
    const sum = pools.get(pool) ?? emptyFigures();
    pools.set(pool, sum);
    mergeTaskRollup(sum.tasks, rejected);
  }
  for (const [pool, sum] of pools) {
    mergeFigures(fleet, sum);
    sum.loads = tile.loads.get(`pool:${pool}`) ?? new Map();
  }
  for (const rollup of tile.workflowTypes.values()) mergeWorkflowRollup(fleet.workflows, rollup);
  fleet.loads = tile.loads.get('fleet') ?? new Map();
  const point = (scope: string, figures: Figures): HistoryPoint => ({ scope, at, figures, metric: null });
  return [
    ...[...pools].map(([pool, sum]) => point(`pool:${pool}`, sum)),
    ...[...tile.taskTypes].map(([type, tasks]) => point(`taskType:${type}`, { ...emptyFigures(), tasks })),
    ...[...tile.workflowTypes].map(([type, workflows]) =>
      point(`workflowType:${type}`, { ...emptyFigures(), workflows }),
    ),
    ...metricPoints(at, tile.metrics.values()),
    ...(wasThere(fleet) || tile.workflowTypes.size > 0 ? [point('fleet', fleet)] : []),
  ];
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
