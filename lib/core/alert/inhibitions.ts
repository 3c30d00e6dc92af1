import type { Inhibition } from './inhibition.ts';
import { agentDead } from './rules/agent-dead.ts';
import { agentDegraded, agentSlower } from './rules/agent-slow.ts';
import { modelFailing, toolFailing } from './rules/part-failing.ts';
import { modelSlow, toolSlow } from './rules/part-slow.ts';
import { poolFailing, poolInterrupted } from './rules/pool-failing.ts';
import { poolSilent } from './rules/pool-silent.ts';
import { poolDegraded, poolSlower } from './rules/pool-slower.ts';

const slowPool = [poolDegraded.id, poolSlower.id];
const failingPool = [poolInterrupted.id, poolFailing.id];
const slowAgent = [agentDegraded.id, agentSlower.id];

/**
 * Which alerts explain which: a tool or model what is wrong with the pools that it makes up most of, a cause in a pool those
 * of its agents, a dead agent what else is wrong with it.
 */
export const inhibitions: readonly Inhibition[] = [
  { source: poolSilent.id, targets: [agentDead.id], equal: ['pool'] },
  ...[toolSlow, modelSlow].map(({ id }) => ({ source: id, targets: slowPool, equal: 'explained' as const })),
  ...[toolFailing, modelFailing].map(({ id }) => ({ source: id, targets: failingPool, equal: 'explained' as const })),
  ...slowPool.map((source) => ({ source, targets: slowAgent, equal: 'explained' as const })),
  { source: agentDead.id, targets: [agentDegraded.id, agentSlower.id], equal: ['pool', 'agent'] },
  { source: agentDegraded.id, targets: [agentSlower.id], equal: ['pool', 'agent'] },
];
