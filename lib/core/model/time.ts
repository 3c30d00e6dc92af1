/** Milliseconds since 1970-01-01T00:00Z; may be fractional. */
export type EpochMs = number;
/** Whole minutes since 1970-01-01T00:00Z: minute m covers [m * 60,000, (m + 1) * 60,000) epoch ms. */
export type Minute = number;

export const MINUTE_MS = 60_000;
export const DAY_MINUTES = 1_440;

export function minuteOf(atMs: EpochMs): Minute {
  return Math.floor(atMs / MINUTE_MS);
}

export function startOfMinute(minute: Minute): EpochMs {
  return minute * MINUTE_MS;
}
