import type { Guardrail } from './guardrail.ts';

/** Minutes that are seen before anything is decided, once the monitor has started or missed some. */
export const WARM_UP_MINUTES = 3;

/** A monitor that has just begun to look has not seen what is usual, and takes its own gap for the fleet's. */
export const warmUp: Guardrail = {
  name: 'warm-up',
  takesBack: false,
  refuse(_proposal, { minute, runningFrom }) {
    const seen = minute - (runningFrom ?? Number.NEGATIVE_INFINITY);
    if (seen >= WARM_UP_MINUTES) return null;
    return `the monitor has run for ${Math.max(0, seen) + 1} min without a gap: it looks for ${WARM_UP_MINUTES} first`;
  },
};
