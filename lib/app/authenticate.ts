import { type ApiKey, isExpired } from '../core/model/api-key.ts';
import type { EpochMs } from '../core/model/time.ts';
import type { KeyStore } from '../ports/key-store.ts';

/** A key that was looked up is believed this long: a revoked one works at most that much longer. */
const BELIEVED_MS = 60_000;
const MAX_REMEMBERED = 1_000;

/** Looks keys up, and remembers those it found for a minute. Unknown keys are asked for again each time. */
export class Authenticator {
  readonly #keys: KeyStore;
  readonly #remembered = new Map<string, { key: ApiKey; untilMs: EpochMs }>();

  constructor(keys: KeyStore) {
    this.#keys = keys;
  }

  /** @returns the key behind a hash, or null when there is none or it has expired */
  async identify(keyHash: string, nowMs: EpochMs): Promise<ApiKey | null> {
    const remembered = this.#remembered.get(keyHash);
    const isFresh = remembered && nowMs < remembered.untilMs && nowMs >= remembered.untilMs - BELIEVED_MS;
    const key = isFresh ? remembered.key : await this.#keys.find(keyHash);
    if (!key || isExpired(key, nowMs)) return null;
    if (!isFresh) {
      if (this.#remembered.size >= MAX_REMEMBERED) this.#remembered.clear();
      this.#remembered.set(keyHash, { key, untilMs: nowMs + BELIEVED_MS });
    }
    return key;
  }
}
