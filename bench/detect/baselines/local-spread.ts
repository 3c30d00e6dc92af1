import type { Reading, SeriesDetector } from '../../../lib/core/detect/series/detector.ts';
import { plainReading, squashed } from './plain-reading.ts';

/** Standard deviation of the last values, in that of the first as many. */
export class LocalSpread implements SeriesDetector {
  readonly #size: number;
  readonly #window: number[] = [];
  #next = 0;
  #first = 0;

  constructor(size: number) {
    this.#size = size;
  }

  observe(_atMs: number, value: number): Reading {
    if (this.#window.length < this.#size) this.#window.push(value);
    else {
      this.#window[this.#next] = value;
      this.#next = (this.#next + 1) % this.#size;
    }
    const spread = this.#spread();
    if (this.#window.length < this.#size) return plainReading(0);
    if (this.#first === 0) this.#first = spread;
    return plainReading(this.#first === 0 ? 0 : squashed(spread, 3 * this.#first));
  }

  state(): unknown {
    return { window: this.#window, next: this.#next, first: this.#first };
  }

  #spread(): number {
    const n = this.#window.length;
    let sum = 0;
    for (const value of this.#window) sum += value;
    let squares = 0;
    for (const value of this.#window) squares += (value - sum / n) ** 2;
    return Math.sqrt(squares / n);
  }
}
