import {
  areSamplesLost,
  patienceMinutes,
  progressEvidence,
  sendsSamples,
  UNKNOWN_PATIENCE_MINUTES,
  workSince,
} from '../kpi/progress.ts';
import { held, type Signs } from '../kpi/signs.ts';
import type { Minute } from '../model/time.ts';

export interface TelemetryLoss {
  /** The last minute of which tasks or samples tell; where none ever did, the one in which it began to be busy. */
  since: Minute;
  /** What tells that it works all the same. */
  evidence: 'counter' | 'busy';
  hasReported: boolean;
}

/**
 * Whether an agent whose heartbeats come is at work while neither tasks nor samples of it come any more: its counter
 * moved after the last of them, or it says that it is busy. Samples come by the clock, so five minutes without are
 * enough; tasks may take long, so it is the patience of {@link patienceMinutes} for one that sends tasks alone. An agent
 * that is busy for half an hour without a counter and without ever telling of anything is not known to work either.
 * @param signs by the end of the minute
 * @param longestTaskUs see isStuck
 */
export function telemetryLossAt(signs: Signs, minute: Minute, longestTaskUs: number | null): TelemetryLoss | null {
  const { task, sample, progress } = signs;
  const busySince = workSince(signs, minute);
  if (task === null && sample === null) {
    const isUnknown = busySince !== null && progressEvidence(signs) === 'tasks';
    if (!isUnknown || minute - busySince < UNKNOWN_PATIENCE_MINUTES) return null;
    return { since: busySince, evidence: 'busy', hasReported: false };
  }
  const since = Math.max(task ?? Number.NEGATIVE_INFINITY, sample ?? Number.NEGATIVE_INFINITY);
  const isLost = sendsSamples(signs)
    ? areSamplesLost(signs, minute) && held({ minute: since }, minute) === null
    : minute - since >= patienceMinutes('tasks', longestTaskUs);
  if (!isLost) return null;
  // A heartbeat may tell a minute later what its task told.
  if (progress?.moved && progress.minute - since >= 2 && held(progress, minute)) {
    return { since, evidence: 'counter', hasReported: true };
  }
  return busySince === null ? null : { since, evidence: 'busy', hasReported: true };
}
