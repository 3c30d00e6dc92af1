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

/** The same workload moved in time, so that it begins at `firstAtMs`; gaps and sizes stay. */
export function beginArrivalsAt(arrivals: readonly Arrival[], firstAtMs: number): Arrival[] {
  const begin = arrivals.reduce((first, { atMs }) => Math.min(first, atMs), Number.POSITIVE_INFINITY);
  return arrivals.map((arrival) => ({ ...arrival, atMs: firstAtMs + (arrival.atMs - begin) }));
}
