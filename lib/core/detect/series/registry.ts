import type { SeriesDetector } from './detector.ts';
import { RankCalibrated } from './rank-calibrated.ts';
import { SmoothedRobustZ } from './smoothed-robust-z.ts';

/** Online detectors of anomalies in a single series, by name. */
export const seriesDetectors = {
  'rank-calibrated': (state?: unknown) => new RankCalibrated(state),
  'smoothed-robust-z': () => new SmoothedRobustZ(),
} as const satisfies Record<string, () => SeriesDetector>;

export type SeriesDetectorName = keyof typeof seriesDetectors;

const DEFAULT: SeriesDetectorName = 'rank-calibrated';

/** A new detector, that has seen nothing yet. */
export function createDetector(name: SeriesDetectorName = DEFAULT): SeriesDetector {
  return seriesDetectors[name]();
}
