import { exceeds, type LookBack, type WindowCounts } from './event-counts.ts';

/** How far a window is widened at most to hold enough bad events. */
export const WIDEST_MINUTES = 360;
/** So few bad events may be bad luck, whatever their share: nobody is woken for fewer, nor on fewer tasks. */
export const MIN_BAD_EVENTS = 10;

/** What a pair of windows says once the long one was widened until it holds enough bad events. */
export type Weighed =
  | { outcome: 'page' | 'ticket'; long: WindowCounts; short: WindowCounts }
  /** The share of bad events is not too large. */
  | { outcome: 'none' };

/**
 * Whether both of two windows have too large a share of bad events, and enough of them to wake somebody. Where little is
 * done the long window is widened until it holds {@link MIN_BAD_EVENTS} bad events, to six hours at most, and the short one
 * in proportion. A share that is too large over six hours but of fewer bad events is for a ticket.
 * @param ratio the share of bad events that is too large
 */
export function weighWindows(
  look: LookBack,
  { longMinutes, shortMinutes }: { longMinutes: number; shortMinutes: number },
  ratio: number,
): Weighed {
  const holding = look.holding(MIN_BAD_EVENTS, 'bad');
  const minutes = Math.max(longMinutes, holding ?? WIDEST_MINUTES);
  const long = look.last(minutes);
  if (!exceeds(long, ratio)) return { outcome: 'none' };
  const short = look.last(Math.round((shortMinutes * minutes) / longMinutes));
  if (!exceeds(short, ratio)) return { outcome: 'none' };
  return { outcome: long.bad >= MIN_BAD_EVENTS ? 'page' : 'ticket', long, short };
}
