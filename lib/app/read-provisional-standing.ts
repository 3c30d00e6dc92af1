import { type ProvisionalStanding, provisionalStanding } from '../core/benchmark/benchmark-reports.ts';
import type { KpiScope } from '../core/kpi/kpi-scope.ts';
import { withDeparted } from '../core/model/forgotten-agent.ts';
import { DAY_MINUTES, type Minute, minuteOf, startOfMinute } from '../core/model/time.ts';
import type { BenchmarkSettingsStore } from '../ports/benchmark-settings-store.ts';
import type { FleetStore } from '../ports/fleet-store.ts';
import type { MinuteLog } from '../ports/minute-log.ts';
import { readBenchmarkSettings } from './manage-benchmarks.ts';
import { readWindow, type WindowDeps } from './read-window.ts';

interface ProvisionalDeps extends WindowDeps {
  fleet: Pick<FleetStore, 'roster' | 'forgotten'>;
  log: Pick<MinuteLog, 'progress'>;
  benchmarks: BenchmarkSettingsStore;
}

/** What is measured so far is of this long at most. */
const MOST_MINUTES = DAY_MINUTES;

/**
 * Where a scope stands before the first daily comparison: by the last day, or by what there is of it.
 * @param to the first minute that is not complete
 * @returns null where nothing was measured of the scope
 */
export async function readProvisionalStanding(
  deps: ProvisionalDeps,
  system: string,
  scope: KpiScope,
  to: Minute,
): Promise<ProvisionalStanding | null> {
  const earliest = to - MOST_MINUTES;
  const [roster, forgotten, { tiles = null }, settings] = await Promise.all([
    deps.fleet.roster(system),
    deps.fleet.forgotten(system, startOfMinute(earliest)),
    deps.log.progress(system),
    readBenchmarkSettings(deps, system),
  ]);
  const all = withDeparted(roster, forgotten);
  const entries = new Map([...all].filter(([, { firstSeenMs }]) => firstSeenMs < startOfMinute(to)));
  if (entries.size === 0) return null;
  const firstSeenMs = [...entries.values()].reduce((first, entry) => Math.min(first, entry.firstSeenMs), Infinity);
  const from = Math.max(earliest, minuteOf(firstSeenMs));
  const measured = await readWindow(deps, system, { from, to }, entries, tiles);
  const { declared, inForce, competitors } = settings;
  return provisionalStanding(scope, {
    ...{ nowMs: startOfMinute(to), entries, measured },
    ...{ domain: declared?.domain ?? null, published: inForce, competitors },
  });
}
