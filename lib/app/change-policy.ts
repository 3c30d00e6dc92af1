import type { Actor } from '../core/model/audit-entry.ts';
import type { EpochMs } from '../core/model/time.ts';
import type { ActionClass, Mode } from '../core/remediate/action-class.ts';
import { type Maintenance, NO_CHANGES, type PolicyChanges } from '../core/remediate/policy.ts';
import type { DirectiveStore } from '../ports/directive-store.ts';
import type { PolicyStore } from '../ports/policy-store.ts';
import { type AuditDeps, audited } from './audited.ts';

/** What somebody wants changed; what is absent stays as it is. */
export interface PolicyRequest {
  modes?: Partial<Record<ActionClass, Mode>>;
  killSwitch?: boolean;
  maintenance?: Maintenance[];
  promoteUpTo?: Mode;
  holdOutShare?: number;
}

const TRIES = 5;

/**
 * Merges a change into the policy of a system; the minute job and the orchestrators' next question see it. What stops
 * directives, or lets them go on, is news to orchestrators as well.
 * @throws Error when others keep changing it at the same time
 */
export async function changePolicy(
  deps: AuditDeps & { policies: PolicyStore; directives: Pick<DirectiveStore, 'bumpVersion'> },
  { system, request, who, atMs }: { system: string; request: PolicyRequest; who: Actor; atMs: EpochMs },
): Promise<PolicyChanges> {
  const { after } = await audited(
    deps,
    { system, who, action: 'policy.change', target: 'policy', atMs, after: { ...request } },
    () => merge(deps.policies, system, request, who.name, atMs),
    ({ before }) => ({ outcome: 'done', before: settingsOf(before, request) }),
  );
  const { killSwitch, maintenance } = request;
  if (killSwitch !== undefined || maintenance !== undefined) await deps.directives.bumpVersion(system);
  return after;
}

async function merge(
  policies: PolicyStore,
  system: string,
  request: PolicyRequest,
  by: string,
  atMs: EpochMs,
): Promise<{ before: PolicyChanges; after: PolicyChanges }> {
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const before = (await policies.read(system)) ?? NO_CHANGES;
    const after: PolicyChanges = {
      ...before,
      revision: before.revision + 1,
      modes: {
        ...before.modes,
        ...Object.fromEntries(Object.entries(request.modes ?? {}).map(([name, mode]) => [name, { mode, by, atMs }])),
      },
      killSwitch: request.killSwitch === undefined ? before.killSwitch : { on: request.killSwitch, by, atMs },
      maintenance: request.maintenance === undefined ? before.maintenance : { windows: request.maintenance, by, atMs },
      ...(request.promoteUpTo === undefined ? {} : { promoteUpTo: { mode: request.promoteUpTo, by, atMs } }),
      ...(request.holdOutShare === undefined ? {} : { holdOutShare: { share: request.holdOutShare, by, atMs } }),
    };
    if (await policies.save(system, after)) return { before, after };
  }
  throw new Error(`the policy of ${system} was changed by others ${TRIES} times in a row`);
}

/** What people had set of what the request names; null where the environment's configuration held. */
function settingsOf(changes: PolicyChanges, request: PolicyRequest): Record<string, unknown> {
  const { modes, killSwitch, maintenance, promoteUpTo, holdOutShare } = request;
  const classes = Object.keys(modes ?? {}) as ActionClass[];
  return {
    ...(modes ? { modes: Object.fromEntries(classes.map((name) => [name, changes.modes[name]?.mode ?? null])) } : {}),
    ...(killSwitch === undefined ? {} : { killSwitch: changes.killSwitch?.on ?? null }),
    ...(maintenance === undefined ? {} : { maintenance: changes.maintenance?.windows ?? null }),
    ...(promoteUpTo === undefined ? {} : { promoteUpTo: changes.promoteUpTo?.mode ?? null }),
    ...(holdOutShare === undefined ? {} : { holdOutShare: changes.holdOutShare?.share ?? null }),
  };
}
