import type { AlertRule } from '../rule.ts';
import { agentDead } from './agent-dead.ts';
import { agentFailing } from './agent-failing.ts';
import { agentHung, poolHung } from './agent-hung.ts';
import { agentLeaking } from './agent-leaking.ts';
import { agentMute } from './agent-mute.ts';
import { agentPoorQuality } from './agent-poor-quality.ts';
import { agentDegraded, agentSlower } from './agent-slow.ts';
import { budgetBurn, budgetTicket } from './budget-burn.ts';
import { poolSilent } from './pool-silent.ts';
import { poolResourceHigh, resourceHigh } from './resource-high.ts';

/** Evaluated in this order: a pool-wide cause is known before its agents are judged. */
export const alertRules: readonly AlertRule[] = [
  poolSilent,
  agentDead,
  ...[poolHung, agentHung, agentMute, agentFailing, agentPoorQuality, agentLeaking],
  agentDegraded,
  agentSlower,
  ...[poolResourceHigh, resourceHigh],
  budgetBurn,
  budgetTicket,
];

const byId = new Map(alertRules.map((rule) => [rule.id, rule]));

/** Undefined for a rule that there is no more. */
export function ruleOf(id: string): AlertRule | undefined {
  return byId.get(id);
}
