import { type ApiKey, isActiveAdmin, type KeyGrant, keyStateAt, successorOf } from '../core/model/api-key.ts';
import type { Actor } from '../core/model/audit-entry.ts';
import type { Principal } from '../core/model/principal.ts';
import type { EpochMs } from '../core/model/time.ts';
import type { KeyStore } from '../ports/key-store.ts';
import { type AuditDeps, audited } from './audited.ts';

export interface ManageKeysDeps extends AuditDeps {
  keys: KeyStore;
  /** A key that nobody can guess, its SHA-256, and a random id for it. */
  newKey: () => { key: string; keyHash: string; id: string };
}

/** The system whose admins run the deployment: they may name other systems. */
const OPERATORS_SYSTEM = 'default';

export type KeyOutcome =
  /** The key is known now and never again. */
  | { status: 'made'; id: string; key: string; expiresAtMs: EpochMs | null }
  | { status: 'revoked' }
  | { status: 'unknown' }
  | { status: 'conflict'; why: string };

/**
 * The system whose keys somebody manages: their own, or one that they name where they run the deployment.
 * @returns null when they may not
 */
export function managedSystem({ system }: Principal, named: string | undefined): string | null {
  if (named === undefined || named === system) return system;
  return system === OPERATORS_SYSTEM ? named : null;
}

export async function createKey(
  deps: ManageKeysDeps,
  { system, request, who, atMs }: { system: string; request: KeyGrant; who: Actor; atMs: EpochMs },
): Promise<KeyOutcome> {
  const { key, keyHash, id } = deps.newKey();
  const made: ApiKey = { ...request, id, system, createdAtMs: atMs, createdBy: who.name };
  const intent = { system, who, action: 'key.create', target: id, atMs, after: rightsOf(made) } as const;
  return audited<KeyOutcome>(
    deps,
    intent,
    async () => {
      await deps.keys.save(keyHash, made);
      return { status: 'made', id, key, expiresAtMs: made.expiresAtMs };
    },
    () => ({ outcome: 'done' }),
  );
}

/** A new key with the same rights; the old one works for the overlap, so that its holders can change over. */
export async function rotateKey(
  deps: ManageKeysDeps,
  { system, id, overlapMs, who, atMs }: { system: string; id: string; overlapMs: number; who: Actor; atMs: EpochMs },
): Promise<KeyOutcome> {
  const old = await deps.keys.findById(system, id);
  if (!old) return { status: 'unknown' };
  const state = keyStateAt(old, atMs);
  if (state !== 'active') return { status: 'conflict', why: `key ${id} is ${state}: create a new one instead` };
  if (old.rotatedTo !== undefined) {
    return { status: 'conflict', why: `key ${id} was rotated already, to ${old.rotatedTo}: rotate that one` };
  }
  const { key, keyHash, id: newId } = deps.newKey();
  const made = successorOf(old, { id: newId, createdBy: who.name, nowMs: atMs });
  const oldUntilMs = Math.min(atMs + overlapMs, old.expiresAtMs ?? Number.POSITIVE_INFINITY);
  const intent = {
    system,
    who,
    action: 'key.rotate',
    target: id,
    atMs,
    before: { expiresAt: momentOrNull(old.expiresAtMs) },
    after: { expiresAt: momentOrNull(oldUntilMs), successor: rightsOf(made) },
  } as const;
  return audited<KeyOutcome>(
    deps,
    intent,
    async () => {
      // The new one first: an interruption leaves two keys that work rather than none.
      await deps.keys.save(keyHash, made);
      await deps.keys.handOver(system, id, { successor: newId, atMs: oldUntilMs });
      return { status: 'made', id: newId, key, expiresAtMs: made.expiresAtMs };
    },
    () => ({ outcome: 'done' }),
  );
}

/** Ends a key; doing so again changes nothing. The last admin key of a system stays. */
export async function revokeKey(
  deps: ManageKeysDeps,
  { system, id, who, atMs }: { system: string; id: string; who: Actor; atMs: EpochMs },
): Promise<KeyOutcome> {
  const key = await deps.keys.findById(system, id);
  if (!key) return { status: 'unknown' };
  if (key.revokedAtMs !== undefined) return { status: 'revoked' };
  const isNeeded = async () =>
    isActiveAdmin(key, atMs) && !(await deps.keys.list(system)).some((it) => it.id !== id && isActiveAdmin(it, atMs));
  const intent = {
    system,
    who,
    action: 'key.revoke',
    target: id,
    atMs,
    before: { ...rightsOf(key), state: keyStateAt(key, atMs) },
    after: { state: 'revoked' },
  } as const;
  return audited<KeyOutcome>(
    deps,
    intent,
    async () => {
      const conflict = {
        status: 'conflict',
        why: `key ${id} is the last admin key of system ${system} that works: create another before revoking it`,
      } as const;
      if (await isNeeded()) return conflict;
      await deps.keys.setRevoked(system, id, atMs);
      // Two may have revoked each other's key: each sees the other's, so that one at least takes it back.
      if (!(await isNeeded())) return { status: 'revoked' };
      await deps.keys.setRevoked(system, id, null);
      return conflict;
    },
    (outcome) => (outcome.status === 'conflict' ? { outcome: 'refused', reason: outcome.why } : { outcome: 'done' }),
  );
}

/** What a key may do, for the log. */
function rightsOf({ id, name, scopes, pools, limit, expiresAtMs }: ApiKey): Record<string, unknown> {
  return {
    ...{ id, name, scopes },
    ...(pools === undefined ? {} : { pools }),
    ...(limit === undefined ? {} : { limit }),
    expiresAt: momentOrNull(expiresAtMs),
  };
}

function momentOrNull(atMs: EpochMs | null): string | null {
  return atMs === null ? null : new Date(atMs).toISOString();
}
