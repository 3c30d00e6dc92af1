/** How much may be reported: a steady rate, and what may come at once on top after a quiet time. */
export interface RateLimit {
  /** Refill, in events per second; above 0. */
  eventsPerSecond: number;
  /** Size of the bucket, in events; 1 or more. */
  burst: number;
}

/**
 * A token bucket, as one number (the generic cell rate algorithm): the moment at which the bucket will be full again,
 * in microseconds of real time. A moment in the past means that it is full. Each event takes a token.
 * @see https://en.wikipedia.org/wiki/Generic_cell_rate_algorithm
 */
export type FullAtUs = number;

const SECOND_US = 1_000_000;

/** How long the bucket takes to refill so many tokens, in whole microseconds. */
export function refillUs({ eventsPerSecond }: RateLimit, tokens: number): number {
  if (!(eventsPerSecond > 0)) throw new RangeError(`eventsPerSecond must be above 0; got ${eventsPerSecond}`);
  return Math.ceil((tokens * SECOND_US) / eventsPerSecond);
}

/** The latest fullAtUs at which the bucket still holds a token. */
export function latestFullAtUs(limit: RateLimit, nowUs: number): FullAtUs {
  return nowUs + refillUs(limit, limit.burst) - refillUs(limit, 1);
}

/**
 * Takes tokens from a bucket that holds one at least; it may fall into debt, which is paid back before the next.
 * So a batch above the burst passes, once, and the rate is kept over time.
 * @returns null when the bucket holds no token
 * @example take(0, 1_000_000, 5, {eventsPerSecond: 10, burst: 20}) // 1_500_000: full again in half a second
 */
export function take(fullAtUs: FullAtUs, nowUs: number, tokens: number, limit: RateLimit): FullAtUs | null {
  if (fullAtUs > latestFullAtUs(limit, nowUs)) return null;
  return Math.max(fullAtUs, nowUs) + refillUs(limit, tokens);
}

/** How long until the bucket holds a token again, in microseconds; 0 when it does. */
export function waitUs(fullAtUs: FullAtUs, nowUs: number, limit: RateLimit): number {
  return Math.max(0, fullAtUs - latestFullAtUs(limit, nowUs));
}

/** Seconds as Retry-After says them: whole, 1 to 5, so that nobody stays away for long. */
export function retryAfterSeconds(wait: number): number {
  return Math.min(5, Math.max(1, Math.ceil(wait / SECOND_US)));
}

/** Tokens that one function instance takes at once from the bucket that all share: a tenth, so that few writes do. */
export function portionOf({ burst }: RateLimit): number {
  return Math.max(1, Math.floor(burst / 10));
}
