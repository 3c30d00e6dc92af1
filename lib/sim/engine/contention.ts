import type { ContentionSpec } from '../scenario/scenario.ts';

/**
 * Factor on the service time of a task that starts as the last of so many on one agent (universal scalability law).
 * @param running tasks at work on the agent, this one included, at least 1
 * @see Gunther: A Simple Capacity Model of Massively Parallel Transaction Systems, 1993
 * @example contentionFactor({ sigma: 0.1, kappa: 0.01, concurrency: 4 }, 4) // 1 + 0.3 + 0.12 = 1.42
 */
export function contentionFactor(spec: ContentionSpec | undefined, running: number): number {
  if (spec === undefined) return 1;
  return 1 + spec.sigma * (running - 1) + spec.kappa * running * (running - 1);
}
