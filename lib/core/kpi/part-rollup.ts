import type { PartKind, TaskPart } from '../model/event.ts';

/** What is counted of the parts of tasks. Integers and additive, like the task counters. */
export const partCounters = [
  'calls',
  /** Parts that failed or timed out. */
  'failed',
  'durationUs',
  'costNanoUsd',
  'inputTokens',
  'cachedInputTokens',
  'cacheWriteTokens',
  'outputTokens',
  'reasoningTokens',
] as const;

export type PartCounter = (typeof partCounters)[number];

/** The mergeable summary of one agent's use of one tool or model, or its waiting for one thing, in one minute. */
export interface PartRollup {
  agent: string;
  kind: PartKind;
  name: string;
  counters: Record<PartCounter, number>;
}

export function emptyPartRollup(agent: string, kind: PartKind, name: string): PartRollup {
  const counters = Object.fromEntries(partCounters.map((counter) => [counter, 0])) as Record<PartCounter, number>;
  return { agent, kind, name, counters };
}

export function partRollupKey(agent: string, kind: PartKind, name: string): string {
  return `${agent}\n${kind}\n${name}`;
}

export function countPart({ counters }: PartRollup, part: TaskPart): void {
  counters.calls += 1;
  if (part.status === 'failed' || part.status === 'timeout') counters.failed += 1;
  counters.durationUs += part.durationUs;
  counters.costNanoUsd += part.costNanoUsd ?? 0;
  counters.inputTokens += part.tokens?.input ?? 0;
  counters.cachedInputTokens += part.tokens?.cachedInput ?? 0;
  counters.cacheWriteTokens += part.tokens?.cacheWrite ?? 0;
  counters.outputTokens += part.tokens?.output ?? 0;
  counters.reasoningTokens += part.tokens?.reasoning ?? 0;
}
