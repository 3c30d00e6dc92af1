import { MINUTE_MS } from '../../model/time.ts';
import { disruptedPool, isDisruptive } from './disruption.ts';
import type { Guardrail } from './guardrail.ts';

/** Of actions that interrupt work: one in so long, and so many in an hour, for each pool. */
export const DISRUPTION_SPACING_MS = 5 * MINUTE_MS;
export const MAX_DISRUPTIONS_PER_HOUR = 3;
const HOUR_MS = 60 * MINUTE_MS;

/** Counts what came into force, and what waits for a person, who may say yes at any moment. */
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
