import { type Freshness, freshnessAt } from '../core/kpi/freshness.ts';
import { type EpochMs, type Minute, startOfMinute } from '../core/model/time.ts';
import type { FleetStore } from '../ports/fleet-store.ts';
import type { MinuteLog } from '../ports/minute-log.ts';

/**
 * How old the newest figures of a system are at a moment, and which moment they reach to: the end of the last completed
 * minute. Between a minute's end and the end of its job nothing is known of that minute; judged at the very present,
 * every agent would look silent then.
 * @returns newestMs is `nowMs` itself before the first minute is complete
 */
export async function readFreshness(
  deps: { log: MinuteLog },
  system: string,
  nowMs: EpochMs,
): Promise<{ freshness: Freshness; newestMs: EpochMs }> {
  const { doneThrough } = await deps.log.progress(system);
  const newestMs = doneThrough === null ? nowMs : Math.min(nowMs, startOfMinute(doneThrough + 1));
  return { freshness: freshnessAt(doneThrough, nowMs), newestMs };
}

/** The same of the system that is furthest behind; systems whose first minute is still to come are not waited for. */
export async function readWorstFreshness(
  deps: { fleet: FleetStore; log: MinuteLog },
  nowMs: EpochMs,
): Promise<Freshness> {
  const systems = await deps.fleet.systems();
  const progress = await Promise.all(systems.map(({ system }) => deps.log.progress(system)));
  const done = progress.flatMap(({ doneThrough }): Minute[] => (doneThrough === null ? [] : [doneThrough]));
  return freshnessAt(done.length > 0 ? Math.min(...done) : null, nowMs);
}
