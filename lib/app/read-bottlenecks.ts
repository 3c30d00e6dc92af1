import type { BottleneckReport } from '../core/bottleneck/bottleneck.ts';
import { observeFleet } from '../core/bottleneck/observe-fleet.ts';
import { rankBottlenecks } from '../core/bottleneck/rank-bottlenecks.ts';
import { SIGNS_LOOKBACK_MINUTES } from '../core/kpi/agent-figures.ts';
import { departedEntries } from '../core/model/forgotten-agent.ts';
import { type EpochMs, type Minute, startOfMinute } from '../core/model/time.ts';
import { summarizeTypes } from '../core/workflow/workflow-types.ts';
import type { FleetStore } from '../ports/fleet-store.ts';
import type { RollupStore } from '../ports/rollup-store.ts';
import type { JournalDeps } from './read-journal.ts';
import { readWorkflows } from './read-workflows.ts';

/** What limited a fleet in the minutes [from, to), from what is stored of them. */
export async function readBottlenecks(
  deps: JournalDeps & { fleet: FleetStore; rollups: RollupStore },
  system: string,
  { from, to }: { from: Minute; to: Minute },
  nowMs: EpochMs,
): Promise<BottleneckReport> {
  const [chunks, roster, forgotten, workflows] = await Promise.all([
    deps.rollups.readColumns(system, from - SIGNS_LOOKBACK_MINUTES, to - 1),
    deps.fleet.roster(system),
    deps.fleet.forgotten(system, startOfMinute(from)),
    readWorkflows(deps, system, { from, to }, nowMs),
  ]);
  const known = [...roster.values()].filter(({ firstSeenMs }) => firstSeenMs < startOfMinute(to));
  const entries = new Map([...known, ...departedEntries(roster, forgotten)].map((entry) => [entry.agent, entry]));
  const path = summarizeTypes(workflows).flatMap((summary) => summary.path);
  return rankBottlenecks(observeFleet({ from, to, chunks, entries }), path);
}
