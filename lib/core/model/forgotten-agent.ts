import type { Roster, RosterEntry } from './roster.ts';
import { type EpochMs, type Minute, minuteOf } from './time.ts';

/** An agent that somebody took out of the fleet. */
export interface ForgottenAgent {
  /** What it reported of times until then does not bring it back; what comes after makes a new agent of it. */
  atMs: EpochMs;
  /** What was known of it: past figures of its pool are told by this. */
  entry: RosterEntry;
}

/** By agent; of one that was forgotten several times, the latest. */
export type Forgotten = ReadonlyMap<string, ForgottenAgent>;

export const nobodyForgotten: Forgotten = new Map();

/** The roster without those that were forgotten and have not reported since. */
export function withoutForgotten(roster: Roster, forgotten: Forgotten): Roster {
  if (forgotten.size === 0) return roster;
  return new Map([...roster].filter(([agent, entry]) => entry.firstSeenMs > (forgotten.get(agent)?.atMs ?? -1)));
}

/** Those that were forgotten and are not back, as sums over a time when they were there need them. */
export function departedEntries(roster: Roster, forgotten: Forgotten): RosterEntry[] {
  return [...forgotten]
    .filter(([agent]) => !roster.has(agent))
    .map(([, { entry, atMs }]) => ({ ...entry, forgottenMs: atMs }));
}

/** Everyone by id, those included who were forgotten: what they did stays with their pool. */
export function withDeparted(roster: Roster, forgotten: Forgotten): Roster {
  return new Map([...roster.values(), ...departedEntries(roster, forgotten)].map((entry) => [entry.agent, entry]));
}

/** The first minute that is shown of an agent: what it did before it was forgotten is not. */
export function shownFrom(forgotten: Forgotten, agent: string): Minute {
  const atMs = forgotten.get(agent)?.atMs;
  return atMs === undefined ? Number.NEGATIVE_INFINITY : minuteOf(atMs) + 1;
}
