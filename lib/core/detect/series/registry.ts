import type { SeriesDetector } from './detector.ts';
import { SmoothedRobustZ } from './smoothed-robust-z.ts';

/** Online detectors of anomalies in a single series, by name. */
export const seriesDetectors = {
  'smoothed-robust-z': () => new SmoothedRobustZ(),
} as const satisfies Record<string, () => SeriesDetector>;

export type SeriesDetectorName = keyof typeof seriesDetectors;

const DEFAULT: SeriesDetectorName = 'smoothed-robust-z';

/** A new detector, that has seen nothing yet. */
export function createDetector(name: SeriesDetectorName = DEFAULT): SeriesDetector {
  return seriesDetectors[name]();
}
