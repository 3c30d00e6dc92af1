import type { Reading, SeriesDetector } from '../../../lib/core/detect/series/detector.ts';
import { plainReading, squashed } from './plain-reading.ts';

/**
 * Page-Hinkley test for a change of the mean, both ways, on values standardized by their mean and deviation so far.
 * @see Page, "Continuous Inspection Schemes", Biometrika 1954
 */
export class PageHinkley implements SeriesDetector {
  readonly #tolerance: number;
  readonly #threshold: number;
  #n = 0;
  #mean = 0;
  #squares = 0;
  #up = 0;
  #down = 0;

  /** @param tolerance deviations that are no change @param threshold cumulated deviations that score 0.5 */
  constructor(tolerance: number, threshold: number) {
    this.#tolerance = tolerance;
    this.#threshold = threshold;
  }

  observe(_atMs: number, value: number): Reading {
    this.#n += 1;
    const deviation = value - this.#mean;
    this.#mean += deviation / this.#n;
    this.#squares += deviation * (value - this.#mean);
    const spread = Math.sqrt(this.#squares / this.#n);
    const z = spread > 0 ? (value - this.#mean) / spread : 0;
    this.#up = Math.max(0, this.#up + z - this.#tolerance);
    this.#down = Math.max(0, this.#down - z - this.#tolerance);
    return plainReading(squashed(Math.max(this.#up, this.#down), this.#threshold));
  }

  state(): unknown {
    return { n: this.#n, mean: this.#mean, squares: this.#squares, up: this.#up, down: this.#down };
  }
}
