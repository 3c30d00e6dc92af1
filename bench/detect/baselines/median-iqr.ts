import type { Reading, SeriesDetector } from '../../../lib/core/detect/series/detector.ts';
import { plainReading, squashed } from './plain-reading.ts';

/** Distance from the median of a window of values before, in their interquartile range. */
export class MedianIqr implements SeriesDetector {
  readonly #size: number;
  readonly #window: number[] = [];
  readonly #sorted: number[] = [];
  #next = 0;

  constructor(size: number) {
    this.#size = size;
  }

  observe(_atMs: number, value: number): Reading {
    const n = this.#sorted.length;
    let z = 0;
    if (n > 3) {
      const at = (share: number) => this.#sorted[Math.floor(share * n)]!;
      const distance = Math.abs(value - at(0.5));
      z = distance === 0 ? 0 : distance / (at(0.75) - at(0.25) || Number.MIN_VALUE);
    }
    if (n === this.#size) {
      this.#sorted.splice(this.#placeOf(this.#window[this.#next]!), 1);
      this.#window[this.#next] = value;
      this.#next = (this.#next + 1) % this.#size;
    } else this.#window.push(value);
    this.#sorted.splice(this.#placeOf(value), 0, value);
    return plainReading(squashed(z, 2));
  }

  state(): unknown {
    return { window: this.#window, next: this.#next };
  }

  /** Of the first sorted value that is not below. */
  #placeOf(value: number): number {
    let [low, high] = [0, this.#sorted.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#sorted[middle]! < value) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
