import { DAY_MINUTES, type EpochMs, type Minute, minuteOf, startOfMinute } from '../core/model/time.ts';
import { momentField, type QueryValues, windowField } from './query-parameters.ts';

const MAX_WINDOW_MINUTES = 90 * DAY_MINUTES;
const DEFAULT_WINDOW_MINUTES = 15;

/** The period [at - window, at) that figures are computed over: the newest 15 minutes unless said. */
export const windowParameters = { window: windowField(MAX_WINDOW_MINUTES), at: momentField };

/** Whole minutes: from belongs to the window, to does not. */
export interface Window {
  from: Minute;
  to: Minute;
}

/** @param newestMs where the window ends unless said: the end of the newest completed minute */
export function windowOf({ window, at }: QueryValues<typeof windowParameters>, newestMs: EpochMs): Window {
  const to = minuteOf(at ?? newestMs);
  return { from: to - (window ?? DEFAULT_WINDOW_MINUTES), to };
}

export function windowAnswer({ from, to }: Window): { from: string; to: string } {
  return { from: new Date(startOfMinute(from)).toISOString(), to: new Date(startOfMinute(to)).toISOString() };
}
