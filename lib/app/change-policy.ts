import { type Actor, itself } from '../core/model/audit-entry.ts';
import type { EpochMs } from '../core/model/time.ts';
import type { ActionClass, Mode } from '../core/remediate/action-class.ts';
import {
  type EnvironmentPolicy,
  type Maintenance,
  type ModeChange,
  NO_CHANGES,
  type PolicyChanges,
  policyInForce,
  setByPeopleMs,
} from '../core/remediate/policy.ts';
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

/** Who wants it, and when. */
interface Change {
  system: string;
  request: PolicyRequest;
  who: Actor;
  atMs: EpochMs;
}

const TRIES = 5;

/**
 * Merges a change into the policy of a system; the minute job and the orchestrators' next question see it. What stops
 * directives, or lets them go on, is news to orchestrators as well. What is so already is not set again, nor told in the audit log.
 * @throws Error when others keep changing it at the same time
 */
export async function changePolicy(
  deps: AuditDeps & EnvironmentPolicy & { policies: PolicyStore; directives: Pick<DirectiveStore, 'bumpVersion'> },
  { system, request, who, atMs }: Change,
): Promise<PolicyChanges> {
  const known = (await deps.policies.read(system)) ?? NO_CHANGES;
  if (changesNothing(known, request)) return known;
  const { after } = await audited(
    deps,
    { system, who, action: 'policy.change', target: 'policy', atMs, after: { ...request } },
    () => merge(deps.policies, { system, request: () => request, who, atMs }),
    ({ before }) => ({ outcome: 'done', before: settingsOf(deps, before, request) }),
  );
  const { killSwitch, maintenance } = request;
  if (killSwitch !== undefined || maintenance !== undefined) await deps.directives.bumpVersion(system);
  return after;
}

/**
 * Gives classes of action the modes that were decided from what was read before. What was changed meanwhile was changed by
 * somebody who knew better: such a class stays as it is, and all do where it was how far they may go.
 * @param from the policy that it was decided from
 * @returns the modes that were set
 */
export async function promoteModes(
  deps: AuditDeps & EnvironmentPolicy & { policies: PolicyStore },
  { system, promoted, from, atMs }: { system: string; promoted: Modes; from: PolicyChanges | null; atMs: EpochMs },
): Promise<Modes> {
  const { set } = await audited(
    deps,
    { system, who: itself, action: 'policy.change', target: 'policy', atMs, after: { modes: promoted } },
    async () => {
      let set: Modes = {};
      const stillMeant = (before: PolicyChanges): PolicyRequest | null => {
        const isAsRead = (name: ActionClass) => isSame(before.modes[name], from?.modes[name]);
        const mayGoAsFar = isSame(before.promoteUpTo, from?.promoteUpTo);
        set = Object.fromEntries(
          Object.entries(promoted).filter(([name]) => mayGoAsFar && isAsRead(name as ActionClass)),
        );
        return Object.keys(set).length > 0 ? { modes: set } : null;
      };
      const { before } = await merge(deps.policies, { system, request: stillMeant, who: itself, atMs });
      return { before, set };
    },
    ({ before, set }) => {
      if (Object.keys(set).length === 0) return { outcome: 'refused', reason: 'it was changed meanwhile' };
      return { outcome: 'done', before: settingsOf(deps, before, { modes: set }), after: { modes: set } };
    },
  );
  return set;
}

type Modes = NonNullable<PolicyRequest['modes']>;

/** Whether nobody has set it since, not even to the same. */
function isSame(a: { mode: Mode; atMs: EpochMs } | undefined, b: { mode: Mode; atMs: EpochMs } | undefined): boolean {
  return a?.mode === b?.mode && a?.atMs === b?.atMs;
}

/** @param request what is wanted of the policy as it is by then; null: nothing */
async function merge(
  policies: PolicyStore,
  {
    system,
    request: wanted,
    who,
    atMs,
  }: Omit<Change, 'request'> & {
    request: (before: PolicyChanges) => PolicyRequest | null;
  },
): Promise<{ before: PolicyChanges; after: PolicyChanges }> {
  const by = who.name;
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const before = (await policies.read(system)) ?? NO_CHANGES;
    const request = wanted(before);
    if (request === null) return { before, after: before };
    const after: PolicyChanges = {
      ...before,
      revision: before.revision + 1,
      modes: { ...before.modes, ...modesAfter(before, request.modes ?? {}, who, atMs) },
      killSwitch: request.killSwitch === undefined ? before.killSwitch : { on: request.killSwitch, by, atMs },
      maintenance: request.maintenance === undefined ? before.maintenance : { windows: request.maintenance, by, atMs },
      ...(request.promoteUpTo === undefined ? {} : { promoteUpTo: { mode: request.promoteUpTo, by, atMs } }),
      ...(request.holdOutShare === undefined ? {} : { holdOutShare: { share: request.holdOutShare, by, atMs } }),
    };
    if (await policies.save(system, after)) return { before, after };
  }
  throw new Error(`the policy of ${system} was changed by others ${TRIES} times in a row`);
}

function modesAfter(before: PolicyChanges, wanted: Modes, who: Actor, atMs: EpochMs): PolicyChanges['modes'] {
  const changed = (Object.entries(wanted) as [ActionClass, Mode][]).map(([name, mode]) => {
    const peopleMs = who.kind === 'fleetpulse' ? setByPeopleMs(before.modes[name]) : atMs;
    return [name, { mode, by: who.name, atMs, ...(peopleMs !== null && { peopleMs }) } satisfies ModeChange];
  });
  return Object.fromEntries(changed);
}

/** To set a mode anew forgives what its class did before, and so is a change, even to what it is. */
function changesNothing(known: PolicyChanges, request: PolicyRequest): boolean {
  const { modes = {}, killSwitch, maintenance, promoteUpTo, holdOutShare } = request;
  const windows = known.maintenance?.windows ?? [];
  return (
    Object.keys(modes).length === 0 &&
    (killSwitch ?? known.killSwitch?.on ?? false) === (known.killSwitch?.on ?? false) &&
    asText(maintenance ?? windows) === asText(windows) &&
    (promoteUpTo ?? known.promoteUpTo?.mode) === known.promoteUpTo?.mode &&
    (holdOutShare ?? known.holdOutShare?.share) === known.holdOutShare?.share
  );
}

function asText(windows: readonly Maintenance[]): string {
  return JSON.stringify(windows.map(({ fromMs, untilMs, pool }) => [fromMs, untilMs, pool]));
}

/** What was in force of what the request names, whether people or the environment's configuration had set it. */
function settingsOf(
  environment: EnvironmentPolicy,
  changes: PolicyChanges,
  request: PolicyRequest,
): Record<string, unknown> {
  const { setMs, modes, ...others } = policyInForce(environment, changes);
  const classes = Object.keys(request.modes ?? {}) as ActionClass[];
  const named = Object.entries(others).filter(([name]) => request[name as keyof PolicyRequest] !== undefined);
  return {
    ...(request.modes ? { modes: Object.fromEntries(classes.map((name) => [name, modes[name]])) } : {}),
    ...Object.fromEntries(named),
  };
}
