import type { AlertRule } from '../rule.ts';
import { agentDead } from './agent-dead.ts';
import { agentDegraded, agentSlower } from './agent-slow.ts';
import { modelFailing, toolFailing } from './part-failing.ts';
import { modelSlow, toolSlow } from './part-slow.ts';
import { poolFailing, poolInterrupted } from './pool-failing.ts';
import { poolPoorQuality } from './pool-poor-quality.ts';
import { poolSilent } from './pool-silent.ts';
import { poolDegraded, poolSlower } from './pool-slower.ts';

/** Evaluated in this order: a pool-wide cause is known before its agents are judged. */
export const alertRules: readonly AlertRule[] = [
  poolSilent,
  ...[toolFailing, toolSlow, modelFailing, modelSlow],
  ...[poolDegraded, poolSlower, poolInterrupted, poolFailing, poolPoorQuality],
  ...[agentDead, agentDegraded, agentSlower],
];

const byId = new Map(alertRules.map((rule) => [rule.id, rule]));

/** Undefined for a rule that there is no more. */
export function ruleOf(id: string): AlertRule | undefined {
  return byId.get(id);
}
