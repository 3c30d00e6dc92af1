import { MINUTE_MS } from '../model/time.ts';
import type { Inhibition } from './inhibition.ts';
import type { AlertRule } from './rule.ts';
import { agentAtRisk } from './rules/agent-at-risk.ts';
import { agentDead } from './rules/agent-dead.ts';
import { agentFailing } from './rules/agent-failing.ts';
import { agentHung, poolHung } from './rules/agent-hung.ts';
import { agentLeaking } from './rules/agent-leaking.ts';
import { agentMute } from './rules/agent-mute.ts';
import { agentPoorQuality } from './rules/agent-poor-quality.ts';
import { agentDegraded, agentSlower } from './rules/agent-slow.ts';
import { bottleneckForming } from './rules/bottleneck-forming.ts';
import { budgetBurn, budgetTicket } from './rules/budget-burn.ts';
import { capacityAhead } from './rules/capacity-ahead.ts';
import { capacityShortfall } from './rules/capacity-shortfall.ts';
import { fleetSilent } from './rules/fleet-silent.ts';
import { fleetFailing, fleetLoadSurge, fleetPoorQuality, fleetSlower, fleetVolumeDrop } from './rules/fleet-wide.ts';
import { loadSurge } from './rules/load-surge.ts';
import { newError } from './rules/new-error.ts';
import { modelFailing, toolFailing } from './rules/part-failing.ts';
import { modelSlow, toolSlow } from './rules/part-slow.ts';
import { poolFailing, poolInterrupted } from './rules/pool-failing.ts';
import { poolPoorQuality } from './rules/pool-poor-quality.ts';
import { poolSilent } from './rules/pool-silent.ts';
import { poolDegraded, poolSlower } from './rules/pool-slower.ts';
import { poolResourceHigh, resourceHigh } from './rules/resource-high.ts';
import { taskTypeFailing, taskTypeSlower } from './rules/task-type.ts';
import { versionBetter } from './rules/version-better.ts';
import { versionWorse } from './rules/version-worse.ts';
import { volumeDrop, workStopped } from './rules/volume-drop.ts';

type Rules = readonly Pick<AlertRule, 'id'>[];

const slowAgent: Rules = [agentDegraded, agentSlower];
/** What tasks of an agent tell of it. */
const unwellAgent: Rules = [agentFailing, agentPoorQuality, ...slowAgent];
const slowPool: Rules = [poolDegraded, poolSlower];
const failingPool: Rules = [poolInterrupted, poolFailing];
const lessDone: Rules = [workStopped, volumeDrop];

/** Alerts of these rules explain those of the others about subjects that they list. */
function explaining(sources: Rules, targets: Rules): Inhibition[] {
  return sources.map(({ id }) => ({ source: id, targets: targets.map((rule) => rule.id), equal: 'explained' }));
}

/** Alerts of these rules explain those of the others about the same pool. */
function inSamePool(sources: Rules, targets: Rules): Inhibition[] {
  return sources.map(({ id }) => ({ source: id, targets: targets.map((rule) => rule.id), equal: ['pool'] }));
}

/** Alerts of these rules explain those of the others about the same agent. */
function ofSameAgent(sources: Rules, targets: Rules): Inhibition[] {
  return sources.map(({ id }) => ({ source: id, targets: targets.map((rule) => rule.id), equal: ['pool', 'agent'] }));
}

/** What begins with the rest is one of its signs; what is new in the middle of it is news. */
function fromTheSameOnset(inhibitions: readonly Inhibition[]): Inhibition[] {
  return inhibitions.map((it) => ({ ...it, onsetsWithinMs: 15 * MINUTE_MS }));
}

/**
 * Which alerts explain which: a tool, a model or a task type what is wrong with the pools that it makes up most of, the
 * system its pools, a pool its agents, a pool that is slow or fails that it gets less done, a dead agent what else is wrong
 * with it.
 */
export const inhibitions: readonly Inhibition[] = [
  ...explaining([fleetSilent], [poolSilent, agentDead, agentHung, agentMute, fleetVolumeDrop, bottleneckForming]),
  ...explaining([fleetSilent], lessDone),
  ...fromTheSameOnset(explaining([fleetSilent], failingPool)),
  ...fromTheSameOnset(inSamePool([poolSilent], failingPool)),
  ...inSamePool([poolSilent], [agentDead, agentHung, agentMute, bottleneckForming, ...lessDone]),
  ...explaining([toolSlow, modelSlow, taskTypeSlower], [fleetSlower, bottleneckForming, ...slowPool]),
  // What takes too long times out; an interruption is told all the same.
  ...explaining([taskTypeSlower], [poolFailing]),
  ...explaining([toolFailing, modelFailing, taskTypeFailing], [fleetFailing, ...failingPool]),
  ...explaining([fleetSlower], [bottleneckForming, ...slowPool]),
  ...inSamePool(slowPool, [bottleneckForming]),
  // What is given up in a queue is told as that; the queue is told beside failures that have nothing to do with it.
  ...fromTheSameOnset(inSamePool(failingPool, [bottleneckForming])),
  ...inSamePool([bottleneckForming], [loadSurge, capacityShortfall, capacityAhead, poolResourceHigh]),
  ...inSamePool([capacityShortfall], [capacityAhead]),
  ...explaining([fleetFailing], failingPool),
  ...explaining([fleetPoorQuality], [poolPoorQuality]),
  ...explaining([fleetVolumeDrop], lessDone),
  ...explaining([fleetLoadSurge], [loadSurge]),
  ...explaining([fleetSlower, fleetFailing], [fleetVolumeDrop]),
  ...explaining(slowPool, slowAgent),
  ...inSamePool([...failingPool, ...slowPool], lessDone),
  ...explaining([versionWorse], [agentFailing, ...slowAgent]),
  ...inSamePool([versionWorse], [poolFailing, bottleneckForming, versionBetter, ...slowPool]),
  ...explaining([poolPoorQuality], [agentPoorQuality]),
  ...inSamePool([poolHung], [agentHung, bottleneckForming, ...lessDone]),
  ...inSamePool([poolResourceHigh], [resourceHigh]),
  ...ofSameAgent([agentDead], [agentHung, agentMute, agentLeaking, agentAtRisk, resourceHigh, ...unwellAgent]),
  ...ofSameAgent([agentHung], [agentMute, agentAtRisk, ...unwellAgent]),
  // One breakdown that is coming is told once.
  ...ofSameAgent([agentAtRisk], [agentLeaking]),
  ...ofSameAgent([agentLeaking, agentAtRisk], [resourceHigh, ...slowAgent]),
  ...ofSameAgent([agentFailing], slowAgent),
  ...fromTheSameOnset([
    ...inSamePool([...failingPool, versionWorse], [newError]),
    ...explaining([toolFailing, modelFailing, taskTypeFailing, fleetFailing], [newError]),
  ]),
  { source: budgetBurn.id, targets: [budgetTicket.id], equal: ['budget'] },
  { source: agentDegraded.id, targets: [agentSlower.id], equal: ['pool', 'agent'] },
];
