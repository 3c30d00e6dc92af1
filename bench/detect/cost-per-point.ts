import type { SeriesDetector } from '../../lib/core/detect/series/detector.ts';
import { median } from '../median.ts';
import type { LabelledSeries } from './labelled-series.ts';

const PASSES = 5;
const LONGEST = 2;

/** @returns CPU time a point in microseconds, median of five passes over the two longest series, after one to warm up */
export function costPerPoint(
  all: readonly LabelledSeries[],
  create: (series: LabelledSeries) => SeriesDetector,
): number {
  const longest = [...all].sort((one, other) => other.v.length - one.v.length).slice(0, LONGEST);
  const pass = () => {
    const begun = process.cpuUsage();
    let points = 0;
    for (const series of longest) {
      const detector = create(series);
      for (let i = 0; i < series.v.length; i++) detector.observe(series.t[i]! * 1_000, series.v[i]!);
      points += series.v.length;
    }
    const { user, system } = process.cpuUsage(begun);
    return (user + system) / points;
  };
  pass();
  return median(Array.from({ length: PASSES }, pass));
}
