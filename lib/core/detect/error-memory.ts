import { OTHER_ERRORS } from '../kpi/error-rollup.ts';
import { poolOf } from '../model/roster.ts';
import { DAY_MINUTES, type Minute } from '../model/time.ts';
import { LOOKBACK_MINUTES, type MinuteSeen } from './detection-context.ts';

/** A kind of error, as errorSignature names it, that agents' tasks ended with. */
export type SeenError = {
  /** The newest minute that it is known in; of what is usual to the hour. */
  lastSeen: Minute;
  /** Whether more than one agent had it. */
  isShared: boolean;
} & ({ state: 'usual' } | NewError);

/** One that nobody had for more than a day, or ever. For a day it counts as new. */
export interface NewError {
  state: 'new';
  /** The minute in which it was seen first. */
  since: Minute;
  /** When it had been seen before that; null for never, as far as is remembered. */
  before: Minute | null;
  /** How often in the newest minutes with it, oldest first. */
  recent: [Minute, number][];
  /** Agents with the newest minute in which they had it, newest first; {@link MOST_AGENTS} at most. */
  agents: [string, Minute][];
  /** Pools of all its agents in the order in which they joined, {@link MOST_POOLS} at most. */
  pools: string[];
}

/** Which errors a system has. */
export interface ErrorMemory {
  /** The newest minute that was learned from. */
  minute: Minute;
  /** Minutes with tasks that are known, up to {@link LEARNING_MINUTES}: what is seen in them is usual. */
  learned: number;
  seen: ReadonlyMap<string, SeenError>;
}

export const noErrors: ErrorMemory = { minute: 0, learned: 0, seen: new Map() };

export const LEARNING_MINUTES = 60;
/** What was not seen for so long is new: more than a day, so that a nightly job's errors stay known. */
export const NEW_AFTER_MINUTES = DAY_MINUTES + 120;
/** What was not seen for so long is forgotten. */
const FORGOTTEN_MINUTES = 14 * DAY_MINUTES;
/** More kinds of errors are not remembered. */
export const MOST_ERRORS = 500;
export const MOST_AGENTS = 20;
export const MOST_POOLS = 5;
/** That what is usual was seen is noted so often: each note is a write. */
const NOTED_MINUTES = 60;
/** Of errors that tell nothing but that a task ended badly. */
const NAMELESS: readonly string[] = ['failed', 'timeout', 'rejected', OTHER_ERRORS];

/**
 * Takes a minute in, and the one before it once more, which late reports may have changed.
 * @returns the same memory where there is nothing to note, also for a minute that is in it already
 */
export function errorsAfter(memory: ErrorMemory, seen: MinuteSeen): ErrorMemory {
  const { minute } = seen;
  const after = new Map(memory.seen);
  let isChanged = false;
  let { learned } = memory;
  for (const at of [minute - 1, minute]) {
    for (const [signature, had] of errorsIn(seen, at)) {
      const known = after.get(signature);
      const next = learned < LEARNING_MINUTES ? usual(known, had, at) : seenAgain(known, had, at);
      if (next === known) continue;
      after.set(signature, next);
      isChanged = true;
    }
  }
  const hasTasks = (seen.minutes.get(minute)?.tasks ?? []).some(({ size }) => size > 0);
  const learns = learned < LEARNING_MINUTES && hasTasks && minute > memory.minute;
  if (learns) learned += 1;
  for (const [signature, error] of after) {
    if (minute - error.lastSeen > FORGOTTEN_MINUTES) isChanged = after.delete(signature);
    else if (error.state === 'new' && minute - error.since >= DAY_MINUTES) {
      after.set(signature, usual(error, { agents: new Map(), pools: new Set() }, error.lastSeen));
      isChanged = true;
    }
  }
  for (const [signature, { isShared, lastSeen }] of leastTelling(after)) {
    after.delete(signature);
    // From now on what is not remembered may have been seen until then.
    if (isShared) learned = Math.min(learned, Math.max(0, minute - lastSeen));
  }
  if (!isChanged && !learns) return memory;
  return { minute: learns ? minute : memory.minute, learned, seen: after };
}

