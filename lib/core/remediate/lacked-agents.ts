import { livenessAt } from '../detect/liveness.ts';
import { poolOf, type RosterEntry } from '../model/roster.ts';
import type { EpochMs } from '../model/time.ts';
import type { DecisionContext } from './directive-kind.ts';
import { missedAgents } from './expected-agents.ts';
import { SETTLING_MS, scaleHistories } from './scale/scale-history.ts';

/**
 * Agents of a pool that it misses and is to have. None of those is that went without a goodbye when fewer were ordered, up to as many as
 * were ordered away beyond those that did say goodbye: to start them again would undo the order. And agents that came as more were ordered
 * take nobody's place.
 */
export function lackedAgents(pool: string, context: DecisionContext): RosterEntry[] {
  const { roster, nowMs } = context;
  const entries = [...roster.values()].filter((entry) => poolOf(entry) === pool);
  const asOrdered = new Set<RosterEntry>();
  // Each is told by the first order that explains it.
  for (const { before, desired, sinceMs, wasUndone } of scaleHistories(context).get(pool)?.toReversed() ?? []) {
    if (before === null || sinceMs === null || wasUndone) continue;
    const didAsOrdered = desired > before ? [cameBy] : [leftBy, vanishedBy];
    const its = didAsOrdered.flatMap((did) =>
      entries.filter((entry) => !asOrdered.has(entry) && did(sinceMs, entry, nowMs)),
    );
    for (const entry of its.slice(0, Math.abs(desired - before))) asOrdered.add(entry);
  }
  return missedAgents(
    entries.filter((entry) => !asOrdered.has(entry)),
    nowMs,
  );
}

/** Whether it is there, and appeared after an order and no later than that takes to come about. */
function cameBy(orderedMs: EpochMs, entry: RosterEntry, nowMs: EpochMs): boolean {
  const { firstSeenMs } = entry;
  if (livenessAt(entry, nowMs).kind !== 'alive') return false;
  return firstSeenMs >= orderedMs && firstSeenMs < orderedMs + SETTLING_MS;
}

/** Whether it has said goodbye since an order, or is about to, however long its last tasks take. */
function leftBy(orderedMs: EpochMs, { lastBeat }: RosterEntry): boolean {
  return (lastBeat?.state === 'stopped' || lastBeat?.state === 'draining') && lastBeat.atMs >= orderedMs;
}

/** Whether it is silent, and its last heartbeats came until an order, or no later than that takes to come about. One may have been lost. */
function vanishedBy(orderedMs: EpochMs, entry: RosterEntry, nowMs: EpochMs): boolean {
  const { lastBeat } = entry;
  if (!lastBeat || livenessAt(entry, nowMs).kind !== 'missing') return false;
  return lastBeat.atMs + 2 * lastBeat.intervalMs >= orderedMs && lastBeat.atMs < orderedMs + SETTLING_MS;
}
