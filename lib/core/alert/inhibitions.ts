import type { Inhibition } from './inhibition.ts';
import { agentDead } from './rules/agent-dead.ts';
import { agentFailing } from './rules/agent-failing.ts';
import { agentHung, poolHung } from './rules/agent-hung.ts';
import { agentLeaking } from './rules/agent-leaking.ts';
import { agentMute } from './rules/agent-mute.ts';
import { agentPoorQuality } from './rules/agent-poor-quality.ts';
import { agentDegraded, agentSlower } from './rules/agent-slow.ts';
import { budgetBurn, budgetTicket } from './rules/budget-burn.ts';
import { poolSilent } from './rules/pool-silent.ts';
import { poolResourceHigh, resourceHigh } from './rules/resource-high.ts';

/** Which alerts explain which: a cause in a pool those of its agents, a dead agent what else is wrong with it. */
export const inhibitions: readonly Inhibition[] = [
  { source: poolSilent.id, targets: [agentDead.id, agentHung.id, agentMute.id], equal: ['pool'] },
  { source: poolHung.id, targets: [agentHung.id], equal: ['pool'] },
  {
    source: agentDead.id,
    targets: [
      agentHung.id,
      agentMute.id,
      agentFailing.id,
      agentPoorQuality.id,
      agentDegraded.id,
      agentSlower.id,
      agentLeaking.id,
      resourceHigh.id,
    ],
    equal: ['pool', 'agent'],
  },
  {
    source: agentHung.id,
    targets: [agentMute.id, agentFailing.id, agentPoorQuality.id, agentDegraded.id, agentSlower.id],
    equal: ['pool', 'agent'],
  },
  { source: agentFailing.id, targets: [agentDegraded.id, agentSlower.id], equal: ['pool', 'agent'] },
  { source: poolResourceHigh.id, targets: [resourceHigh.id], equal: ['pool'] },
  { source: agentLeaking.id, targets: [resourceHigh.id], equal: ['pool', 'agent'] },
  { source: budgetBurn.id, targets: [budgetTicket.id], equal: ['budget'] },
  { source: agentDegraded.id, targets: [agentSlower.id], equal: ['pool', 'agent'] },
];