/** How often a new error was seen in the minutes looked back on. */
export function timesLately({ recent }: NewError, minute: Minute): number {
  return recent.reduce((sum, [at, n]) => (isLookedBackOn(at, minute) ? sum + n : sum), 0);
}

/** In how many of them. */
export function minutesLately({ recent }: NewError, minute: Minute): number {
  return recent.filter(([at]) => isLookedBackOn(at, minute)).length;
}

/** Who had it in them, {@link MOST_AGENTS} at most. */
export function agentsLately({ agents }: NewError, minute: Minute): string[] {
  return agents.flatMap(([agent, at]) => (isLookedBackOn(at, minute) ? [agent] : []));
}

function isLookedBackOn(at: Minute, minute: Minute): boolean {
  return at > minute - LOOKBACK_MINUTES && at <= minute;
}

/** What one signature came to in one minute. */
interface Had {
  /** How often by agent. */
  agents: Map<string, number>;
  pools: Set<string>;
}

/** Of agents that are known; what was rejected before it reached one tells of none. */
function errorsIn({ minutes, roster }: MinuteSeen, at: Minute): Map<string, Had> {
  const found = new Map<string, Had>();
  for (const { agent, signature, n } of minutes.get(at)?.errors ?? []) {
    const entry = roster.get(agent);
    if (!entry || NAMELESS.includes(signature)) continue;
    const had = found.get(signature) ?? { agents: new Map(), pools: new Set() };
    found.set(signature, had);
    had.agents.set(agent, (had.agents.get(agent) ?? 0) + n);
    had.pools.add(poolOf(entry));
  }
  return found;
}

function usual(known: SeenError | undefined, { agents }: Had, at: Minute): SeenError {
  const isShared = known?.isShared === true || agents.size > 1;
  if (known?.state === 'usual' && known.isShared === isShared && at - known.lastSeen < NOTED_MINUTES) return known;
  return { state: 'usual', isShared, lastSeen: Math.max(at, known?.lastSeen ?? at) };
}

function seenAgain(known: SeenError | undefined, had: Had, at: Minute): SeenError {
  if (known?.state === 'usual' && at - known.lastSeen < NEW_AFTER_MINUTES) return usual(known, had, at);
  const own = known?.state === 'new' ? known : null;
  const pools = [...new Set([...(own?.pools ?? []), ...[...had.pools].sort()])].slice(0, MOST_POOLS);
  const agents = new Map(own?.agents);
  for (const agent of had.agents.keys()) agents.set(agent, Math.max(at, agents.get(agent) ?? at));
  const n = [...had.agents.values()].reduce((sum, times) => sum + times, 0);
  const recent = new Map(own?.recent).set(at, n);
  return {
    state: 'new',
    since: Math.min(at, own?.since ?? at),
    before: own ? own.before : (known?.lastSeen ?? null),
    lastSeen: Math.max(at, own?.lastSeen ?? at),
    isShared: agents.size > 1,
    recent: [...recent].sort(([a], [b]) => a - b).slice(-LOOKBACK_MINUTES),
    agents: [...agents].sort(([a, from], [b, to]) => to - from || (a < b ? -1 : 1)).slice(0, MOST_AGENTS),
    pools,
  };
}

/** What is beyond the bound: those of a single agent, which may have a name for each of its errors, before any others. */
function leastTelling(seen: ReadonlyMap<string, SeenError>): [string, SeenError][] {
  if (seen.size <= MOST_ERRORS) return [];
  return [...seen]
    .sort(
      ([a, one], [b, other]) =>
        Number(one.isShared) - Number(other.isShared) || one.lastSeen - other.lastSeen || (a < b ? -1 : 1),
    )
    .slice(0, seen.size - MOST_ERRORS);
}
