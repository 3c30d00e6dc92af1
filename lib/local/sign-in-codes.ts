import { randomBytes } from 'node:crypto';

const LIFETIME_MS = 10 * 60_000;

/**
 * Codes that a link to the page can carry in place of an API key, which so is in no address, no history and no log: each
 * is good once, for ten minutes, on this machine.
 */
export class SignInCodes {
  readonly #keys = new Map<string, { apiKey: string; untilMs: number }>();
  readonly #nowMs: () => number;

  /** @param nowMs time as people live it, which is not that of a cloud whose clock is moved by hand */
  constructor(nowMs: () => number = Date.now) {
    this.#nowMs = nowMs;
  }

  issue(apiKey: string): string {
    const code = randomBytes(24).toString('base64url');
    this.#keys.set(code, { apiKey, untilMs: this.#nowMs() + LIFETIME_MS });
    return code;
  }

  /** The key, once; undefined for a code that is unknown, used or too old. */
  redeem(code: string): string | undefined {
    const found = this.#keys.get(code);
    this.#keys.delete(code);
    return found !== undefined && this.#nowMs() < found.untilMs ? found.apiKey : undefined;
  }
}
