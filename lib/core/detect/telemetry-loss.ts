import {
  patienceMinutes,
  progressEvidence,
  sendsSamples,
  UNKNOWN_PATIENCE_MINUTES,
  workSince,
} from '../kpi/progress.ts';
import { HOLD_MINUTES, held, type Signs } from '../kpi/signs.ts';
import type { Minute } from '../model/time.ts';

export interface TelemetryLoss {
  /** The last minute of which tasks or samples tell, or in which the work began of which they do not. */
  since: Minute;
  /** What tells that it works all the same. */
  evidence: 'counter' | 'busy';
  hasReported: boolean;
}

/**
 * Whether an agent whose heartbeats come is at work while neither tasks nor samples of it come any more: its counter
 * moves after the last of them, or it says that it is busy. Samples come by the clock, so five minutes without are
 * enough; tasks may take long, so it is the patience of {@link patienceMinutes} for one that sends tasks alone. An agent
 * that is busy for half an hour without a counter and without ever telling of anything is not known to work either.
 * @param signs by the end of the minute
 * @param longestTaskUs see isStuck
 */
export function telemetryLossAt(signs: Signs, minute: Minute, longestTaskUs: number | null): TelemetryLoss | null {
  const evidence = workWithoutReports(signs, minute);
  if (evidence === null) return null;
  const hasReported = signs.task !== null || signs.sample !== null;
  if (!hasReported && (evidence.kind === 'counter' || progressEvidence(signs) === 'counter')) return null;
  const since = Math.max(evidence.since, signs.task ?? evidence.since, signs.sample ?? evidence.since);
  const patience = hasReported ? reportPatience(signs, longestTaskUs) : UNKNOWN_PATIENCE_MINUTES;
  return minute - since >= patience ? { since, evidence: evidence.kind, hasReported } : null;
}

/** What tells that an agent is at work, and since when it does without a break. */
function workWithoutReports(signs: Signs, minute: Minute): { kind: TelemetryLoss['evidence']; since: Minute } | null {
  const moves = held(signs.progress, minute);
  const reported = Math.max(signs.task ?? Number.NEGATIVE_INFINITY, signs.sample ?? Number.NEGATIVE_INFINITY);
  // A heartbeat may tell a minute later what its task told.
  if (moves && moves.movesSince !== null && moves.minute - reported >= 2) {
    return { kind: 'counter', since: moves.movesSince };
  }
  const busySince = workSince(signs, minute);
  return busySince === null ? null : { kind: 'busy', since: busySince };
}

function reportPatience(signs: Signs, longestTaskUs: number | null): number {
  return sendsSamples(signs) ? HOLD_MINUTES : patienceMinutes('tasks', longestTaskUs);
}
