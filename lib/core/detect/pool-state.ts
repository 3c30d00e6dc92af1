import type { Alert } from '../alert/alert.ts';
import { DAY_MINUTES, type EpochMs, MINUTE_MS } from '../model/time.ts';
import { type AgentState, type AgentStateName, troubles } from './agent-state.ts';

export interface PoolState {
  state: AgentStateName;
  sinceMs: EpochMs;
  why: string;
}

export interface PoolMember {
  agent: string;
  firstSeenMs: EpochMs;
  lastSeenMs: EpochMs;
  state: AgentState;
}

/** Those that have not stopped and were heard of within a day. */
export function presentMembers(members: readonly PoolMember[], nowMs: EpochMs): PoolMember[] {
  return members.filter(
    ({ lastSeenMs, state }) => state.state !== 'stopped' && nowMs - lastSeenMs <= DAY_MINUTES * MINUTE_MS,
  );
}

/**
 * What a pool is at a moment, since when, and why: as its own alerts and the states of its agents say.
 * @param members everyone who ever belonged to it
 * @param firing the pool's alerts that fire at that moment, those of single agents excepted
 * @param resolvedMs when the latest alert of the pool or its agents before it ended; null without one
 */
export function poolStateAt(
  members: readonly PoolMember[],
  nowMs: EpochMs,
  firing: readonly Alert[],
  resolvedMs: EpochMs | null,
): PoolState {
  const present = presentMembers(members, nowMs);
  const inState = (...states: AgentStateName[]) => present.filter(({ state }) => states.includes(state.state));
  if (present.length === 0) {
    const lastSeenMs = members.map(({ lastSeenMs: atMs }) => atMs);
    if (lastSeenMs.length === 0) return { state: 'stopped', sinceMs: nowMs, why: 'no agent of it was ever heard of' };
    return { state: 'stopped', sinceMs: greatest(lastSeenMs), why: 'all its agents have stopped or left' };
  }
  for (const lost of ['dead', 'hung', 'silent'] as const) {
    const all = inState(lost);
    if (all.length === present.length)
      return { state: lost, sinceMs: latest(all), why: `${counted(all, present)} ${lost}` };
  }
  const own = [...firing].sort((a, b) => a.onsetMs - b.onsetMs)[0];
  if (own) return { state: 'degraded', sinceMs: own.onsetMs, why: own.title };
  const unwell = inState(...troubles);
  if (unwell.length > 0) return { state: 'degraded', sinceMs: earliest(unwell), why: wordUnwell(unwell, present) };
  const paused = inState('paused');
  if (paused.length === present.length) {
    return { state: 'paused', sinceMs: latest(paused), why: `${counted(paused, present)} paused` };
  }
  const resting = inState('paused', 'idle');
  if (resting.length === present.length) {
    return { state: 'idle', sinceMs: latest(resting), why: `${counted(resting, present)} without work` };
  }
  const firstSeenMs = least(present.map((member) => member.firstSeenMs));
  const sinceMs = Math.max(firstSeenMs, resolvedMs ?? Number.NEGATIVE_INFINITY);
  return { state: 'healthy', sinceMs, why: 'nothing is known to be wrong' };
}

function wordUnwell(unwell: readonly PoolMember[], present: readonly PoolMember[]): string {
  const shown = unwell.slice(0, 3).map(({ agent, state }) => `${agent} (${state.state})`);
  const more = unwell.length > shown.length ? `, and ${unwell.length - shown.length} more` : '';
  const needs = unwell.length === 1 ? 'needs' : 'need';
  return `${unwell.length} of ${present.length} agents ${needs} attention: ${shown.join(', ')}${more}`;
}

function counted(some: readonly PoolMember[], present: readonly PoolMember[]): string {
  if (present.length === 1) return `its only agent, ${some[0]?.agent}, is`;
  return `all ${present.length} agents are`;
}

function earliest(members: readonly PoolMember[]): EpochMs {
  return least(members.map(({ state }) => state.sinceMs));
}

function latest(members: readonly PoolMember[]): EpochMs {
  return greatest(members.map(({ state }) => state.sinceMs));
}

// Not Math.min(...): a call takes some hundred thousand arguments at most, and a pool may have more agents.
function least(moments: readonly EpochMs[]): EpochMs {
  return moments.reduce((one, other) => Math.min(one, other), Number.POSITIVE_INFINITY);
}

function greatest(moments: readonly EpochMs[]): EpochMs {
  return moments.reduce((one, other) => Math.max(one, other), Number.NEGATIVE_INFINITY);
}
