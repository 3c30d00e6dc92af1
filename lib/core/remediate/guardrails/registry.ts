import { capacityBudget } from './capacity-budget.ts';
import { disruptionBudget } from './disruption-budget.ts';
import { failoverDestination } from './failover-destination.ts';
import { flapGuard } from './flap-guard.ts';
import type { Action, Guardrail, GuardrailContext, Refusal } from './guardrail.ts';
import { harm } from './harm.ts';
import { healthyMajority } from './healthy-majority.ts';
import { holdAfterRefusal } from './hold-after-refusal.ts';
import { killSwitch } from './kill-switch.ts';
import { lastOfTaskType } from './last-of-task-type.ts';
import { maintenance } from './maintenance.ts';
import { oneOwner } from './one-owner.ts';
import { settling } from './settling.ts';
import { sharedCause } from './shared-cause.ts';
import { staleTelemetry } from './stale-telemetry.ts';
import { stormBrake } from './storm-brake.ts';
import { tokenBucket } from './token-bucket.ts';
import { twoSignals } from './two-signals.ts';
import { warmUp } from './warm-up.ts';

/** Asked in this order: the first that speaks against a proposal is the reason that people read. */
export const guardrails: readonly Guardrail[] = [
  ...[killSwitch, maintenance, harm, sharedCause, warmUp, staleTelemetry],
  ...[holdAfterRefusal, flapGuard, twoSignals, failoverDestination],
  ...[stormBrake, healthyMajority, lastOfTaskType, oneOwner, settling],
  ...[capacityBudget, disruptionBudget, tokenBucket],
];

/** The first reason not to carry out a proposal; null when nothing speaks against it. */
export function refusalOf(proposal: Action, context: GuardrailContext, asked: readonly Guardrail[]): Refusal | null {
  for (const { name, takesBack, refuse } of asked) {
    const why = refuse(proposal, context);
    if (why !== null) return { guardrail: name, takesBack, why };
  }
  return null;
}
