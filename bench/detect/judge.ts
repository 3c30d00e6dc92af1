import type { SeriesDetector } from '../../lib/core/detect/series/detector.ts';
import type { LabelledSeries } from './labelled-series.ts';

/** What a detector said of every point of a series. */
export interface Judged {
  series: LabelledSeries;
  scores: Float64Array;
  alarms: Float64Array;
  /** Characters of the JSON of all that it remembered at the end. */
  stateBytes: number;
}

/** Feeds a series to a detector, a point at a time. */
export function judge(series: LabelledSeries, detector: SeriesDetector): Judged {
  const scores = new Float64Array(series.v.length);
  const alarms = new Float64Array(series.v.length);
  for (const [i, value] of series.v.entries()) {
    const { score, alarm } = detector.observe(series.t[i]! * 1_000, value);
    scores[i] = score;
    alarms[i] = alarm;
  }
  return { series, scores, alarms, stateBytes: JSON.stringify(detector.state()).length };
}
