import type { Stretch } from './labelled-series.ts';

const WEEK_S = 7 * 86_400;
/** An alarm so many points after an event still counts as its own. */
const GRACE_POINTS = 2;
/** An alarm elsewhere that stays on costs another false alarm for every so many points. */
const POINTS_A_FALSE_ALARM = 12;

/** What the scored part of a series was given, and what happened in it. */
export interface EventSeries {
  /** Epoch seconds of each point. */
  t: ArrayLike<number>;
  strengths: ArrayLike<number>;
  events: readonly Stretch[];
}

/** Alarms at one threshold, over all series. */
export interface EventCounts {
  threshold: number;
  events: number;
  found: number;
  falseAlarms: number;
  /** Of each event found, in points from its first. */
  delays: number[];
}

/** How many alarms at a threshold find events, and how many are false. Complexity O(n). */
export function countEvents(corpus: readonly EventSeries[], threshold: number): EventCounts {
  const counts: EventCounts = { threshold, events: 0, found: 0, falseAlarms: 0, delays: [] };
  for (const { strengths, events } of corpus) {
    counts.events += events.length;
    counts.falseAlarms += countFalseAlarms(strengths, events, threshold);
    for (const [i, [first, last]] of events.entries()) {
      const end = Math.min(last + GRACE_POINTS, strengths.length - 1, (events[i + 1]?.[0] ?? strengths.length) - 1);
      for (let at = first; at <= end; at++) {
        if (strengths[at]! < threshold) continue;
        counts.found += 1;
        counts.delays.push(at - first);
        break;
      }
    }
  }
  return counts;
}

/** Runs of alarms outside of events and the two points behind them; a run of more than 12 points counts again for every further 12. */
export function countFalseAlarms(strengths: ArrayLike<number>, events: readonly Stretch[], threshold: number): number {
  let [count, run, next] = [0, 0, 0];
  for (let i = 0; i < strengths.length; i++) {
    while (next < events.length && events[next]![1] + GRACE_POINTS < i) next += 1;
    const isOwn = next < events.length && events[next]![0] <= i;
    if (strengths[i]! < threshold || isOwn) run = 0;
    else {
      if (run % POINTS_A_FALSE_ALARM === 0) count += 1;
      run += 1;
    }
  }
  return count;
}

/** Found events count as true alarms. @returns 0..1 */
export function eventF1({ events, found, falseAlarms }: EventCounts): number {
  return found === 0 ? 0 : (2 * found) / (events + found + falseAlarms);
}

/** Counts at thresholds from strict to lax: of strengths in order, the 1st, and on in steps of 3 %. Complexity O(n log n). */
export function eventCurve(corpus: readonly EventSeries[]): EventCounts[] {
  const sorted = Float64Array.from(corpus.flatMap(({ strengths }) => Array.from(strengths))).sort();
  const thresholds: number[] = [];
  for (let rank = 1; rank <= sorted.length; rank = Math.max(rank + 1, Math.round(rank * 1.03))) {
    const threshold = sorted[sorted.length - rank]!;
    if (threshold > 0 && threshold !== thresholds.at(-1)) thresholds.push(threshold);
  }
  return thresholds.map((threshold) => countEvents(corpus, threshold));
}

/** Weeks of all series together. */
export function seriesWeeks(corpus: readonly EventSeries[]): number {
  return corpus.reduce((sum, { t }) => sum + (t.length === 0 ? 0 : (t[t.length - 1]! - t[0]!) / WEEK_S), 0);
}

/** The highest share of events found with at most one false alarm a series and week. @returns 0..1 */
export function recallAtOneFalseAWeek(curve: readonly EventCounts[], weeks: number): number {
  return Math.max(
    0,
    ...curve.filter(({ falseAlarms }) => falseAlarms <= weeks).map(({ found, events }) => found / events),
  );
}
