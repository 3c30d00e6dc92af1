import type { Alert } from '../alert/alert.ts';
import type { RosterEntry } from '../model/roster.ts';
import { type EpochMs, MINUTE_MS } from '../model/time.ts';
import { livenessAt } from './liveness.ts';

export const agentStates = ['healthy', 'degraded', 'idle', 'dead', 'paused', 'stopped'] as const;
export type AgentStateName = (typeof agentStates)[number];

export interface AgentState {
  state: AgentStateName;
  sinceMs: EpochMs;
  why: string;
}

const IDLE_AFTER_MS = 5 * MINUTE_MS;

/**
 * What an agent is at a moment, since when, and why.
 * @param entry as it was at that moment: its lastBeat and lastSeenMs are not later
 * @param firing the agent's alerts that fire at that moment
 * @param resolvedMs when the agent's latest alert before it ended; null without one
 * @param lastTaskMs when a task of the agent last ended; null where none is known
 */
export function agentStateAt(
  entry: RosterEntry,
  nowMs: EpochMs,
  firing: readonly Alert[],
  resolvedMs: EpochMs | null,
  lastTaskMs: EpochMs | null,
): AgentState {
  const liveness = livenessAt(entry, nowMs);
  const beat = entry.lastBeat;
  if (liveness.kind === 'missing') {
    const why = `no heartbeat for ${Math.round(liveness.silentMs / 1_000)} s`;
    return { state: 'dead', sinceMs: liveness.sinceMs, why };
  }
  if (beat?.state === 'stopped' || (beat?.state === 'draining' && liveness.kind === 'not-expected')) {
    return { state: 'stopped', sinceMs: beat.atMs, why: 'it said so' };
  }
  if (liveness.kind === 'paused')
    return { state: 'paused', sinceMs: beat?.atMs ?? entry.lastSeenMs, why: 'it said so' };
  const worst = [...firing].sort((a, b) => a.onsetMs - b.onsetMs)[0];
  if (worst) return { state: 'degraded', sinceMs: worst.onsetMs, why: worst.title };
  const activeMs = Math.max(lastTaskMs ?? Number.NEGATIVE_INFINITY, entry.firstSeenMs);
  if (nowMs - activeMs > IDLE_AFTER_MS) {
    return { state: 'idle', sinceMs: activeMs, why: 'no task ended in the last five minutes' };
  }
  return {
    state: 'healthy',
    sinceMs: Math.max(entry.firstSeenMs, resolvedMs ?? 0),
    why: 'nothing is known to be wrong',
  };
}
