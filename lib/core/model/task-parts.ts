import type { TaskPart, Tokens } from './event.ts';

/** The tokens of all parts that have any, bucket by bucket; undefined where none has. */
export function totalTokens(parts: readonly Pick<TaskPart, 'tokens'>[]): Tokens | undefined {
  let total: Tokens | undefined;
  for (const { tokens } of parts) {
    if (!tokens) continue;
    total = {
      input: (total?.input ?? 0) + tokens.input,
      cachedInput: (total?.cachedInput ?? 0) + tokens.cachedInput,
      cacheWrite: (total?.cacheWrite ?? 0) + tokens.cacheWrite,
      output: (total?.output ?? 0) + tokens.output,
      reasoning: (total?.reasoning ?? 0) + tokens.reasoning,
    };
  }
  return total;
}

/** In nano-USD; undefined where no part has a cost. */
export function totalCost(parts: readonly Pick<TaskPart, 'costNanoUsd'>[]): number | undefined {
  const costs = parts.flatMap(({ costNanoUsd }) => costNanoUsd ?? []);
  return costs.length === 0 ? undefined : costs.reduce((sum, cost) => sum + cost, 0);
}
