import type { Arrival } from '../sim/arrival.ts';
import type { Fault } from '../sim/fault.ts';

const MINUTE_MS = 60_000;

/** What the demo shows: a stretch of workload, and what goes wrong in it. */
export interface DemoStory {
  startMs: number;
  endMs: number;
  slow: Extract<Fault, { kind: 'slow' }> & { untilMs: number };
  death: Extract<Fault, { kind: 'death' }>;
}

const SLOW_AGENT = 'conv-07';
const DEAD_AGENT = 'code-03';
const SLOW_FACTOR = 8;
/** Twenty minutes of health, so that it is known what is normal. */
const SLOW_FROM_MINUTE = 20;
/** Repaired when its effect has been measured. */
const SLOW_UNTIL_MINUTE = 37;
const DEATH_MINUTE = 44;
const TOLD_MINUTES = 50;

/**
 * The incidents of the demo: an agent of the chat pool turns slow, is routed around, and is repaired later; one of the
 * coding pool dies.
 * @param arrivals the workload, an hour of it, in any order
 */
export function demoStory(arrivals: readonly Arrival[]): DemoStory {
  const firstMs = arrivals.reduce((first, { atMs }) => Math.min(first, atMs), Number.POSITIVE_INFINITY);
  const startMs = Math.floor(firstMs / MINUTE_MS) * MINUTE_MS;
  return {
    startMs,
    endMs: startMs + TOLD_MINUTES * MINUTE_MS,
    slow: {
      kind: 'slow',
      agent: SLOW_AGENT,
      fromMs: startMs + SLOW_FROM_MINUTE * MINUTE_MS + 5_000,
      untilMs: startMs + SLOW_UNTIL_MINUTE * MINUTE_MS,
      factor: SLOW_FACTOR,
    },
    death: { kind: 'death', agent: DEAD_AGENT, atMs: startMs + DEATH_MINUTE * MINUTE_MS + 40_000 },
  };
}
