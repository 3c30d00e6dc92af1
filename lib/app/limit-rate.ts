import type { Principal } from '../core/model/principal.ts';
import { portionOf, type RateLimit, retryAfterSeconds } from '../core/model/rate-limit.ts';
import type { TokenBuckets } from '../ports/token-buckets.ts';

export interface RateLimiterDeps {
  buckets: TokenBuckets;
  /** Of senders that have none of their own. */
  limit: RateLimit;
  /** Real time, in microseconds since the epoch, also where the clock of the events stands still. */
  realUs: () => number;
  /** Hears why the buckets could not be reached. */
  whenUnknown: (error: unknown) => void;
}

export type Admission = { status: 'admitted' } | { status: 'refused'; limit: RateLimit; retryAfterSeconds: number };

/** Tokens that are not used for so long are given up: the bucket has refilled meanwhile. */
const PORTION_US = 60_000_000;
const MAX_SENDERS = 10_000;

interface Portion {
  tokens: number;
  untilUs: number;
  /** Until then the shared bucket is known to be empty. */
  emptyUntilUs: number;
}

/**
 * Keeps senders to their limit, over all function instances: each takes tokens from the shared bucket a portion at a
 * time, and spends them by itself. While the shared buckets cannot be reached everyone is admitted: what cannot count
 * must not refuse, and if the store is in trouble, storing the events will say so. See docs/decisions/rate-limits.md.
 */
export class RateLimiter {
  readonly #deps: RateLimiterDeps;
  readonly #portions = new Map<string, Portion>();

  constructor(deps: RateLimiterDeps) {
    this.#deps = deps;
  }

  /** Lets a request in, for one token, or says when to come again. To be asked before the request is looked into. */
  async admit(sender: Principal): Promise<Admission> {
    const { buckets, realUs, whenUnknown } = this.#deps;
    const [limit, nowUs, portion] = [this.#limitOf(sender), realUs(), this.#portionOf(sender)];
    if (portion.tokens >= 1 && nowUs < portion.untilUs) {
      portion.tokens -= 1;
      return { status: 'admitted' };
    }
    let wait = portion.emptyUntilUs - nowUs;
    if (wait <= 0) {
      const tokens = portionOf(limit);
      try {
        wait = await buckets.take(bucketOf(sender), tokens, limit, nowUs);
      } catch (error) {
        whenUnknown(error);
        return { status: 'admitted' };
      }
      if (wait === 0) {
        Object.assign(portion, { tokens: tokens - 1, untilUs: nowUs + PORTION_US });
        return { status: 'admitted' };
      }
      portion.emptyUntilUs = nowUs + wait;
    }
    return { status: 'refused', limit, retryAfterSeconds: retryAfterSeconds(wait) };
  }

  /**
   * Charges the events of a request that was admitted, of which one is paid for. Never throws, and need not be waited
   * for before the events are stored.
   */
  async charge(sender: Principal, events: number): Promise<void> {
    const { buckets, realUs, whenUnknown } = this.#deps;
    const [limit, nowUs, portion] = [this.#limitOf(sender), realUs(), this.#portionOf(sender)];
    const owed = events - 1 - portion.tokens;
    portion.tokens = Math.max(0, -owed);
    if (owed <= 0) return;
    await buckets.charge(bucketOf(sender), owed, limit, nowUs).catch(whenUnknown);
  }

  #limitOf(sender: Principal): RateLimit {
    return sender.limit ?? this.#deps.limit;
  }

  #portionOf(sender: Principal): Portion {
    const bucket = bucketOf(sender);
    const known = this.#portions.get(bucket);
    if (known) return known;
    if (this.#portions.size >= MAX_SENDERS) this.#portions.clear();
    const portion = { tokens: 0, untilUs: 0, emptyUntilUs: 0 };
    this.#portions.set(bucket, portion);
    return portion;
  }
}

function bucketOf({ system, kind, id }: Principal): string {
  return `${system}#${kind}#${id}`;
}
