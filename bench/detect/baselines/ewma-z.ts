import type { Reading, SeriesDetector } from '../../../lib/core/detect/series/detector.ts';
import { plainReading, squashed } from './plain-reading.ts';

/** Distance from an exponentially weighted mean in exponentially weighted standard deviations. */
export class EwmaZ implements SeriesDetector {
  readonly #alpha: number;
  #n = 0;
  #mean = 0;
  #variance = 0;

  /** @param alpha weight of the newest point, 0..1 */
  constructor(alpha: number) {
    this.#alpha = alpha;
  }

  observe(_atMs: number, value: number): Reading {
    this.#n += 1;
    if (this.#n === 1) this.#mean = value;
    const deviation = value - this.#mean;
    const spread = Math.sqrt(this.#variance);
    const z = deviation === 0 ? 0 : Math.abs(deviation) / (spread || Number.MIN_VALUE);
    // Until 1 / alpha points have come all of them count the same.
    const alpha = Math.max(this.#alpha, 1 / this.#n);
    this.#mean += alpha * deviation;
    this.#variance = (1 - alpha) * (this.#variance + alpha * deviation ** 2);
    return plainReading(squashed(z, 3));
  }

  state(): unknown {
    return { n: this.#n, mean: this.#mean, variance: this.#variance };
  }
}
