import { type EpochMs, startOfMinute } from '../core/model/time.ts';
import type { MinuteLog } from '../ports/minute-log.ts';

/**
 * The moment that the newest figures reach to: the end of the last completed minute. Between a minute's end and the end
 * of its job nothing is known of that minute; judged at the very present, every agent would look silent then.
 * @returns `nowMs` itself before the first minute is complete
 */
export async function newestMoment(deps: { log: MinuteLog }, system: string, nowMs: EpochMs): Promise<EpochMs> {
  const { doneThrough } = await deps.log.progress(system);
  return doneThrough === null ? nowMs : Math.min(nowMs, startOfMinute(doneThrough + 1));
}
