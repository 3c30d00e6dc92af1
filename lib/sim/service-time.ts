/** What a task costs in time by its size: accepting it and sending the answer, reading a token, writing one. Each 0 or more. */
export interface SizeRates {
  fixedMs: number;
  msPerInputToken: number;
  msPerOutputToken: number;
}

/**
 * How long an agent of speed 1 works on a request of a size: a fixed part, one that grows with the prompt (prefill reads it in
 * parallel, so a token is cheap) and one that grows with the answer (decode makes one token after the other, so a token costs
 * about sixty times as much).
 * @returns ms
 * @see Patel et al., Splitwise, ISCA 2024, for the two phases
 * @example serviceTimeMs({ fixedMs: 200, msPerInputToken: 0.25, msPerOutputToken: 15 }, { inputTokens: 1000, outputTokens: 100 }) // 1950
 */
export function serviceTimeMs(
  { fixedMs, msPerInputToken, msPerOutputToken }: SizeRates,
  { inputTokens, outputTokens }: { inputTokens: number; outputTokens: number },
): number {
  return fixedMs + msPerInputToken * inputTokens + msPerOutputToken * outputTokens;
}
