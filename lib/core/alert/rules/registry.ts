import type { AlertRule } from '../rule.ts';
import { actionFlapping } from './action-flapping.ts';
import { agentAtRisk } from './agent-at-risk.ts';
import { agentDead } from './agent-dead.ts';
import { agentFailing } from './agent-failing.ts';
import { agentHung, poolHung } from './agent-hung.ts';
import { agentLeaking } from './agent-leaking.ts';
import { agentMute } from './agent-mute.ts';
import { agentPoorQuality } from './agent-poor-quality.ts';
import { agentDegraded, agentSlower } from './agent-slow.ts';
import { bottleneckForming } from './bottleneck-forming.ts';
import { budgetBurn, budgetTicket } from './budget-burn.ts';
import { capacityAhead } from './capacity-ahead.ts';
import { capacityShortfall } from './capacity-shortfall.ts';
import { fleetSilent } from './fleet-silent.ts';
import { fleetFailing, fleetLoadSurge, fleetPoorQuality, fleetSlower, fleetVolumeDrop } from './fleet-wide.ts';
import { loadSurge } from './load-surge.ts';
import { metricAnomaly } from './metric-anomaly.ts';
import { newError } from './new-error.ts';
import { modelFailing, toolFailing } from './part-failing.ts';
import { modelSlow, toolSlow } from './part-slow.ts';
import { poolFailing, poolInterrupted } from './pool-failing.ts';
import { poolOversized } from './pool-oversized.ts';
import { poolPoorQuality } from './pool-poor-quality.ts';
import { poolSilent } from './pool-silent.ts';
import { poolDegraded, poolSlower } from './pool-slower.ts';
import { efficiencyRecommended, improvementRecommended } from './recommendation-open.ts';
import { poolResourceHigh, resourceHigh } from './resource-high.ts';
import { retryStorm } from './retry-storm.ts';
import { taskTypeFailing, taskTypeSlower } from './task-type.ts';
import { versionBetter } from './version-better.ts';
import { versionWorse } from './version-worse.ts';
import { volumeDrop, workStopped } from './volume-drop.ts';

/** Evaluated in this order: a pool-wide cause is known before its agents are judged. */
export const alertRules: readonly AlertRule[] = [
  ...[fleetSilent, poolSilent],
  ...[toolFailing, toolSlow, modelFailing, modelSlow, taskTypeFailing, taskTypeSlower],
  ...[fleetFailing, fleetSlower, fleetPoorQuality, fleetVolumeDrop, fleetLoadSurge],
  ...[poolDegraded, poolSlower, bottleneckForming, poolInterrupted, poolFailing, poolPoorQuality],
  ...[retryStorm, workStopped, volumeDrop, loadSurge, metricAnomaly],
  ...[agentDead, poolHung, agentHung, agentMute, versionWorse],
  ...[agentFailing, agentDegraded, agentSlower, agentPoorQuality],
  ...[agentLeaking, agentAtRisk, poolResourceHigh, resourceHigh, capacityShortfall, capacityAhead],
  ...[poolOversized, versionBetter],
  // After all that may tell the same.
  ...[efficiencyRecommended, improvementRecommended],
  actionFlapping,
  // After all that tells of failing tasks by their number.
  newError,
  ...[budgetBurn, budgetTicket],
];

const byId = new Map(alertRules.map((rule) => [rule.id, rule]));

/** Undefined for a rule that there is no more. */
export function ruleOf(id: string): AlertRule | undefined {
  return byId.get(id);
}
