import type { SeriesDetector } from '../../../lib/core/detect/series/detector.ts';
import { Bocpd } from './bocpd.ts';
import { Clock } from './clock.ts';
import { EwmaZ } from './ewma-z.ts';
import { LocalSpread } from './local-spread.ts';
import { MedianIqr } from './median-iqr.ts';
import { PageHinkley } from './page-hinkley.ts';
import { RandomCutForest } from './random-cut-forest.ts';
import { WindowedGaussian } from './windowed-gaussian.ts';

/** A detector that a benchmark may try with other settings than its usual ones. */
export interface Baseline {
  settings: Readonly<Record<string, number>>;
  /** @param length of the series to come, for what cheats */
  create: (settings: Readonly<Record<string, number>>, length: number) => SeriesDetector;
}

/** Textbook detectors, and one that looks at no data, to compare with. */
export const baselines: Readonly<Record<string, Baseline>> = {
  'ewma-z': { settings: { alpha: 0.01 }, create: ({ alpha = 0 }) => new EwmaZ(alpha) },
  'windowed-gaussian': {
    settings: { size: 6_400, step: 100 },
    create: ({ size = 0, step = 0 }) => new WindowedGaussian(size, step),
  },
  'median-iqr': { settings: { size: 1_000 }, create: ({ size = 0 }) => new MedianIqr(size) },
  bocpd: {
    settings: { hazard: 0.01, runLengths: 300 },
    create: ({ hazard = 0, runLengths = 0 }) => new Bocpd(hazard, runLengths),
  },
  'page-hinkley': {
    settings: { tolerance: 0.005, threshold: 50 },
    create: ({ tolerance = 0, threshold = 0 }) => new PageHinkley(tolerance, threshold),
  },
  'local-spread': { settings: { size: 120 }, create: ({ size = 0 }) => new LocalSpread(size) },
  'random-cut-forest': {
    settings: { trees: 20, size: 128, shingle: 8, seed: 1 },
    create: ({ trees = 0, size = 0, shingle = 0, seed = 0 }) => new RandomCutForest(trees, size, shingle, seed),
  },
  clock: { settings: { share: 0.05 }, create: ({ share = 0 }, length) => new Clock(length, share) },
};
