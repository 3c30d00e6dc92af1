import { MINUTE_MS } from '../../model/time.ts';
import { disruptedPool, isDisruptive } from './disruption.ts';
import type { Action, Guardrail } from './guardrail.ts';

/** Of actions that interrupt work: one in so long, and so many in an hour, for each pool. */
export const DISRUPTION_SPACING_MS = 5 * MINUTE_MS;
export const MAX_DISRUPTIONS_PER_HOUR = 3;
const HOUR_MS = 60 * MINUTE_MS;

/** Of what interrupts a pool, the more urgent first: work that would be lost does not wait for an answer about a single agent. */
const byUrgency: readonly Action['kind'][] = ['failover', 'scale', 'restart'];

/** Whether one interruption of a pool goes before another that waits for a person. */
export function isMoreUrgent(one: Action, other: Action): boolean {
  const rank = ({ kind }: Action) => (byUrgency.includes(kind) ? byUrgency.indexOf(kind) : byUrgency.length);
  return rank(one) < rank(other);
}

/**
 * Counts what came into force, and what a person is asked for, who may say yes at any moment. What is only recommended takes nothing:
 * it is withdrawn once there is no room for it.
 */
export const disruptionBudget: Guardrail = {
  name: 'disruption budget',
  takesBack: false,
  refuse(proposal, { fleet, recent, nowMs }) {
    if (!isDisruptive(proposal, fleet)) return null;
    const pool = disruptedPool(proposal, fleet);
    let inHour = 0;
    for (const { directive, approved } of recent) {
      if (!directive.isDisruptive || disruptedPool(directive, fleet) !== pool) continue;
      const fromMs = directive.inForceMs ?? approved?.atMs ?? null;
      if (fromMs === null) {
        if (directive.ended !== null && directive.ended.atMs < nowMs) continue;
        if (directive.mode === 'recommend' || isMoreUrgent(proposal, directive)) continue;
        return `another action that interrupts pool ${pool} waits for an answer: ${directive.summary}`;
      }
      const agoMs = nowMs - fromMs;
      if (agoMs < DISRUPTION_SPACING_MS)
        return `pool ${pool} was interrupted ${Math.round(agoMs / MINUTE_MS)} min ago (${directive.summary}): once in ${DISRUPTION_SPACING_MS / MINUTE_MS} min at most`;
      if (agoMs < HOUR_MS) inHour += 1;
    }
    return inHour < MAX_DISRUPTIONS_PER_HOUR
      ? null
      : `pool ${pool} was interrupted ${inHour} times within the hour, ${MAX_DISRUPTIONS_PER_HOUR} at most`;
  },
};
