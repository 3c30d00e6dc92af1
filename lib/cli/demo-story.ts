import type { Arrival } from '../sim/arrival.ts';
import type { Fault } from '../sim/fault.ts';

const MINUTE_MS = 60_000;

/** What the demo shows: a stretch of workload, and what goes wrong in it. */
export interface DemoStory {
  startMs: number;
  endMs: number;
  slow: Extract<Fault, { kind: 'slow' }>;
  death: Extract<Fault, { kind: 'death' }>;
}

const SLOW_AGENT = 'code-07';
const DEAD_AGENT = 'conv-03';
const SLOW_FACTOR = 8;
const TOLD_MINUTES = 30;

/**
 * Chooses the incidents for a workload: an agent of the coding pool turns slow when that pool is about to be busy (it
 * has minutes without a request, in which nobody could tell), and one of the chat pool dies later.
 * @param arrivals the workload, at least half an hour of it, in any order
 */
export function demoStory(arrivals: readonly Arrival[]): DemoStory {
  const firstMs = arrivals.reduce((first, { atMs }) => Math.min(first, atMs), Number.POSITIVE_INFINITY);
  const startMs = Math.floor(firstMs / MINUTE_MS) * MINUTE_MS;
  const requests = (minute: number) => {
    const fromMs = startMs + minute * MINUTE_MS;
    return arrivals.filter(({ service, atMs }) => service === 'code' && atMs >= fromMs && atMs < fromMs + MINUTE_MS)
      .length;
  };
  // The quieter of two minutes decides: both must have work to be slow at.
  const candidates = [8, 9, 10, 11, 12, 13, 14].map((minute) => ({
    minute,
    busy: Math.min(requests(minute), requests(minute + 1)),
  }));
  const { minute } = candidates.reduce((best, candidate) => (candidate.busy > best.busy ? candidate : best));
  return {
    startMs,
    endMs: startMs + TOLD_MINUTES * MINUTE_MS,
    slow: { kind: 'slow', agent: SLOW_AGENT, fromMs: startMs + minute * MINUTE_MS + 5_000, factor: SLOW_FACTOR },
    death: { kind: 'death', agent: DEAD_AGENT, atMs: startMs + 21 * MINUTE_MS + 40_000 },
  };
}
