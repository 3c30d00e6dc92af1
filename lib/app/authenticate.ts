import { type ApiKey, isUseWorthNoting, keyStateAt } from '../core/model/api-key.ts';
import type { EpochMs } from '../core/model/time.ts';
import type { KeyStore } from '../ports/key-store.ts';

/** A key that was looked up is believed this long: a revoked one works at most that much longer. */
const BELIEVED_MS = 60_000;
const MAX_REMEMBERED = 1_000;
const HOUR_MS = 3_600_000;

/** Looks keys up, and remembers those it found for a minute. Unknown keys are asked for again each time. */
export class Authenticator {
  readonly #keys: KeyStore;
  readonly #whenNotNoted: (error: unknown) => void;
  readonly #remembered = new Map<string, { key: ApiKey; untilMs: EpochMs }>();

  /** @param whenNotNoted hears of uses that could not be noted; nothing else depends on them */
  constructor(keys: KeyStore, whenNotNoted: (error: unknown) => void) {
    this.#keys = keys;
    this.#whenNotNoted = whenNotNoted;
  }

  /** @returns the key behind a hash, or null when there is none, or it has expired or was revoked */
  async identify(keyHash: string, nowMs: EpochMs): Promise<ApiKey | null> {
    const remembered = this.#remembered.get(keyHash);
    const isFresh = remembered && nowMs < remembered.untilMs && nowMs >= remembered.untilMs - BELIEVED_MS;
    const key = isFresh ? remembered.key : await this.#keys.find(keyHash);
    if (!key || keyStateAt(key, nowMs) !== 'active') return null;
    if (!isFresh) {
      if (this.#remembered.size >= MAX_REMEMBERED) this.#remembered.clear();
      this.#remembered.set(keyHash, { key, untilMs: nowMs + BELIEVED_MS });
    }
    if (isUseWorthNoting(key, nowMs)) this.#noteUse(keyHash, key, nowMs);
    return key;
  }

  /** Nobody waits for it. The time is remembered at once, so that the requests of the next minute do not try too. */
  #noteUse(keyHash: string, key: ApiKey, nowMs: EpochMs): void {
    const untilMs = this.#remembered.get(keyHash)?.untilMs ?? nowMs + BELIEVED_MS;
    this.#remembered.set(keyHash, { key: { ...key, lastUsedAtMs: nowMs }, untilMs });
    this.#keys.noteUse(keyHash, key, nowMs, nowMs - HOUR_MS).catch(this.#whenNotNoted);
  }
}
