import type { RateLimit } from './rate-limit.ts';
import type { EpochMs } from './time.ts';

export const scopes = ['ingest', 'read', 'control', 'admin'] as const;
export type Scope = (typeof scopes)[number];

/** What is known of an API key. The key itself is known to its holder only. */
export interface ApiKey {
  /** Names the key where people manage keys. Public: nothing can be done with it. */
  id: string;
  name: string;
  /** The multi-agent system whose events the key reports and whose figures it reads. */
  system: string;
  scopes: readonly Scope[];
  /** The only pools that the key reports on and reads of; absent: all. */
  pools?: readonly string[];
  /** Instead of the environment's. */
  limit?: RateLimit;
  createdAtMs: EpochMs;
  /** Who made it, in words; absent for keys that are older than this field. */
  createdBy?: string;
  /** From then on it works no more. */
  expiresAtMs: EpochMs | null;
  /** From then on nothing is known of it any more, for keys that are made by the hundred; absent: it stays in the list. */
  forgottenAtMs?: EpochMs;
  /** To the hour. */
  lastUsedAtMs?: EpochMs;
  revokedAtMs?: EpochMs;
  /** Id of the key that it took over from. */
  rotatedFrom?: string;
  /** Id of the key that takes over from it; it expires early for that. */
  rotatedTo?: string;
}

/** What somebody asks for who makes a key. */
export type KeyGrant = Pick<ApiKey, 'name' | 'scopes' | 'pools' | 'limit' | 'expiresAtMs' | 'forgottenAtMs'>;

export const keyStates = ['active', 'expired', 'revoked'] as const;
export type KeyState = (typeof keyStates)[number];

/** admin includes every other scope. */
export function allows(holder: { scopes: readonly Scope[] }, scope: Scope): boolean {
  return holder.scopes.includes(scope) || holder.scopes.includes('admin');
}

export function keyStateAt({ revokedAtMs, expiresAtMs }: ApiKey, nowMs: EpochMs): KeyState {
  if (revokedAtMs !== undefined) return 'revoked';
  return expiresAtMs !== null && nowMs >= expiresAtMs ? 'expired' : 'active';
}

/** Without one of these nobody could make a key for the system any more. */
export function isActiveAdmin(key: ApiKey, nowMs: EpochMs): boolean {
  return allows(key, 'admin') && keyStateAt(key, nowMs) === 'active';
}

const HOUR_MS = 3_600_000;

/** The last use is noted at most once an hour. */
export function isUseWorthNoting({ lastUsedAtMs }: ApiKey, nowMs: EpochMs): boolean {
  return lastUsedAtMs === undefined || nowMs - lastUsedAtMs >= HOUR_MS;
}

/** The key that takes over from another: the same rights, and as long a life as that was made for. */
export function successorOf(key: ApiKey, { id, createdBy, nowMs }: { id: string; createdBy: string; nowMs: EpochMs }) {
  const {
    lastUsedAtMs: _lastUsed,
    revokedAtMs: _revoked,
    rotatedTo: _rotated,
    forgottenAtMs: _forgotten,
    expiresAtMs,
    createdAtMs,
    ...kept
  } = key;
  const successor: ApiKey = {
    ...kept,
    id,
    createdBy,
    createdAtMs: nowMs,
    expiresAtMs: expiresAtMs === null ? null : nowMs + (expiresAtMs - createdAtMs),
    rotatedFrom: key.id,
  };
  return successor;
}

/** Letters and digits that are not mistaken for each other: base 32 as Crockford wrote it down. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';

/**
 * An id for a key: "key_" and 12 characters, 60 bits of what is given.
 * @param bytes 12 or more, of which five bits each are used: random, or of the key's hash for keys that have no id
 */
export function keyIdOf(bytes: Uint8Array): string {
  if (bytes.length < 12) throw new RangeError(`a key id needs 12 bytes; got ${bytes.length}`);
  return `key_${[...bytes.subarray(0, 12)].map((byte) => ALPHABET[byte & 31]).join('')}`;
}
