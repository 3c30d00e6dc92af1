import type { EventSeries } from './event-score.ts';
import type { Judged } from './judge.ts';
import { probationaryLength, type Stretch } from './labelled-series.ts';

/** A series without its warm-up: events within it are gone, and one that reaches out of it begins with the first scored point. */
export function scoredPart({ series, scores, alarms }: Judged): EventSeries & { scores: Float64Array } {
  const begin = probationaryLength(series.v.length);
  return {
    t: series.t.slice(begin),
    strengths: alarms.subarray(begin),
    scores: scores.subarray(begin),
    events: series.windows
      .filter(([, last]) => last >= begin)
      .map(([first, last]): Stretch => [Math.max(first - begin, 0), last - begin]),
  };
}
