import { isUnderMaintenance } from '../policy.ts';
import type { Action, Guardrail } from './guardrail.ts';

/** A planned disturbance looks like a fault, and is none. */
export const maintenance: Guardrail = {
  name: 'maintenance',
  takesBack: true,
  refuse(proposal, { policy, nowMs, fleet }) {
    const agents = 'agent' in proposal.params && proposal.params.agent !== undefined ? [proposal.params.agent] : [];
    const pools = [...poolsNamed(proposal), ...agents.flatMap((agent) => fleet.poolOfAgent(agent) ?? [])];
    const pool = pools.find((it) => isUnderMaintenance(policy, it, nowMs));
    return pool === undefined ? null : `pool ${pool} is under maintenance`;
  },
};

function poolsNamed({ kind, params, blastRadius }: Action): string[] {
  const own = 'pool' in params && params.pool !== undefined ? [params.pool] : [];
  const ofTwo = kind === 'failover' ? [params.from, params.to] : [];
  const pooled = kind === 'scale' && params.pooling ? [params.pooling.from, params.pooling.to] : [];
  return [blastRadius.pool, ...own, ...ofTwo, ...pooled];
}
