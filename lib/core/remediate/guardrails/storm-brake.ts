import { countOf } from './fleet-condition.ts';
import type { Guardrail } from './guardrail.ts';
import { SHARED_SHARE } from './shared-cause.ts';
import { addedBy } from './taken-out.ts';

/**
 * While more than {@link SHARED_SHARE} of a pool is ill or gone, no single agent that still works is taken out, and none
 * is restarted. To keep work from those that are dead takes nothing away, so that stays allowed.
 * @see https://kubernetes.io/docs/concepts/architecture/nodes/#rate-limits-on-eviction
 */
export const stormBrake: Guardrail = {
  name: 'storm brake',
  takesBack: false,
  refuse(proposal, context) {
    const { kind } = proposal;
    if (kind !== 'route' && kind !== 'breaker' && kind !== 'restart') return null;
    const { fleet } = context;
    const added = addedBy(proposal, context);
    const pool = added?.pool ?? (kind === 'restart' ? fleet.poolOfAgent(proposal.params.agent) : undefined);
    if (pool === undefined) return null;
    const members = fleet.pool(pool);
    const bad = countOf(members, 'ill', 'silent', 'dead');
    if (bad < 2 || bad <= SHARED_SHARE * members.size) return null;
    return `${bad} of ${members.size} agents of pool ${pool} are ill or gone: no single one is taken out while that lasts`;
  },
};
