import { type Liveness, livenessAt } from '../detect/liveness.ts';
import type { RosterEntry } from '../model/roster.ts';
import { type EpochMs, MINUTE_MS } from '../model/time.ts';

/** Whoever has sent no heartbeat for so long does not come back, or comes back under another name. */
const LONG_GONE_MS = 60 * MINUTE_MS;
/** Who takes the place of another may appear so long before that goes: a deployment begins the new one first. */
const AHEAD_MS = 3 * MINUTE_MS;

/** Whether an agent is missing, and so lately that its pool can still be said to lack it. */
function isMissed(liveness: Liveness): boolean {
  return liveness.kind === 'missing' && liveness.silentMs < LONG_GONE_MS;
}

/**
 * Agents of one pool that it misses: they are dead for all that is known, not long gone, and nobody has taken their place. An agent
 * that appeared when another went, or since, takes its place, one each.
 */
export function missedAgents(entries: readonly RosterEntry[], nowMs: EpochMs): RosterEntry[] {
  const lastMs = ({ lastBeat, lastSeenMs }: RosterEntry) => lastBeat?.atMs ?? lastSeenMs;
  const missing = entries.filter((entry) => isMissed(livenessAt(entry, nowMs)));
  if (missing.length === 0) return missing;
  const appeared = entries
    .filter((entry) => livenessAt(entry, nowMs).kind === 'alive')
    .map(({ firstSeenMs }) => firstSeenMs)
    .sort((a, b) => a - b);
  let next = 0;
  const isReplaced = (entry: RosterEntry) => {
    while (next < appeared.length && (appeared[next] ?? 0) < lastMs(entry) - AHEAD_MS) next += 1;
    next += 1;
    return next <= appeared.length;
  };
  // The first that went is replaced by the first that came.
  const replaced = new Set(missing.toSorted((a, b) => lastMs(a) - lastMs(b)).filter(isReplaced));
  return missing.filter((entry) => !replaced.has(entry));
}

/** Agents of one pool that it should have now: none that stopped of its own accord, rests, is long gone or has been replaced. */
export function expectedAgents(entries: readonly RosterEntry[], nowMs: EpochMs): RosterEntry[] {
  const missed = new Set(missedAgents(entries, nowMs));
  return entries.filter((entry) => missed.has(entry) || livenessAt(entry, nowMs).kind === 'alive');
}
