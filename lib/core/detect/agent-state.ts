import type { Alert } from '../alert/alert.ts';
import { agentDead } from '../alert/rules/agent-dead.ts';
import { type Stuck, stuckAt, workSince } from '../kpi/progress.ts';
import { held, type Signs } from '../kpi/signs.ts';
import type { RosterEntry } from '../model/roster.ts';
import { DAY_MINUTES, type EpochMs, MINUTE_MS, type Minute, minuteOf, startOfMinute } from '../model/time.ts';
import { utcClock } from '../model/utc-clock.ts';
import { livenessAt } from './liveness.ts';
import { type TelemetryLoss, telemetryLossAt } from './telemetry-loss.ts';

/** Of several that apply, the first counts; healthy is what none of the others applies to. */
export const agentStates = ['stopped', 'paused', 'dead', 'hung', 'silent', 'degraded', 'idle', 'healthy'] as const;
export type AgentStateName = (typeof agentStates)[number];

/** States in which an agent needs someone, worst first. */
export const troubles: readonly AgentStateName[] = ['dead', 'hung', 'silent', 'degraded'];

export interface AgentState {
  state: AgentStateName;
  sinceMs: EpochMs;
  why: string;
}

/** All that the state of an agent at a moment is told from. */
export interface AgentEvidence {
  entry: RosterEntry;
  /** By the end of the minute that ends at the moment. */
  signs: Signs;
  /** Service time of the longest task of its pool, microseconds; null where none is known. */
  longestTaskUs: number | null;
  /** Its alerts that fire at that moment. */
  firing: readonly Alert[];
  /** Whether the alert fires that says of its pool that many fell silent together. */
  isPoolSilent: boolean;
  /** When its latest alert before that moment ended; null without one. */
  resolvedMs: EpochMs | null;
}

const IDLE_AFTER_MS = 5 * MINUTE_MS;

/**
 * What an agent is at a moment, since when, and why. See docs/states.md.
 * @param nowMs the end of a minute
 */
export function agentStateAt(evidence: AgentEvidence, nowMs: EpochMs): AgentState {
  const { signs, longestTaskUs, firing } = evidence;
  const minute = minuteOf(nowMs) - 1;
  const away = awayAt(evidence, nowMs);
  if (away) return away;
  const stuck = stuckAt(signs, minute, longestTaskUs);
  if (stuck) return { state: 'hung', sinceMs: startOfMinute(stuck.since + 1), why: wordStuck(stuck, signs, minute) };
  const isAlive = livenessThen(evidence, nowMs).kind === 'alive';
  const loss = isAlive ? telemetryLossAt(signs, minute, longestTaskUs) : null;
  if (loss) return { state: 'silent', sinceMs: startOfMinute(loss.since + 1), why: wordLoss(loss) };
  const worst = [...firing].sort((a, b) => a.onsetMs - b.onsetMs)[0];
  if (worst) return { state: 'degraded', sinceMs: worst.onsetMs, why: worst.title };
  return idleOrHealthy(evidence, nowMs, minute);
}

/** An agent from which nothing is expected, or whose heartbeats do not come; null for one that is there. */
function awayAt(evidence: AgentEvidence, nowMs: EpochMs): AgentState | null {
  const { entry, signs, firing, isPoolSilent } = evidence;
  const { beat } = signs;
  if (beat?.state === 'stopped') return { state: 'stopped', sinceMs: beat.atMs, why: 'it said so' };
  if (nowMs - entry.lastSeenMs > DAY_MINUTES * MINUTE_MS) {
    return { state: 'stopped', sinceMs: entry.lastSeenMs, why: 'nothing was heard of it for a day' };
  }
  const liveness = livenessThen(evidence, nowMs);
  if (beat?.state === 'draining' && liveness.kind === 'not-expected') {
    return { state: 'stopped', sinceMs: beat.atMs, why: 'it said that it is draining, and went quiet' };
  }
  if (liveness.kind === 'paused') return { state: 'paused', sinceMs: beat?.atMs ?? nowMs, why: 'it said so' };
  const death = firing.find(({ rule }) => rule === agentDead.id);
  if (liveness.kind === 'missing') {
    const why = `no heartbeat for ${Math.round(liveness.silentMs / 1_000)} s`;
    if (death || !isPoolSilent)
      return { state: 'dead', sinceMs: liveness.sinceMs, why: `${why}${stillHeard(signs, nowMs)}` };
    return { state: 'silent', sinceMs: liveness.sinceMs, why: `${why}, like many of its pool at once` };
  }
  // Of a moment long ago, the heartbeat before it is not known any more, and the alert is.
  if (!beat && death) return { state: 'dead', sinceMs: death.onsetMs, why: death.title };
  return null;
}

function livenessThen({ entry, signs }: AgentEvidence, nowMs: EpochMs) {
  const { lag } = entry;
  const known = { lastBeat: signs.beat, lastSeenMs: Math.min(entry.lastSeenMs, nowMs), ...(lag && { lag }) };
  return livenessAt(known, nowMs);
}

function stillHeard({ task, sample }: Signs, nowMs: EpochMs): string {
  const minute = minuteOf(nowMs) - 1;
  const heard = [task, sample].some((at) => at !== null && at === minute);
  return heard ? ', though other events of it come' : '';
}

function idleOrHealthy({ entry, signs, resolvedMs }: AgentEvidence, nowMs: EpochMs, minute: Minute): AgentState {
  const { task, progress } = signs;
  const began = workSince(signs, minute);
  const did = Math.max(
    task ?? Number.NEGATIVE_INFINITY,
    progress?.movesSince == null ? Number.NEGATIVE_INFINITY : progress.minute,
  );
  const activeMs = Math.max(startOfMinute(did + 1), entry.firstSeenMs);
  if (began === null && nowMs - activeMs > IDLE_AFTER_MS) {
    return {
      state: 'idle',
      sinceMs: activeMs,
      why: 'it has no known work, and got none done in the last five minutes',
    };
  }
  const sinceMs = Math.max(entry.firstSeenMs, resolvedMs ?? 0);
  return { state: 'healthy', sinceMs, why: wordHealthy(signs, minute, began) };
}

function wordHealthy({ task, progress }: Signs, minute: Minute, began: Minute | null): string {
  if (held(task === null ? null : { minute: task }, minute)) return 'its tasks end';
  if (progress?.movesSince != null && held(progress, minute)) return 'its progress counter moves';
  if (began !== null) return `it has had work since ${utcClock(startOfMinute(began))}`;
  return 'it has just appeared';
}

function wordStuck({ since, evidence }: Stuck, { load, beat }: Signs, minute: Minute): string {
  const hasWork = held(load, minute) ? 'its samples show work' : 'it says that it is busy';
  const minutes = minute - since;
  return evidence === 'counter'
    ? `${hasWork}, but for ${minutes} min its progress counter has stood at ${beat?.progress} and no task of it has ended`
    : `${hasWork}, but no task of it has ended for ${minutes} min; it sends no progress counter`;
}

function wordLoss({ since, evidence, hasReported }: TelemetryLoss): string {
  if (!hasReported) {
    return `its heartbeats say busy since ${utcClock(startOfMinute(since))}, but no task, sample or progress counter of it ever came`;
  }
  const works = evidence === 'counter' ? 'its progress counter moves' : 'its heartbeats say busy';
  return `${works}, but no task and no sample of it has come since ${utcClock(startOfMinute(since + 1))}`;
}
