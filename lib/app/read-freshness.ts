import { type Freshness, freshnessAt } from '../core/kpi/freshness.ts';
import type { EpochMs, Minute } from '../core/model/time.ts';
import type { FleetStore } from '../ports/fleet-store.ts';
import type { MinuteLog } from '../ports/minute-log.ts';

/** How old the newest figures of a system are at a moment. */
export async function readFreshness(deps: { log: MinuteLog }, system: string, nowMs: EpochMs): Promise<Freshness> {
  const { doneThrough } = await deps.log.progress(system);
  return freshnessAt(doneThrough, nowMs);
}

/** The same of the system that is furthest behind; systems whose first minute is still to come are not waited for. */
export async function readWorstFreshness(
  deps: { fleet: FleetStore; log: MinuteLog },
  nowMs: EpochMs,
): Promise<Freshness> {
  const systems = await deps.fleet.systems();
  const progress = await Promise.all(systems.map((system) => deps.log.progress(system)));
  const done = progress.flatMap(({ doneThrough }): Minute[] => (doneThrough === null ? [] : [doneThrough]));
  return freshnessAt(done.length > 0 ? Math.min(...done) : null, nowMs);
}
