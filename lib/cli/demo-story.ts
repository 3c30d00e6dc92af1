import { type Arrival, startOfMinuteOf } from '../sim/arrival.ts';
import type { FaultSpec } from '../sim/scenario/scenario.ts';

const MINUTE_MS = 60_000;

/** What the demo shows: a stretch of workload, and what goes wrong in it. */
export interface DemoStory {
  startMs: number;
  minutes: number;
  slow: { agent: string; factor: number; fromMs: number; untilMs: number };
  death: { agent: string; atMs: number };
  /** The same as faults of a scenario that starts with the story. */
  faults: FaultSpec[];
}

const SLOW_AGENT = 'conv-07';
const DEAD_AGENT = 'code-03';
const SLOW_FACTOR = 8;
/** Twenty minutes of health, so that it is known what is normal. */
const SLOW_FROM_MINUTE = 20 + 5 / 60;
/** Repaired when its effect has been measured. */
const SLOW_UNTIL_MINUTE = 37;
const DEATH_MINUTE = 44 + 40 / 60;
const TOLD_MINUTES = 50;

/**
 * The incidents of the demo: an agent of the chat pool turns slow, is routed around, and is repaired later; one of the
 * coding pool dies.
 * @param arrivals the workload, an hour of it, in any order
 */
export function demoStory(arrivals: readonly Arrival[]): DemoStory {
  const startMs = startOfMinuteOf(arrivals);
  const at = (minute: number) => startMs + Math.round(minute * MINUTE_MS);
  return {
    startMs,
    minutes: TOLD_MINUTES,
    slow: { agent: SLOW_AGENT, factor: SLOW_FACTOR, fromMs: at(SLOW_FROM_MINUTE), untilMs: at(SLOW_UNTIL_MINUTE) },
    death: { agent: DEAD_AGENT, atMs: at(DEATH_MINUTE) },
    faults: [
      {
        ...{ kind: 'slow', targets: { agents: [SLOW_AGENT] }, factor: SLOW_FACTOR },
        ...{ atMinute: SLOW_FROM_MINUTE, minutes: SLOW_UNTIL_MINUTE - SLOW_FROM_MINUTE },
      },
      { kind: 'crash', targets: { agents: [DEAD_AGENT] }, atMinute: DEATH_MINUTE },
    ],
  };
}
