import type { EpochMs } from '../model/time.ts';
import type { Mode } from './action-class.ts';
import type { DirectiveRecord } from './directive.ts';
import { isInForce } from './directive-status.ts';
import { disruptedPool } from './guardrails/disruption.ts';
import { interruptsSince, tooManyInterruptions } from './guardrails/disruption-budget.ts';
import { type EnvironmentPolicy, type PolicyChanges, policyInForce } from './policy.ts';
import { stopsOf } from './stopped.ts';

/** Why a directive is not to be approved for now. */
export interface Obstacle {
  why: string;
  /** When it is over by itself; null where people have to end it. */
  untilMs: EpochMs | null;
  remedy: string;
}

/**
 * What stands in the way of an approval: the kill switch, maintenance, a class that is set to observe, or that its pool was interrupted too
 * lately, also by what was approved since the last minute. All but the last take it back in the next minute, approved or not.
 * @param policy what the environment allows, and what people changed
 * @param recent directives of the last hour at least
 */
export function approvalObstacles(
  record: DirectiveRecord,
  policy: { environment: EnvironmentPolicy; changes: PolicyChanges | null },
  recent: readonly DirectiveRecord[],
  nowMs: EpochMs,
): Obstacle[] {
  const { directive } = record;
  const stops = stopsOf(directive, policy.changes, nowMs).map(
    ({ why, untilMs, remedy }): Obstacle => ({ why, untilMs, remedy }),
  );
  const mode = policyInForce(policy.environment, policy.changes).modes[directive.kind];
  const tooSoon = isInForce(record) ? [] : tooSoonFor(record, recent, nowMs);
  return [...stops, ...(mode === 'observe' ? [observing(directive.kind)] : []), ...tooSoon];
}

function observing(kind: DirectiveRecord['directive']['kind']): Obstacle {
  const asking: Mode = 'recommend';
  return {
    why: `${kind} is set to observe, which ends what it has proposed`,
    untilMs: null,
    remedy: `set it to another mode by PUT /v1/policy {"modes": {"${kind}": "${asking}"}}`,
  };
}

function tooSoonFor({ directive }: DirectiveRecord, recent: readonly DirectiveRecord[], nowMs: EpochMs): Obstacle[] {
  if (!directive.isDisruptive) return [];
  const pool = disruptedPool(directive, null);
  const interruptions = recent.flatMap((other) => {
    const fromMs = interruptsSince(other);
    const isOfPool = other.directive.isDisruptive && disruptedPool(other.directive, null) === pool;
    return fromMs !== null && isOfPool ? [{ fromMs, summary: other.directive.summary }] : [];
  });
  const tooMany = tooManyInterruptions(pool, interruptions, nowMs);
  if (!tooMany) return [];
  const remedy = `approve it after ${new Date(tooMany.untilMs).toISOString()}, if it is still called for`;
  return [{ ...tooMany, remedy }];
}
