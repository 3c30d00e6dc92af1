import type { Beat } from '../kpi/presence-rollup.ts';
import { greatestLagMs } from '../model/report-lag.ts';
import type { RosterEntry } from '../model/roster.ts';
import { DAY_MINUTES, type EpochMs, MINUTE_MS } from '../model/time.ts';

/** Shorter silences are never called missing, however fast an agent beats. */
export const MIN_MISSING_MS = 45_000;
export const MISSED_BEATS = 3;
/** An agent that appeared more recently is not missed yet: its reports may come minutes late from the beginning. */
const NEW_MS = 4 * MINUTE_MS;

export type Liveness =
  /** Never sent a heartbeat, said it stopped, or has not been heard of for a day. */
  | { kind: 'not-expected' }
  | { kind: 'paused' }
  | { kind: 'alive' }
  /** Three beats are missing; `sinceMs` is when the first of them was due. */
  | { kind: 'missing'; sinceMs: EpochMs; silentMs: number };

/**
 * Whether an agent's heartbeats arrive in the cadence it announced. A draining agent that goes quiet has stopped.
 * @see docs/kpis.md "system_availability" for what an agent is expected to do
 */
export function livenessAt(
  entry: Pick<RosterEntry, 'lastBeat' | 'lastSeenMs' | 'lag'> & Partial<Pick<RosterEntry, 'firstBeatMs'>>,
  nowMs: EpochMs,
): Liveness {
  const beat = entry.lastBeat;
  if (!beat || beat.state === 'stopped' || nowMs - entry.lastSeenMs > DAY_MINUTES * MINUTE_MS) {
    return { kind: 'not-expected' };
  }
  const silentMs = nowMs - beat.atMs;
  if (beat.state === 'paused') return { kind: 'paused' };
  // How late its reports arrive is not known before some have.
  if (entry.firstBeatMs != null && nowMs - entry.firstBeatMs < NEW_MS) return { kind: 'alive' };
  if (!areBeatsMissing(beat, nowMs) || isUnderWay(entry, beat, nowMs)) return { kind: 'alive' };
  if (beat.state === 'draining') return { kind: 'not-expected' };
  return { kind: 'missing', sinceMs: beat.atMs + beat.intervalMs, silentMs };
}

/** Whether the next beats may still be on their way, as late as those before have arrived. */
function isUnderWay({ lag }: Pick<RosterEntry, 'lag'>, beat: Beat, nowMs: EpochMs): boolean {
  const lagMs = greatestLagMs(lag);
  return nowMs - beat.atMs <= 2 * beat.intervalMs + lagMs;
}

/** Whether three beats after this one, or all of 45 s, went by without one. */
export function areBeatsMissing({ atMs, intervalMs }: Pick<Beat, 'atMs' | 'intervalMs'>, nowMs: EpochMs): boolean {
  return nowMs - atMs > Math.max(MISSED_BEATS * intervalMs, MIN_MISSING_MS);
}
