import type { Arrival } from './arrival.ts';

/** Accepting the request, reading the prompt into batches, sending the answer. */
const FIXED_MS = 200;
/** Prefill: 4,000 prompt tokens a second. */
const PER_INPUT_TOKEN_MS = 0.25;
/** Decode: 67 generated tokens a second. */
const PER_OUTPUT_TOKEN_MS = 15;

/**
 * How long an agent works on a request. The recording has arrivals and sizes but no service times, so these are
 * derived, not measured: a fixed part, one that grows with the prompt (prefill reads it in parallel, so a token is
 * cheap) and one that grows with the answer (decode makes one token after the other, so a token costs about sixty
 * times as much). The three rates are chosen, in the order of magnitude of a mid-sized model on one data-centre GPU;
 * what matters here is their shape: most of the time is decode, and the spread is that of the recorded sizes.
 * @param factor product of all that makes this agent slow now; 1 is nominal, above 0
 * @param noise what the sizes do not explain; a factor above 0, log-normal with {@link SERVICE_TIME_SIGMA}
 * @returns ms; mean about 1,130 for recorded code completions and 3,660 for chat turns, at factor and noise 1
 * @see Patel et al., Splitwise, ISCA 2024, for the two phases
 * @example serviceTimeMs({ inputTokens: 1000, outputTokens: 100 }, 1, 1) // 200 + 250 + 1500 = 1950
 */
export function serviceTimeMs(
  { inputTokens, outputTokens }: Pick<Arrival, 'inputTokens' | 'outputTokens'>,
  factor: number,
  noise: number,
): number {
  return (FIXED_MS + PER_INPUT_TOKEN_MS * inputTokens + PER_OUTPUT_TOKEN_MS * outputTokens) * factor * noise;
}

/** Standard deviation of the logarithm of the noise: about ± 10 %. */
export const SERVICE_TIME_SIGMA = 0.1;
