import { type Minute, startOfMinute } from '../../model/time.ts';

/** As in `14:05 UTC`. */
export function clockOf(minute: Minute): string {
  return `${new Date(startOfMinute(minute)).toISOString().slice(11, 16)} UTC`;
}
