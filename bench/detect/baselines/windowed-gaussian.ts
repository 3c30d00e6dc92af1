import { normalTail } from '../../../lib/core/detect/normal-tail.ts';
import type { Reading, SeriesDetector } from '../../../lib/core/detect/series/detector.ts';
import { plainReading } from './plain-reading.ts';

/**
 * How improbable a value is under the normal distribution of a window of values before it.
 * @see https://github.com/numenta/NAB nab/detectors/gaussian
 */
export class WindowedGaussian implements SeriesDetector {
  readonly #size: number;
  readonly #step: number;
  readonly #window: number[] = [];
  #waiting: number[] = [];
  #mean = 0;
  #squares = 0;
  #spread = 1;

  /** @param step how many values come before a full window moves on over all of them */
  constructor(size: number, step: number) {
    this.#size = size;
    this.#step = step;
  }

  observe(_atMs: number, value: number): Reading {
    const z = this.#window.length === 0 ? 0 : Math.abs(value - this.#mean) / this.#spread;
    if (this.#window.length < this.#size) {
      this.#window.push(value);
      // Welford's recursion; a full window is summed anew whenever it moves on.
      const deviation = value - this.#mean;
      this.#mean += deviation / this.#window.length;
      this.#squares += deviation * (value - this.#mean);
      this.#spread = spreadOf(this.#squares, this.#window.length);
    } else {
      this.#waiting.push(value);
      if (this.#waiting.length === this.#step) {
        this.#window.splice(0, this.#step);
        this.#window.push(...this.#waiting);
        this.#waiting = [];
        this.#estimate();
      }
    }
    return plainReading(1 - normalTail(Math.min(z, 35)));
  }

  state(): unknown {
    return { window: this.#window, waiting: this.#waiting };
  }

  #estimate(): void {
    const n = this.#window.length;
    let sum = 0;
    for (const value of this.#window) sum += value;
    this.#mean = sum / n;
    this.#squares = 0;
    for (const value of this.#window) this.#squares += (value - this.#mean) ** 2;
    this.#spread = spreadOf(this.#squares, n);
  }
}

function spreadOf(squares: number, n: number): number {
  return Math.sqrt(squares / n) || 1e-6;
}
