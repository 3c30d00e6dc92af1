import { beyondReach } from '../core/model/pool-access.ts';
import type { EpochMs } from '../core/model/time.ts';
import { approvalObstacles, type Obstacle } from '../core/remediate/approval-obstacles.ts';
import type { DirectiveRecord } from '../core/remediate/directive.ts';
import { COUNTED_MS } from '../core/remediate/guardrails/disruption-budget.ts';
import { poolsOf } from '../core/remediate/measure-directives.ts';
import type { EnvironmentPolicy } from '../core/remediate/policy.ts';
import type { DirectiveStore } from '../ports/directive-store.ts';
import type { PolicyStore } from '../ports/policy-store.ts';

export type ObstacleDeps = EnvironmentPolicy & {
  directives: Pick<DirectiveStore, 'recent'>;
  policies: Pick<PolicyStore, 'read'>;
};

/**
 * What an approval of a directive would be refused for now.
 * @param holder who would approve it: of what also sets pools that they have no say about, nothing else is told
 */
export async function readObstacles(
  deps: ObstacleDeps,
  system: string,
  record: DirectiveRecord,
  nowMs: EpochMs,
  holder: { pools?: readonly string[] } = {},
): Promise<Obstacle[]> {
  const beyond = beyondReach(holder, poolsOf(record.directive));
  if (beyond.length > 0) {
    const why = `it also concerns ${beyond.join(', ')}`;
    return [{ why, untilMs: null, remedy: 'approve it with a key that has all of its pools' }];
  }
  const [changes, recent] = await Promise.all([
    deps.policies.read(system),
    record.directive.isDisruptive ? deps.directives.recent(system, nowMs - COUNTED_MS) : [],
  ]);
  return approvalObstacles(record, { environment: deps, changes }, recent, nowMs);
}
