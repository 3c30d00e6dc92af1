import type { Tokens } from '../model/event.ts';

/** Counters of these names, each 0. */
export function zeroCounters<Name extends string>(names: readonly Name[]): Record<Name, number> {
  // A copy of what was made once takes a tenth of the time, and rollups are made by the hundred thousand.
  const made = zeros.get(names) ?? Object.fromEntries(names.map((name) => [name, 0]));
  zeros.set(names, made);
  return { ...made } as Record<Name, number>;
}

const zeros = new Map<readonly string[], Record<string, number>>();

/** What tasks and their parts use up. */
export const usageCounters = [
  'costNanoUsd',
  'inputTokens',
  'cachedInputTokens',
  'cacheWriteTokens',
  'outputTokens',
  'reasoningTokens',
] as const;

/** Adds the tokens and the cost of a task or part, as far as they are known. */
export function addUsage(
  counters: Record<(typeof usageCounters)[number], number>,
  { tokens, costNanoUsd = 0 }: { tokens?: Tokens; costNanoUsd?: number },
): void {
  counters.costNanoUsd += costNanoUsd;
  if (!tokens) return;
  counters.inputTokens += tokens.input;
  counters.cachedInputTokens += tokens.cachedInput;
  counters.cacheWriteTokens += tokens.cacheWrite;
  counters.outputTokens += tokens.output;
  counters.reasoningTokens += tokens.reasoning;
}
