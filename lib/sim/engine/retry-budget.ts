import { SECOND_US, type SimTime } from './sim-time.ts';

/** Retries add at most this share to the requests of a pool, so that a fault does not multiply its own load. */
export const RETRY_SHARE = 0.2;
const WINDOW_S = 60;

/**
 * Retry budget of a pool: over the trailing minute fewer retries than a fifth of the first attempts, so that a quiet
 * pool still has one. Counted by whole seconds.
 */
export class RetryBudget {
  readonly #requests = new Array<number>(WINDOW_S).fill(0);
  readonly #retries = new Array<number>(WINDOW_S).fill(0);
  #requested = 0;
  #retried = 0;
  #second = 0;

  countRequest(at: SimTime): void {
    const slot = this.#advance(at);
    this.#requests[slot] = (this.#requests[slot] ?? 0) + 1;
    this.#requested += 1;
  }

  /** Takes one retry where the budget allows. */
  take(at: SimTime): boolean {
    const slot = this.#advance(at);
    if (this.#retried >= RETRY_SHARE * this.#requested) return false;
    this.#retries[slot] = (this.#retries[slot] ?? 0) + 1;
    this.#retried += 1;
    return true;
  }

  #advance(at: SimTime): number {
    const second = Math.floor(at / SECOND_US);
    this.#second = Math.max(this.#second, second - WINDOW_S);
    while (this.#second < second) {
      this.#second += 1;
      const slot = this.#second % WINDOW_S;
      this.#requested -= this.#requests[slot] ?? 0;
      this.#retried -= this.#retries[slot] ?? 0;
      this.#requests[slot] = 0;
      this.#retries[slot] = 0;
    }
    return second % WINDOW_S;
  }
}
