import { type Weighed, weighWindows } from './enough-events.ts';
import type { LookBack } from './event-counts.ts';

const WINDOWS = { longMinutes: 10, shortMinutes: 3 };

/**
 * The error ratio from which somebody is woken within minutes: of a high objective the ratio that burns at 14.4, of a low one
 * less, because 14.4 times its budget is more than everything (a budget of 10 % burns at most at 10).
 * @param objective share that must be good, strictly between 0 and 1
 * @returns min(14.4 × (1 − objective), 0.15 + 3 × (1 − objective)); above 1, which nothing exceeds, for objectives below 0.717
 * @example fastPathErrorRatio(0.9) // 0.45
 */
export function fastPathErrorRatio(objective: number): number {
  const budget = 1 - objective;
  return Math.min(14.4 * budget, 0.15 + 3 * budget);
}

/** Whether more than {@link fastPathErrorRatio} was bad over 10 minutes and over 3, and enough of it. */
export function fastPath(look: LookBack, objective: number): Weighed {
  return weighWindows(look, WINDOWS, fastPathErrorRatio(objective));
}
