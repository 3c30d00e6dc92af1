import type { RateLimit } from '../core/model/rate-limit.ts';

/** Token buckets that all function instances share, by name. A bucket that nobody took from is full. */
export interface TokenBuckets {
  /**
   * Takes tokens when there is one at least; the bucket may fall into debt.
   * @param nowUs real time, in microseconds since the epoch
   * @returns how long until there is a token again, in microseconds; 0 when they were taken
   */
  take(bucket: string, tokens: number, limit: RateLimit, nowUs: number): Promise<number>;
  /** Takes tokens whether there are any or not: what has been used must be paid for. */
  charge(bucket: string, tokens: number, limit: RateLimit, nowUs: number): Promise<void>;
}
