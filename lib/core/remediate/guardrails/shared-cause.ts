import { countOf } from './fleet-condition.ts';
import type { Guardrail } from './guardrail.ts';
import { takenOut } from './taken-out.ts';

/** More of a pool than this ill at once has a cause that its agents share. */
export const SHARED_SHARE = 0.3;
/** More agents than this are no single faults any more, whatever share of their pool they are. */
export const MAX_AGENTS = 100;

/** Agents that are ill together are not led around one by one: the cause is elsewhere, and the rest could not bear the work. */
export const sharedCause: Guardrail = {
  name: 'shared cause',
  takesBack: true,
  refuse(proposal, { fleet }) {
    if (proposal.kind !== 'route' && proposal.kind !== 'breaker') return null;
    const taken = takenOut(proposal, fleet);
    if (!taken) return null;
    const { pool, agents } = taken;
    if (agents.size > MAX_AGENTS)
      return `${agents.size} agents of pool ${pool} are concerned at once, more than ${MAX_AGENTS}: the cause is shared`;
    const members = fleet.pool(pool);
    const ill = countOf(members, 'ill');
    if (ill < 2 || ill <= SHARED_SHARE * members.size) return null;
    return `${ill} of ${members.size} agents of pool ${pool} are ill at once: the cause is shared, and the rest could not bear the work`;
  },
};
