import { MINUTE_MS } from '../core/model/time.ts';

/** The two services of the recorded workload: code completion and conversation. */
export const services = ['code', 'conv'] as const;
export type Service = (typeof services)[number];

/** One request of the workload: when it came and how large it was. */
export interface Arrival {
  /** Epoch ms; fractional, down to 100 ns in recordings. */
  atMs: number;
  service: Service;
  /** Whole number of tokens in the prompt. */
  inputTokens: number;
  /** Whole number of tokens generated. */
  outputTokens: number;
}

/**
 * Epoch ms of the start of the minute in which the first of them comes.
 * @param arrivals in any order, at least one
 */
export function startOfMinuteOf(arrivals: readonly Arrival[]): number {
  const firstMs = arrivals.reduce((first, { atMs }) => Math.min(first, atMs), Number.POSITIVE_INFINITY);
  return Math.floor(firstMs / MINUTE_MS) * MINUTE_MS;
}
