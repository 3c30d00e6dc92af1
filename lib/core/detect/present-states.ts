import { type Signs, signsBefore } from '../kpi/signs.ts';
import { poolOf, type RosterEntry } from '../model/roster.ts';
import { minuteOf } from '../model/time.ts';
import { type AgentState, agentStateAt } from './agent-state.ts';
import { longestTaskUs, type MinuteSeen } from './detection-context.ts';

/** What an agent is at the end of the judged minute apart from any alert, and what tells so. */
export interface PresentState {
  entry: RosterEntry;
  signs: Signs;
  longestTaskUs: number | null;
  present: AgentState;
}

/** By pool; the same for all rules that judge a minute. */
export function presentStates(seen: MinuteSeen): ReadonlyMap<string, readonly PresentState[]> {
  const found = known.get(seen.minutes) ?? statesOf(seen);
  known.set(seen.minutes, found);
  return found;
}

const known = new WeakMap<MinuteSeen['minutes'], Map<string, PresentState[]>>();

function statesOf(seen: MinuteSeen): Map<string, PresentState[]> {
  const states = [...seen.roster.values()].map((entry): PresentState => {
    // With what a clock that is ahead told already: without its newest task, an agent would seem to get nothing done.
    const signs = signsBefore(entry, Math.max(seen.minute, minuteOf(entry.lastSeenMs)) + 1);
    const longest = longestTaskUs(seen, poolOf(entry));
    const apart = { firing: [], isPoolSilent: false, resolvedMs: null };
    const present = agentStateAt({ entry, signs, longestTaskUs: longest, ...apart }, seen.nowMs);
    return { entry, signs, longestTaskUs: longest, present };
  });
  return Map.groupBy(states, ({ entry }) => poolOf(entry));
}
