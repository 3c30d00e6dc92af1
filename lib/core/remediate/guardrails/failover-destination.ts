import type { Guardrail } from './guardrail.ts';

/** Work does not go round in circles: not to where it came from, nor to a pool whose own work is sent away. */
export const failoverDestination: Guardrail = {
  name: 'failover destination',
  takesBack: false,
  refuse(proposal, { live }) {
    if (proposal.kind !== 'failover') return null;
    const { from, to } = proposal.params;
    if (from === to) return `pool ${from} cannot take over from itself`;
    for (const { directive } of live) {
      if (directive.kind !== 'failover') continue;
      if (directive.params.from === to) return `the work of pool ${to} is sent to ${directive.params.to}`;
      if (directive.params.to === from) return `pool ${from} does the work of pool ${directive.params.from}`;
    }
    return null;
  },
};
