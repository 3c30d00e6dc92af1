import { untouchedPools } from '../core/effect/untouched-pools.ts';
import type { HistoryPoint } from '../core/kpi/history-point.ts';
import type { Roster } from '../core/model/roster.ts';
import { DAY_MINUTES, type EpochMs, MINUTE_MS } from '../core/model/time.ts';
import type { DirectiveRecord } from '../core/remediate/directive.ts';
import {
  LATER_BASELINE_MINUTES,
  LATER_DAYS,
  LATER_HOURS,
  type LaterMeasurement,
  laterDue,
  withLater,
} from '../core/remediate/later-effect.ts';
import { poolsOf } from '../core/remediate/measure-directives.ts';
import type { DirectiveStore } from '../ports/directive-store.ts';
import type { FleetStore } from '../ports/fleet-store.ts';
import type { MetricStore } from '../ports/metric-store.ts';
import { type SaveDirectiveDeps, saveDirective } from './save-directive.ts';

const DAY_MS = DAY_MINUTES * MINUTE_MS;
const HOUR_MS = 60 * MINUTE_MS;
/** It begins when a person has approved it: over a night, or a weekend. */
const MOST_WAITED_MS = 3 * DAY_MS;
/** Pools that one is compared with, of those with most agents. */
const MOST_PEERS_READ = 5;

export interface MeasureLaterDeps extends Pick<SaveDirectiveDeps, 'tellUnsaved'> {
  directives: Pick<DirectiveStore, 'history' | 'save'>;
  metrics: Pick<MetricStore, 'read'>;
  fleet: Pick<FleetStore, 'roster'>;
}

/**
 * Measures again what has lasted for a day, or for seven; asked for once an hour. Repeating it changes nothing.
 * @param atMs a full hour, up to which history is written
 * @returns those that were measured; null when another run has taken over
 */
export async function measureLater(
  deps: MeasureLaterDeps,
  system: string,
  { atMs, fence }: { atMs: EpochMs; fence: number },
): Promise<DirectiveRecord[] | null> {
  const windows = LATER_DAYS.map((days) => atMs - days * DAY_MS);
  const candidates = await Promise.all(
    windows.map((ms) => deps.directives.history(system, ms - (LATER_HOURS + 1) * HOUR_MS - MOST_WAITED_MS, ms)),
  );
  const due = laterDue(candidates.flat(), atMs);
  if (due.length === 0) return [];
  const roster = await deps.fleet.roster(system);
  const measured: DirectiveRecord[] = [];
  for (const measurement of due) {
    const { directive } = measurement.record;
    const since = await deps.directives.history(system, directive.issuedMs, atMs);
    const record = withLater(measurement, since, await historyOf(deps, system, measurement, { roster, since }));
    if (!(await saveDirective(deps, system, record, fence))) return null;
    measured.push(record);
  }
  return measured;
}

async function historyOf(
  { metrics }: MeasureLaterDeps,
  system: string,
  { pool, from, to }: LaterMeasurement,
  { roster, since }: { roster: Roster; since: readonly DirectiveRecord[] },
) {
  const touched = new Set([pool, ...since.flatMap(({ directive }) => [...poolsOf(directive)])]);
  const peers = untouchedPools(roster, touched, MOST_PEERS_READ);
  const read = (name: string) => metrics.read(system, `pool:${name}`, 'hour', from - LATER_BASELINE_MINUTES, to);
  const own = await read(pool);
  const others: [string, HistoryPoint[]][] = [];
  for (const name of peers) others.push([name, await read(name)]);
  return { own, peers: new Map(others) };
}
