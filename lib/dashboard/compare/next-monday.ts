import { clockText } from '../show-time.ts';

const DAY_MS = 86_400_000;
const REVIEWED_AT_MS = (3 * 60 + 17) * 60_000;

/** When the next week is reviewed: `30 Nov 03:17`. */
export function nextMonday(nowMs: number): string {
  const day = Math.floor(nowMs / DAY_MS);
  // 1 January 1970 was a Thursday.
  const monday = day - ((day + 3) % 7);
  const atMs = monday * DAY_MS + REVIEWED_AT_MS;
  return clockText(atMs > nowMs ? atMs : atMs + 7 * DAY_MS, Number.NEGATIVE_INFINITY);
}
