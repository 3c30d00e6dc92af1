import type { EpochMs } from './time.ts';

const HOUR_MS = 3_600_000;
/** Who reports later than this is not waited for: a backlog that was sent after an outage must not hide the next one. */
const MOST_MS = 180_000;

/**
 * How late what an agent reports arrives at most, by the hour of arrival and in the hour before. A maximum, so that the
 * order of batches does not matter and entering one twice changes nothing.
 */
export interface ReportLag {
  /** Hours since 1970-01-01. */
  hour: number;
  ms: number;
  hourBeforeMs: number;
}

export function lagAfter(known: ReportLag | undefined, atMs: EpochMs, receivedAtMs: EpochMs): ReportLag {
  const hour = Math.floor(receivedAtMs / HOUR_MS);
  const ms = Math.min(MOST_MS, Math.max(0, receivedAtMs - atMs));
  if (!known) return { hour, ms, hourBeforeMs: 0 };
  if (hour > known.hour) return { hour, ms, hourBeforeMs: hour === known.hour + 1 ? known.ms : 0 };
  if (hour === known.hour) return ms > known.ms ? { ...known, ms } : known;
  return hour === known.hour - 1 && ms > known.hourBeforeMs ? { ...known, hourBeforeMs: ms } : known;
}

/** The greater of the two hours' lags; 0 where nothing is known. */
export function greatestLagMs(lag: ReportLag | undefined): number {
  return lag === undefined ? 0 : Math.max(lag.ms, lag.hourBeforeMs);
}
