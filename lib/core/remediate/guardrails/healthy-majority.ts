import { othersWell } from './capacity-budget.ts';
import { isDisruptive } from './disruption.ts';
import { countOf } from './fleet-condition.ts';
import type { Guardrail } from './guardrail.ts';
import { addedBy, agentsActedOn, areIdle, takenOut, takenOutOf } from './taken-out.ts';

/** Of the agents that a pool should have, so much must be well and at work after an action that takes some out. */
export const HEALTHY_SHARE = 0.51;

/**
 * A pool that is mostly ill is not made smaller; agents that do nothing as it is make it no smaller. For a failover it is the pool that
 * takes over that must be well.
 * @see https://github.com/medik8s/node-healthcheck-operator (minHealthy)
 */
export const healthyMajority: Guardrail = {
  name: 'healthy majority',
  takesBack: false,
  refuse(proposal, context) {
    const { fleet, live } = context;
    if (proposal.kind === 'failover') {
      const { to } = proposal.params;
      return refusalFor(to, othersWell(fleet.pool(to), takenOutOf(to, live, fleet)), fleet.pool(to).size);
    }
    const added = addedBy(proposal, context);
    const own = takenOut(proposal, fleet);
    const pool = added?.pool ?? (proposal.kind === 'restart' ? fleet.poolOfAgent(proposal.params.agent) : undefined);
    if (pool === undefined || (!added && !isDisruptive(proposal, fleet))) return null;
    if (areIdle(added?.agents ?? agentsActedOn(proposal), proposal, context)) return null;
    const members = fleet.pool(pool);
    const out = takenOutOf(pool, live, fleet);
    const agents = new Set([...out.agents, ...(own?.agents ?? [])]);
    const unnamed = out.unnamed + (own?.unnamed ?? 0);
    // Agents that are asked to go for good are no part of the pool any more.
    const size = Math.max(countOf(members, 'ill', 'silent', 'dead'), members.size - unnamed);
    return refusalFor(pool, othersWell(members, { pool, agents, unnamed }), size);
  },
};

function refusalFor(pool: string, well: number, of: number): string | null {
  if (of > 0 && well >= HEALTHY_SHARE * of) return null;
  return `${well} of ${of} agents of pool ${pool} would be well and at work, less than ${Math.round(HEALTHY_SHARE * 100)} %`;
}
