import type { EpochMs } from '../core/model/time.ts';
import type { ActionClass, Mode } from '../core/remediate/action-class.ts';
import { type Maintenance, NO_CHANGES, type PolicyChanges } from '../core/remediate/policy.ts';
import type { PolicyStore } from '../ports/policy-store.ts';

/** What somebody wants changed; what is absent stays as it is. */
export interface PolicyRequest {
  modes?: Partial<Record<ActionClass, Mode>>;
  killSwitch?: boolean;
  maintenance?: Maintenance[];
}

const TRIES = 5;

/**
 * Merges a change into the policy of a system; the minute job and the orchestrators' next question see it.
 * @throws Error when others keep changing it at the same time
 */
export async function changePolicy(
  deps: { policies: PolicyStore },
  { system, request, by, atMs }: { system: string; request: PolicyRequest; by: string; atMs: EpochMs },
): Promise<PolicyChanges> {
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const before = (await deps.policies.read(system)) ?? NO_CHANGES;
    const after: PolicyChanges = {
      revision: before.revision + 1,
      modes: {
        ...before.modes,
        ...Object.fromEntries(Object.entries(request.modes ?? {}).map(([name, mode]) => [name, { mode, by, atMs }])),
      },
      killSwitch: request.killSwitch === undefined ? before.killSwitch : { on: request.killSwitch, by, atMs },
      maintenance: request.maintenance === undefined ? before.maintenance : { windows: request.maintenance, by, atMs },
    };
    if (await deps.policies.save(system, after)) return after;
  }
  throw new Error(`the policy of ${system} was changed by others ${TRIES} times in a row`);
}
