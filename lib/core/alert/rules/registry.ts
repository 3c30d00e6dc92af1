import type { AlertRule } from '../rule.ts';
import { agentDead } from './agent-dead.ts';
import { agentDegraded, agentSlower } from './agent-slow.ts';
import { poolSilent } from './pool-silent.ts';

/** Evaluated in this order: a pool-wide cause is known before its agents are judged. */
export const alertRules: readonly AlertRule[] = [poolSilent, agentDead, agentDegraded, agentSlower];
