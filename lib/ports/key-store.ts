import type { ApiKey } from '../core/model/api-key.ts';
import type { EpochMs } from '../core/model/time.ts';

/** API keys by the SHA-256 of the key (lower-case hexadecimal); the key itself is never stored. */
export interface KeyStore {
  /** Also one that has expired or was revoked. Keys that were stored without an id have one that follows from the hash. */
  find(keyHash: string): Promise<ApiKey | null>;
  /** Saves a new key and makes its system known. */
  save(keyHash: string, key: ApiKey): Promise<void>;
  /** Keys of a system in the order of their ids. A key that was stored without an id appears with its first use. */
  list(system: string): Promise<ApiKey[]>;
  findById(system: string, id: string): Promise<ApiKey | null>;
  /** Revokes a key, or takes that back (null). @returns null when there is no such key */
  setRevoked(system: string, id: string, atMs: EpochMs | null): Promise<ApiKey | null>;
  /** Lets a key expire because another takes over from it. @returns null when there is no such key */
  handOver(system: string, id: string, to: { successor: string; atMs: EpochMs }): Promise<ApiKey | null>;
  /**
   * Notes a use, unless one was noted after `unlessAfterMs`: of several at the same time, one writes.
   * @returns whether it was noted
   */
  noteUse(keyHash: string, key: ApiKey, atMs: EpochMs, unlessAfterMs: EpochMs): Promise<boolean>;
}
