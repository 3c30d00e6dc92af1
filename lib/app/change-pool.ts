import type { Actor } from '../core/model/audit-entry.ts';
import type { PoolInForce, PoolSettings, PoolSettingsChange, SettingOrigin } from '../core/model/pool-settings.ts';
import { type PoolSettingsFault, poolSettingsFault } from '../core/model/pool-settings-fault.ts';
import type { Roster } from '../core/model/roster.ts';
import { settingsOfPools } from '../core/model/settings-of-pools.ts';
import type { EpochMs } from '../core/model/time.ts';
import type { FleetStore } from '../ports/fleet-store.ts';
import type { PoolSettingsStore } from '../ports/pool-settings-store.ts';
import { type AuditDeps, audited } from './audited.ts';

/** What somebody wants changed: null removes, what is absent stays as it is. */
export type PoolRequest = { [Field in keyof PoolSettings]?: PoolSettings[Field] | null };

export type PoolOutcome = ({ status: 'saved' } & PoolInForce) | ({ status: 'inconsistent' } & PoolSettingsFault);

const TRIES = 5;

/**
 * Merges a change into the settings of a pool; the next run of the minute job goes by it. The pool need not have agents yet.
 * What is so already, or would contradict something, is not told in the audit log.
 * @returns what is in force then; or what would contradict what, with what agents declare, in which case nothing is changed
 * @throws Error when others keep changing it at the same time
 */
export async function changePool(
  deps: AuditDeps & { poolSettings: PoolSettingsStore; fleet: Pick<FleetStore, 'roster'> },
  {
    system,
    pool,
    request,
    who,
    atMs,
  }: { system: string; pool: string; request: PoolRequest; who: Actor; atMs: EpochMs },
): Promise<PoolOutcome> {
  const [roster, found] = await Promise.all([deps.fleet.roster(system), deps.poolSettings.find(system, pool)]);
  const change = { system, pool, request, origin: { by: who.name, atMs } };
  const first = changed(roster, found, change);
  if (first.outcome.status === 'inconsistent') return first.outcome;
  const [was, is] = [first.before, first.after.settings].map((settings) => JSON.stringify(named(settings, request)));
  if (was === is) {
    const origins = found?.origins ?? {};
    return { status: 'saved', settings: first.outcome.settings, origins };
  }
  const { outcome } = await audited(
    deps,
    { system, who, action: 'pool.change', target: pool, atMs, after: { ...request } },
    () => merge(deps.poolSettings, roster, change),
    (merged) => ({
      before: named(merged.before, request),
      ...(merged.outcome.status === 'saved'
        ? { outcome: 'done' }
        : { outcome: 'refused', reason: merged.outcome.message }),
    }),
  );
  return outcome;
}

interface Change {
  system: string;
  pool: string;
  request: PoolRequest;
  origin: SettingOrigin;
}

async function merge(
  store: PoolSettingsStore,
  roster: Roster,
  change: Change,
): Promise<{ before: PoolSettings; outcome: PoolOutcome }> {
  const { system, pool } = change;
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const { before, after, outcome } = changed(roster, await store.find(system, pool), change);
    if (outcome.status === 'inconsistent' || (await store.save(system, after))) return { before, outcome };
  }
  throw new Error(`the settings of pool ${pool} of ${system} were changed by others ${TRIES} times in a row`);
}

/** What is stored of a pool and what is in force of it, once it is changed; or what would contradict what. */
function changed(
  roster: Roster,
  found: PoolSettingsChange | null,
  { pool, request, origin }: Change,
): { before: PoolSettings; after: PoolSettingsChange; outcome: PoolOutcome } {
  const before = found?.settings ?? {};
  const after: PoolSettingsChange = {
    ...{ pool, revision: (found?.revision ?? 0) + 1 },
    settings: merged(before, request),
    origins: merged(found?.origins ?? {}, originsOf(request, origin)),
  };
  const settings = settingsInForce(roster, after);
  const fault = poolSettingsFault(pool, settings, (field) => request[field] !== undefined);
  // What was contradictory before is not put right by refusing another change.
  const isItsFault = fault?.fields.some((field) => request[field] !== undefined);
  if (fault && isItsFault) return { before, after, outcome: { status: 'inconsistent', ...fault } };
  return { before, after, outcome: { status: 'saved', settings, origins: after.origins } };
}

/** Also of a pool that has no agents. */
function settingsInForce(roster: Roster, { pool, settings }: PoolSettingsChange): PoolSettings {
  return settingsOfPools(roster, new Map([[pool, settings]])).get(pool) ?? settings;
}

function originsOf(request: PoolRequest, origin: SettingOrigin): Record<string, SettingOrigin | null> {
  return Object.fromEntries(Object.entries(request).map(([field, value]) => [field, value === null ? null : origin]));
}

function merged<Of extends object>(before: Of, changes: { [Name in string]?: unknown }): Of {
  return Object.fromEntries(Object.entries({ ...before, ...changes }).filter(([, value]) => value != null)) as Of;
}

/** What people had set of what the request names; null where they had not. */
function named(settings: PoolSettings, request: PoolRequest): Record<string, unknown> {
  const fields = Object.keys(request) as (keyof PoolSettings)[];
  return Object.fromEntries(fields.map((field) => [field, settings[field] ?? null]));
}
