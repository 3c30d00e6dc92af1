import type { EpochMs } from './time.ts';

/** Hours and minutes, as in `14:05 UTC`. */
export function utcClock(atMs: EpochMs): string {
  return `${new Date(atMs).toISOString().slice(11, 16)} UTC`;
}
