import { SIGNS_LOOKBACK_MINUTES } from '../core/kpi/agent-figures.ts';
import type { KpiScope } from '../core/kpi/kpi-scope.ts';
import { figuresOf, type ScopeFigures } from '../core/kpi/scope-figures.ts';
import { departedEntries, shownFrom } from '../core/model/forgotten-agent.ts';
import { reaches } from '../core/model/pool-access.ts';
import { poolOf } from '../core/model/roster.ts';
import { type Minute, startOfMinute } from '../core/model/time.ts';
import type { FleetStore } from '../ports/fleet-store.ts';
import type { MinuteLog } from '../ports/minute-log.ts';
import type { RollupStore } from '../ports/rollup-store.ts';

export interface SeriesDeps {
  fleet: FleetStore;
  rollups: RollupStore;
  log: MinuteLog;
}

/**
 * The figures of a scope for each step of [from, to) whose minutes have all been completed, in order.
 * @param reader whose pools the figures must be of, where they are restricted to some
 * @returns null for an agent or pool that is not known to the reader, "not-of-pools" for a scope that is of all pools
 */
export async function readSeries(
  deps: SeriesDeps,
  system: string,
  { scope, from, to, stepMinutes }: { scope: KpiScope; from: Minute; to: Minute; stepMinutes: number },
  reader: { pools?: readonly string[] } = {},
): Promise<ScopeFigures[] | 'not-of-pools' | null> {
  if (reader.pools && scope.kind !== 'pool' && scope.kind !== 'agent') return 'not-of-pools';
  if (scope.kind === 'pool' && !reaches(reader, scope.id)) return null;
  const [roster, forgotten, chunks, { doneThrough }] = await Promise.all([
    deps.fleet.roster(system),
    deps.fleet.forgotten(system, startOfMinute(from - SIGNS_LOOKBACK_MINUTES)),
    deps.rollups.read(system, from - SIGNS_LOOKBACK_MINUTES, to - 1),
    deps.log.progress(system),
  ]);
  const all = [...roster.values(), ...departedEntries(roster, forgotten)].sort((a, b) => (a.agent < b.agent ? -1 : 1));
  if (scope.kind === 'agent') {
    const entry = roster.get(scope.id);
    if (!entry || !reaches(reader, poolOf(entry))) return null;
  }
  if (scope.kind === 'pool' && !isPool(scope.id)) return null;

  // Of an agent that is back after it was forgotten, what it did before is not shown.
  const anew = scope.kind === 'agent' ? shownFrom(forgotten, scope.id) : Number.NEGATIVE_INFINITY;
  const steps: ScopeFigures[] = [];
  for (let start = from; start + stepMinutes <= Math.min(to, (doneThrough ?? from - 1) + 1); start += stepMinutes) {
    const end = start + stepMinutes;
    const entries = all.filter((entry) => entry.firstSeenMs < startOfMinute(end));
    const near = chunks.filter(
      ({ minute }) => minute >= Math.max(start - SIGNS_LOOKBACK_MINUTES, anew) && minute < end,
    );
    steps.push(figuresOf(scope, { chunks: near, from: start, to: end, entries }));
  }
  return steps;

  /** Tasks may have been rejected by a pool that has no agent. */
  function isPool(pool: string): boolean {
    if (all.some((entry) => poolOf(entry) === pool)) return true;
    return chunks.some(({ tasks }) =>
      [...tasks.values()].some((rollup) => rollup.agent === '' && rollup.pool === pool),
    );
  }
}
