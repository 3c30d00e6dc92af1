import type { PartKind, TaskPart } from '../model/event.ts';
import { addUsage, usageCounters, zeroCounters } from './counters.ts';

/** What is counted of the parts of tasks. Integers and additive, like the task counters. */
export const partCounters = [
  'calls',
  /** Parts that failed or timed out. */
  'failed',
  'durationUs',
  ...usageCounters,
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
  return { agent, kind, name, counters: zeroCounters(partCounters) };
}

export function partRollupKey(agent: string, kind: PartKind, name: string): string {
  return `${agent}\n${kind}\n${name}`;
}

export function countPart({ counters }: PartRollup, part: TaskPart): void {
  counters.calls += 1;
  if (part.status === 'failed' || part.status === 'timeout') counters.failed += 1;
  counters.durationUs += part.durationUs;
  addUsage(counters, part);
}
