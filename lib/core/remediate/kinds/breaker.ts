import type { EpochMs } from '../../model/time.ts';
import type { DirectiveKind } from '../directive-kind.ts';

/** Keeps calls away from an agent, a tool or a model that fails. */
export interface BreakerParams {
  /** Exactly one of the three; the pool is that of the agent. */
  agent?: string;
  tool?: string;
  model?: string;
  pool?: string;
  state: 'open' | 'half-open' | 'closed';
  /** Share of what it would get that it still gets: 0 while open and nothing is to be learned, all of it when closed. */
  probeFraction: number;
}

/** What a breaker remembers of itself: moments, so that deciding a minute again changes nothing. */
export interface BreakerMemory {
  /** How often it opened without having been well in between; 1 the first time. */
  times: number;
  /** When it came into the state that it is in. */
  sinceMs: EpochMs;
  /** When it opens to probes. */
  untilMs: EpochMs;
}

export const breaker: DirectiveKind<'breaker'> = {
  propose: () => [],
  differs: (before, after) => before.state !== after.state || before.probeFraction !== after.probeFraction,
  targets: ({ agent, tool, model, pool }) => [agent ?? tool ?? model ?? '', ...(pool ? [pool] : [])],
  measure: () => ({ status: 'unmeasurable', reason: 'nothing compares it yet' }),
};
