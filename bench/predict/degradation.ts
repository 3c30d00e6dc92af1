import { normalTail } from '../../lib/core/detect/normal-tail.ts';
import type { FaultWindow } from '../../lib/sim/engine/fault-window.ts';
import { logNormalOf } from '../../lib/sim/engine/luck.ts';
import type { AgentTruth } from '../../lib/sim/engine/policy.ts';
import { MINUTE_US } from '../../lib/sim/engine/sim-time.ts';
import { visitsByType } from '../../lib/sim/engine/visits.ts';
import type { FaultSpec, Scenario, ServiceSpec } from '../../lib/sim/scenario/scenario.ts';

/** How an agent works, as far as it is its own: a factor on its service times, and the part of its tasks that fail by it. */
export interface Condition {
  factor: number;
  failed: number;
}

/**
 * What users feel of an agent, whatever we alert about.
 * - `degradation`: it takes twice as long as it would without its fault, or half of its tasks fail.
 * - `objective`: one in five of its tasks misses its service level (fails, or is at work for longer than slaS: those that time out are
 *   among them), which is the budget of an objective of 80 %. As expected of the simulated truth, without waiting: its own
 *   speed and fault, and the distribution of service times of the task types that it can do, in the proportion in which they arrive.
 */
export const degradationKinds = ['degradation', 'objective'] as const;
export type DegradationKind = (typeof degradationKinds)[number];

export const degraded = { factor: 2, failed: 0.5, missed: 0.2 };

/** What agents of a scenario are by birth. */
export type Nature = Pick<AgentTruth, 'speed' | 'skills'>;

/**
 * When a fault takes an agent over a milestone, in minutes after the start; null where it never does, or did before it.
 */
export function degradedAt(
  kind: DegradationKind,
  { spec, from, until }: FaultWindow,
  scenario: Scenario,
  nature: Nature,
): number | null {
  const isOver = (progress: number) => {
    const condition = conditionUnder(spec, progress);
    if (kind === 'objective') return missedShare(condition, scenario, nature) >= degraded.missed;
    return condition.factor >= degraded.factor || condition.failed >= degraded.failed;
  };
  const isOverBefore =
    kind === 'objective' && missedShare({ factor: 1, failed: 0 }, scenario, nature) >= degraded.missed;
  if (isOverBefore || !isOver(1)) return null;
  // The first moment, by bisection: no fault becomes better while it lasts.
  let [low, high] = [0, 1];
  if (isOver(0)) high = 0;
  while (high - low > 1e-4) {
    const middle = (low + high) / 2;
    if (isOver(middle)) high = middle;
    else low = middle;
  }
  return (from + high * (until - from)) / MINUTE_US;
}

function conditionUnder(spec: FaultSpec, progress: number): Condition {
  switch (spec.kind) {
    case 'leak':
      return { factor: 1 + (spec.factorAtEnd - 1) * progress, failed: 0 };
    case 'error_ramp':
      return { factor: 1, failed: spec.shareAtEnd * progress };
    case 'slow':
      return { factor: spec.factor, failed: 0 };
    case 'fail_fast':
      return { factor: 1, failed: spec.share };
    case 'deploy':
      return { factor: spec.factor, failed: spec.failureShare };
    default:
      return { factor: 1, failed: 0 };
  }
}

/** Part of its tasks that miss their service level, 0..1. */
export function missedShare({ factor, failed }: Condition, scenario: Scenario, { speed, skills }: Nature): number {
  const visits = visitsByType(scenario, []);
  let [tasks, missed] = [0, 0];
  for (const { taskType, service, slaS, failureShare } of scenario.taskTypes) {
    if (!skills.has(taskType)) continue;
    const weight = visits.get(taskType) ?? 0;
    const late = beyond(service, slaS / (factor * speed));
    tasks += weight;
    missed += weight * (1 - (1 - failureShare) * (1 - failed) * (1 - late));
  }
  return tasks === 0 ? 0 : missed / tasks;
}

/** Part of the service times that is longer. */
function beyond(service: ServiceSpec, limitS: number): number {
  if (service.kind === 'deterministic') return service.meanS > limitS ? 1 : 0;
  if (service.kind === 'exponential') return Math.exp(-limitS / service.meanS);
  const { median, sigma } = logNormalOf(service);
  const scale = service.kind === 'by_size' ? service.meanS : 1;
  if (sigma === 0) return scale * median > limitS ? 1 : 0;
  return normalTail(Math.log(limitS / (scale * median)) / sigma);
}
